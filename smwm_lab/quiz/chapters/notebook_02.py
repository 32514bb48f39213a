"""Questions on notebook 02: two losses at one encoder, a sheet that unfolds, and dreams of several steps."""

from smwm_lab.quiz.question import Chapter, Question


QUIZ = Chapter(
    notebook="02",
    title="How does a latent space unfold?",
    questions=(
        Question(
            section=1,
            text=(
                "Suppose the forward loss were cut off from the encoder altogether, at z and at z′. What would still "
                "train the encoder?"
            ),
            right="The inverse loss alone.",
            options={
                "Nothing, and it would collapse.": (
                    "The inverse loss still reaches it, and that is the one which holds the latents apart. Collapse is "
                    "what the forward loss does when it is alone."
                ),
                "The inverse loss alone.": (
                    "Its way to the encoder is untouched. Notebook 04 shows such a model: it reads the dot that obeys "
                    "as well."
                ),
                "Both losses as before, because their values stay the same.": (
                    "Cutting changes no value, but training follows slopes, and the slope of the forward loss in the "
                    "encoder would be gone."
                ),
                "The forward model, with what it has learned.": (
                    "The forward model would learn on. But what it learns could no longer reach the encoder."
                ),
            },
        ),
        Question(
            section=2,
            text=(
                "Early in training the forward loss falls, and then jumps up while the inverse loss begins to fall. "
                "What does the jump show?"
            ),
            right="The latents were pulled apart, so that there is something to predict again.",
            options={
                "The latents were pulled apart, so that there is something to predict again.": (
                    "Before, the latents shrank, and what is small is easily predicted. The jump is the end of a "
                    "collapse, and good news."
                ),
                "Training diverges; the steps are too large.": (
                    "Then the inverse loss would rise as well. It falls at that very moment: the model begins to learn."
                ),
                "The model has forgotten what it knew.": (
                    "There was little to forget: until then the action could not be told from the latents at all."
                ),
                "Harder data came in.": (
                    "The data are of the same kind from beginning to end. What changes is the latent in which the loss "
                    "is measured."
                ),
            },
        ),
        Question(
            section=3,
            text="Nobody told the model what a position is. Why is the latent of a trained model a sheet?",
            right="Actions change two numbers, and to tell every action both have to be kept.",
            options={
                "Because the canvas is a square.": (
                    "On the same canvas a dot that actions move along one line only would leave a thread. It is the "
                    "actions that decide."
                ),
                "Because the latent has only two dimensions.": (
                    "It has 64. That the positions spread over two directions of them was learned."
                ),
                "Because principal directions always show a sheet.": (
                    "They show the grid of positions as a tiny clump before training. The view is the same, the latent "
                    "has changed."
                ),
                "Actions change two numbers, and to tell every action both have to be kept.": (
                    "What tells the action is how far the dot went in two directions. A latent that keeps this lays "
                    "the positions out along both."
                ),
            },
        ),
        Question(
            section=3,
            text="Before it is shown, each sheet is turned onto the next one. What would be wrong without it?",
            right="The film would spin and flip.",
            options={
                "The sheets would look more bent than they are.": (
                    "Turning changes no shape: what is flat stays flat, what is bent stays bent. It only changes how "
                    "it lies."
                ),
                "The sheets would have different sizes.": (
                    "Turning changes no size either. That sizes can be compared is due to the one scale of all images."
                ),
                "The film would spin and flip.": (
                    "Each snapshot has principal directions of its own, and their order and sign mean nothing. Turning "
                    "takes out what is only a matter of the view."
                ),
                "Left and right in the world would not be left and right in the image.": (
                    "They are not afterwards either: a sheet is turned onto its neighbour in time, not onto the world."
                ),
            },
        ),
        Question(
            section=5,
            text="During a rollout of five steps, how often does the model look at the world?",
            right="Once, before the first step.",
            options={
                "Before every step, to correct itself.": (
                    "That would be five predictions of one step each. In a rollout nothing is corrected, and errors "
                    "are carried on."
                ),
                "Once, before the first step.": (
                    "The first latent comes from an image, all further ones from the forward model. So an early error "
                    "is the start of the next step."
                ),
                "Never: it starts from a latent that it makes up.": (
                    "The start is an encoded image. Without it there would be no truth to compare with."
                ),
                "After the last step, to see whether it was right.": (
                    "We look then, to measure. The model does not: its five latents are finished by that time."
                ),
            },
        ),
        Question(
            section=5,
            text="Beside the error of the dream stands that of the probe on the true latents. What for?",
            right="It is the best that this measurement can show.",
            options={
                "It is what the forward model reached in training.": (
                    "The forward model has no part in it: the probe reads positions from encoded images of the truth."
                ),
                "It is the least that a dream should beat.": (
                    "That is standing still, which is drawn as well. The probe on the truth is the other end: hardly "
                    "to be beaten."
                ),
                "It shows whether the walls were recorded rightly.": (
                    "It says how well positions can be read from true latents, wherever the dot is. How actions were "
                    "recorded does not enter."
                ),
                "It is the best that this measurement can show.": (
                    "Pixels are read by a probe, and the probe errs too. Only what lies above that line is the dream's "
                    "own error."
                ),
            },
        ),
    ),
)
