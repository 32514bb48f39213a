"""Questions on notebook 10: a pose without a velocity, a floor, a plateau, and a memory."""

from smwm_lab.quiz.question import Chapter, Question


QUIZ = Chapter(
    notebook="10",
    title="What if one image does not tell where things are going?",
    questions=(
        Question(
            section=1,
            text=(
                "Two arms stand in the same pose; one swings left, one right. What can an encoder of one "
                "image make of it?"
            ),
            right="The same latent for both.",
            options={
                "Two latents, if it is trained long enough.": (
                    "The images are equal, number by number. No training makes two things of one input."
                ),
                "A latent halfway between the two.": (
                    "It is one latent; whether the forward model answers halfway between two futures is another thing, "
                    "and it does."
                ),
                "Noise, as the task is ambiguous.": (
                    "The pose can be read from it well. Only the velocity is missing."
                ),
                "The same latent for both.": (
                    "What is equal goes in, so what is equal comes out. The difference lies in what came before."
                ),
            },
        ),
        Question(
            section=2,
            text="L_inv / Var(a) of the arm's model is .85, in a world whose floor is .83. How does it stand?",
            right="Well: it reads nearly all that two images tell.",
            options={
                "It has collapsed, nearly.": (
                    "Collapsed is 1 whatever the floor is. Of the way from 1 down to .83 this model has gone most."
                ),
                "Well: it reads nearly all that two images tell.": (
                    "The way from 1 to the floor is what can be read, and about nine tenths of it are."
                ),
                "It needs a larger λ.": (
                    "λ sets how much the loss counts, not what images tell. The floor stays where it is."
                ),
                "Nobody can say without the true state.": (
                    "The floor was computed with it here; the alarm itself needs no label, and 1 is 1 everywhere."
                ),
            },
        ),
        Question(
            section=3,
            text="Without a curriculum the loss stays at Var(a), though the data suffice. Why?",
            right="Where no latent holds an angle, no gradient points to it.",
            options={
                "The learning rate is too small.": (
                    "A larger step in no direction leads nowhere. The gradient itself vanishes there."
                ),
                "The encoder is too small.": (
                    "The same encoder learns the same recording once its windows come in another order."
                ),
                "Where no latent holds an angle, no gradient points to it.": (
                    "A turn is a product of what two images show. Near one pose it is a difference, which is learned."
                ),
                "The forward loss pulls the latents together.": (
                    "It does pull, but letting it in later does not help: the saddle is that of the inverse loss."
                ),
            },
        ),
        Question(
            section=3,
            text=(
                "The curriculum puts windows first whose images resemble one typical image. Which labels does it need?"
            ),
            right="None.",
            options={
                "None.": "Distances between coarse images are enough: who looks alike stands alike.",
                "The joint angles.": (
                    "That would work too, and is what one would do with a simulator. Here images are compared."
                ),
                "The rewards.": "There are none in this kind of data.",
                "The name of a home pose.": (
                    "The typical image is the one nearest to the mean of all; nobody names it."
                ),
            },
        ),
        Question(
            section=5,
            text="The forward model is trained again with three frames, behind the same encoder. What has it gained?",
            right="The velocity: where the arm is going.",
            options={
                "A better image of the pose.": (
                    "The encoder is frozen, so the latents are the same, number by number."
                ),
                "The velocity: where the arm is going.": (
                    "Two poses and the time between them are a velocity, and the future depends on it."
                ),
                "A longer horizon.": ("It imagines as many steps as before. They are nearer to what happens."),
                "The goal's velocity.": (
                    "A goal is one image. Success asks for its pose, and not for how fast it is passed."
                ),
            },
        ),
        Question(
            section=6,
            text=(
                "Looking after every action, even an inverse head alone solves most tasks. May it stand "
                "beside the published 71 %?"
            ),
            right="Only under another name: it looks ten times where the paper's agent looks twice.",
            options={
                "Yes, the tasks are the same.": (
                    "The tasks are, the protocol is not. Who may look again corrects what was not foreseen."
                ),
                "No, it has seen the test tasks.": "It has not; the episodes of the tasks are in no recording.",
                "Only under another name: it looks ten times where the paper's agent looks twice.": (
                    "Feedback replaces foresight here. Both numbers are true, and they answer different questions."
                ),
                "Yes, if the seeds are averaged.": (
                    "Averages over seeds make a number steady, and leave what it measures as it was."
                ),
            },
        ),
    ),
)
