"""Questions on notebook 04: decodable or carried, what is let go of, and what numbers of dimensions are worth."""

from smwm_lab.quiz.question import Chapter, Question


QUIZ = Chapter(
    notebook="04",
    title="What does it keep, and what does it let go?",
    questions=(
        Question(
            section=1,
            text=(
                "A coordinate can be decoded with a high R², but survives hardly any noise. Where is it in the latent?"
            ),
            right="In a direction with very little variance.",
            options={
                "In a direction with very little variance.": (
                    "The probe stretches every direction to the same size and finds it there. Noise of the same size "
                    "everywhere drowns what is small first."
                ),
                "Nowhere: the probe has learned its rows by heart.": (
                    "R² is measured on held-out states. What was learned by heart would be of no use there."
                ),
                "In the largest direction, mixed with others.": (
                    "What lies in a large direction survives much noise. It is the small ones that are lost."
                ),
                "A little in every direction, which adds up to much.": (
                    "If it added up to much, noise would not drown it so soon. All of it together is faint."
                ),
            },
        ),
        Question(
            section=1,
            text=(
                "The inverse term alone reads the red dot as well as SMWM does, and lets go of the green one too. What "
                "does the forward term add?"
            ),
            right="More of the variance lies in the two directions that the action needs.",
            options={
                "It drives the green dot out of the latent.": (
                    "The green dot goes without it as well: nobody asks for it, and an encoder that is trained for "
                    "something else overwrites it."
                ),
                "It prevents the collapse.": (
                    "On its own it causes the collapse. It is the inverse term that holds the latents apart."
                ),
                "More of the variance lies in the two directions that the action needs.": (
                    "What is elsewhere has to be predicted too, and that costs. The inverse term alone leaves more of "
                    "it."
                ),
                "Nothing that could be measured.": (
                    "The share of variance in two directions is clearly larger with it. Only the probes show no "
                    "difference."
                ),
            },
        ),
        Question(
            section=2,
            text="Every action moves both dots of a pair, and a trained model may drop one of them. Why?",
            right="One dot tells the whole action.",
            options={
                "The forward model cannot predict the second one.": (
                    "It moves exactly as the first does, so it is predicted as easily. That is no reason to drop it."
                ),
                "The second one hides behind the first.": (
                    "Dots never overlap, and both are in every image. It is seen and not needed."
                ),
                "Training was too short for two dots.": (
                    "Two independent dots are both kept, with the same method. It is that the two of a pair say the "
                    "same."
                ),
                "One dot tells the whole action.": (
                    "Cover one dot with your hand: you can still tell the action, and nothing in the losses asks for "
                    "more. Controllable and kept are two words."
                ),
            },
        ),
        Question(
            section=3,
            text=(
                "Of the sprite whose x alone is controlled, y can be decoded quite well, but worse than from an "
                "untrained encoder. What did training do to y?"
            ),
            right="It took some away and squeezed the rest.",
            options={
                "It learned y, though not as well as it learned x.": (
                    "The untrained encoder has more of it. What a probe still reads is what is left, not what was "
                    "gained."
                ),
                "It took some away and squeezed the rest.": (
                    "The number falls below its floor, and little noise is enough to lose y. Without the floor one "
                    "would call it a success."
                ),
                "It erased y.": "Then a probe would read nothing. Uncontrolled factors are squeezed, not erased.",
                "It left y as it was.": (
                    "Then the probe would read as much as before training. It reads less, and by distance far less."
                ),
            },
        ),
        Question(
            section=4,
            text=(
                "The alarm says that sprite_xyt knows all turns. A linear probe of cos θ and sin θ says that it hardly "
                "knows the angle. Who is right?"
            ),
            right="Both: the latent goes around twice per turn.",
            options={
                "The alarm; the probe had too few rows.": (
                    "With the same rows the probe reads the doubled angle nearly without error. It was asked for the "
                    "wrong thing."
                ),
                "Both: the latent goes around twice per turn.": (
                    "While the sprite turns around once, the latent goes around twice. That tells a small turn, and "
                    "not head from tail, for which nothing in the losses asks."
                ),
                "The probe; turns can be guessed from the motion in x and y.": (
                    "The three motions are independent of each other. Whoever knows the turns must have seen something "
                    "of the angle."
                ),
                "Neither; the angle is only noise to this model.": (
                    "Turns are part of its actions, and it reads nearly all of every one. Something of the angle is "
                    "carried."
                ),
            },
        ),
        Question(
            section=6,
            text="A measure of dimension gives nearly the same number for every draw of states. Is it right, then?",
            right="That does not follow: a number can be precise and wrong.",
            options={
                "Yes, if it agrees with itself there is nothing left to doubt.": (
                    "It says how much chance is in the number. It does not say whether the formula counts what you "
                    "mean."
                ),
                "Yes, as soon as there are many states.": (
                    "Effective rank is far too large with many states as well, because it counts faint leftovers."
                ),
                "No, a number that hardly moves is a sign of an error.": (
                    "Little chance is a good thing. It is only no proof that the right thing is counted."
                ),
                "That does not follow: a number can be precise and wrong.": (
                    "Where the truth is known, formulas with a tiny spread are off by several times. Only clouds of "
                    "known dimension show that."
                ),
            },
        ),
    ),
)
