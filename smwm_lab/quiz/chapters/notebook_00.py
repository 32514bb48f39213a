"""Questions on notebook 00: what the second question is for, and what a low loss does not say."""

from smwm_lab.quiz.question import Chapter, Question


QUIZ = Chapter(
    notebook="00",
    title="What does a world model keep?",
    questions=(
        Question(
            section=2,
            text=(
                "The data hold every action. Why is the model asked all the same which action lies between two images?"
            ),
            right="Because the answer forces latents to differ.",
            options={
                "Because some actions are missing from the data and have to be filled in.": (
                    "Every row holds its action, and the guess is compared with it. The answer is known; what matters "
                    "is what the encoder has to keep in order to give it."
                ),
                "Because two losses are learned faster than one.": (
                    "A second loss makes nothing faster by itself. This one matters for what it asks: with it switched "
                    "off the latents shrink to one point."
                ),
                "Because the answer forces latents to differ.": (
                    "Two equal latents tell no action. To answer, the encoder has to keep what actions change, and "
                    "nothing in this question asks for more."
                ),
                "Because the forward model takes its actions from the inverse model.": (
                    "The forward model is given the true action of the row. Both models meet only in the encoder, "
                    "which both losses train."
                ),
            },
        ),
        Question(
            section=3,
            text="Two directions of the latent hold nearly all of its variance. What about the other 62?",
            right="They hold a little, too.",
            options={
                "They hold a little, too.": (
                    "The two large directions do not hold everything. The sheet of positions is a little bent, and a "
                    "bent sheet needs further directions for the rest."
                ),
                "They hold the colour and the size of the dot.": (
                    "Colour and size are the same in every image of this world. What never changes has no variance, in "
                    "whatever direction."
                ),
                "They hold where the dot will be next.": (
                    "The latent is made of one image, and the next place depends on an action that is not in it. What "
                    "comes next is the forward model's business."
                ),
                "62 of the 64 numbers of the latent are always 0.": (
                    "A direction is not one of the 64 numbers. The two large directions are mixtures of many of them, "
                    "so all 64 numbers may well vary."
                ),
            },
        ),
        Question(
            section=3,
            text="L_inv is divided by Var(a), the variance of the actions. What for?",
            right="It is the mean squared error of whoever knows nothing.",
            options={
                "So that L_inv does not depend on how many images were seen.": (
                    "L_inv is a mean already, and more images do not make it larger. What it lacks is something to "
                    "compare it with."
                ),
                "It is the mean squared error of whoever knows nothing.": (
                    "The best guess without looking is the mean action, and its error is Var(a). So 1 means that "
                    "nothing is known, and below 1 something was read from the latents."
                ),
                "It turns the error into the share of actions that are guessed right.": (
                    "An action is a pair of numbers that is hit more or less closely, not right or wrong. The ratio "
                    "can even be above 1, which no share can be."
                ),
                "It gives the inverse loss its weight in training.": (
                    "The weight is λ, and training uses L_inv as it is. The ratio is only there to be read by people."
                ),
            },
        ),
        Question(
            section=3,
            text="All numbers come from held-out states. What does that mean here?",
            right="Positions of the dot that are in no image of training.",
            options={
                "New images, drawn after training at positions that training has seen.": (
                    "The dot at the same position gives the same image, pixel by pixel. The model would be asked about "
                    "something that it has been shown."
                ),
                "The last rows of the data, which training did not get to.": (
                    "Another row may show the same position. That is why a rule decides about positions, and not about "
                    "rows."
                ),
                "Another world, with a dot of another colour.": (
                    "World, colour and size of the dot stay the same. Only the positions are new, and they lie between "
                    "those of training."
                ),
                "Positions of the dot that are in no image of training.": (
                    "A row has two images, one before and one after the action, and either could give a position away. "
                    "So what is held out may be at neither end of a row of training."
                ),
            },
        ),
        Question(
            section=4,
            text="With λ = 0 there is still an inverse model, and it is still trained. What can it do?",
            right="Watch whether the action can still be read.",
            options={
                "Slow the collapse down a little.": (
                    "Nothing it learns reaches the encoder. So it can neither hold the collapse up nor hasten it."
                ),
                "Watch whether the action can still be read.": (
                    "It is trained on latents that it cannot change. That makes it a measuring instrument: its error "
                    "shows what is left of the action."
                ),
                "Teach the forward model which action was taken.": (
                    "The forward model gets the true action from the data. Nothing flows from one to the other."
                ),
                "Keep the action in the latent, as long as it is trained for long enough.": (
                    "Only the encoder could keep it, and with λ = 0 the encoder learns from the forward loss alone. "
                    "More training does not change that."
                ),
            },
        ),
        Question(
            section=4,
            text=(
                "The collapsed model predicts its next latent nearly without error. What does it know of the next "
                "image?"
            ),
            right="Nothing: it would say the same of any image.",
            options={
                "More than the healthy one, because its loss is lower.": (
                    "The loss is measured in a latent that the model makes itself. Where all is small, all errors are "
                    "small: that is no precision."
                ),
                "Where the dot will be, but not its colour.": (
                    "To say where the dot will be, latents of different places have to differ. Next to nothing of that "
                    "difference is left."
                ),
                "Nothing: it would say the same of any image.": (
                    "A camera with its cap on predicts its next frame without error, too. A low loss is not a good "
                    "model."
                ),
                "What the mean of all images looks like.": (
                    "This model draws no images, so it knows no mean image either. It only says which point of the "
                    "latent comes next."
                ),
            },
        ),
    ),
)
