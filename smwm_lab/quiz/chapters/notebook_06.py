"""Questions on notebook 06: laws of a faithful map, what they are worth alone, and how far a map reaches."""

from smwm_lab.quiz.question import Chapter, Question


QUIZ = Chapter(
    notebook="06",
    title="Is the map faithful?",
    questions=(
        Question(
            section=1,
            text=(
                "Two predicted steps end where the one longer step ends: the composition error is small. Is the "
                "forward model good?"
            ),
            right="Not for that reason: it may agree with itself alone.",
            options={
                "Yes: whoever composes well also predicts well.": (
                    "The proof goes the other way: from exact predictions composition follows. Agreeing with oneself "
                    "is not yet agreeing with the world."
                ),
                "Yes, as long as it composes better than an untrained one.": (
                    "The floor helps to read the number. It still compares the model with itself and never with an "
                    "image."
                ),
                "Not for that reason: it may agree with itself alone.": (
                    "One that sends everything to one point composes perfectly. Read the error beside equivariance, "
                    "which compares predictions with encoded images."
                ),
                "No: an error that small means that the latent has collapsed.": (
                    "A good model composes well too; the true state does so without any error. The number alone cannot "
                    "tell the two apart."
                ),
            },
        ),
        Question(
            section=3,
            text=(
                "A linear probe reads the position from an untrained encoder quite well. Why can a planner not use "
                "that latent?"
            ),
            right="Distances do not show what is faint.",
            options={
                "Distances do not show what is faint.": (
                    "A probe may stretch a direction that carries a thousandth of the variance, and a distance takes "
                    "the latent as it is. So far and near are ordered by something else."
                ),
                "The position is not in that latent.": (
                    "It is, the probe reads it. But it is written so faintly that distances do not show it."
                ),
                "Distances are useful in two dimensions only.": (
                    "The trained latent has 64 as well, and its distances are ordered nearly as in the world."
                ),
                "A planner needs exact distances, and these are only in the right order.": (
                    "The right order would be enough to go to a goal. In this latent the order itself is wrong."
                ),
            },
        ),
        Question(
            section=4,
            text=(
                "Why are prediction errors given as shares of a step or of the spread of the latents, and not as they "
                "are?"
            ),
            right="Otherwise a collapsed latent would win, because all its errors are tiny.",
            options={
                "So that they do not depend on the number of latent dimensions alone.": (
                    "That is a smaller matter. The size of the latent is free, and a model can make it as small as it "
                    "likes."
                ),
                "So that no error can be above 1.": (
                    "It can: an error of more than one step is worse than predicting that nothing moves. The untrained "
                    "network makes such errors."
                ),
                "Because the unit of a latent is the pixel.": (
                    "A latent has no unit. That is why an error needs something of the same latent to be compared with."
                ),
                "Otherwise a collapsed latent would win, because all its errors are tiny.": (
                    "In absolute units the dead model predicts best of all. Beside its own spread every prediction of "
                    "it is wrong."
                ),
            },
        ),
        Question(
            section=4,
            text=(
                "SIGReg spreads its latents wider than the inverse term does, and orders distances worse. How do the "
                "two go together?"
            ),
            right="To fill 64 directions two numbers have to be folded.",
            options={
                "To fill 64 directions two numbers have to be folded.": (
                    "It asks for a round cloud, and a flat sheet is not round; folds spoil distances. The inverse term "
                    "asks for the action only and leaves the sheet rather flat."
                ),
                "It does not keep the dot, only noise with much variance.": (
                    "It keeps the dot: a probe reads it well. What is worse is where places lie to each other."
                ),
                "More variance means more chance in every latent.": (
                    "The encoder is a function: the same image always has the same latent. The variance lies between "
                    "images."
                ),
                "It is trained without actions, so its forward model is blind.": (
                    "Its forward model is given the actions as well. And distances between encoded places need no "
                    "forward model at all."
                ),
            },
        ),
        Question(
            section=6,
            text=(
                "A hole that training leaves out is bridged by the map; a stripe of the same width across the whole "
                "canvas is not. What is the difference?"
            ),
            right="The stripe parts its two sides all along.",
            options={
                "No training step can cross the stripe.": (
                    "A long step can: it is longer than the stripe is wide. But such long steps are all that joins the "
                    "two sides."
                ),
                "The stripe parts its two sides all along.": (
                    "Around the hole training steps join all sides, so that one place is left for what is inside. "
                    "Across the stripe there are long steps only, and how the map runs between its sides was hardly "
                    "asked."
                ),
                "The probe was fitted on one side of the stripe only.": (
                    "It was fitted on training states of both sides. It is the latent that lies elsewhere."
                ),
                "The dot looks different inside the stripe.": (
                    "It has the same colour and size everywhere. Only its place is new, as in the hole."
                ),
            },
        ),
        Question(
            section=6,
            text="Single pixels were held out, and the probe's R² on them is nearly 1. What does that sentence say?",
            right="That the model reads places which lie between places of training.",
            options={
                "That the model reads every place where a dot can be.": (
                    "With a quadrant left out the same recipe is off by many pixels there. Nearby places of training "
                    "are what it leans on."
                ),
                "That the model knows its training images by heart.": (
                    "Images learned by heart would not help with new ones. But the new ones lie close by, all around."
                ),
                "That the model reads places which lie between places of training.": (
                    "It has learned more than single images, and that is worth knowing. How far its map reaches is "
                    "another question."
                ),
                "Nothing, because held-out pixels are training pixels all the same.": (
                    "No image of training shows them, and that is checked. They are new, only not far away."
                ),
            },
        ),
    ),
)
