"""Questions on notebook 03: what shows that a latent is alive, and how methods are compared fairly."""

from smwm_lab.quiz.question import Chapter, Question


QUIZ = Chapter(
    notebook="03",
    title="Who prevents collapse, and who notices it?",
    questions=(
        Question(
            section=2,
            text="A linear probe reads the position from your trained encoder with an R² of .9. What do you ask first?",
            right="What does the same probe read from the encoder before training?",
            options={
                "How low was the forward loss in the end?": (
                    "A collapsed latent has the lowest of all. It says nothing of what the probe's number is worth."
                ),
                "Does a larger probe read still more?": (
                    "It probably does, from an untrained encoder too. That tells about the probe, not about what was "
                    "learned."
                ),
                "What does the same probe read from the encoder before training?": (
                    "Convolutions with random weights keep most of an image. Only what lies above that floor can be "
                    "due to training."
                ),
                "Nothing; .9 is close to 1.": (
                    "An untrained encoder reaches about as much here. A number without its floor is no success."
                ),
            },
        ),
        Question(
            section=4,
            text="The first column of the scoreboard is L_inv/Var(a). Why is it no fair measure between the methods?",
            right="One method is trained on it, the others are not.",
            options={
                "One method is trained on it, the others are not.": (
                    "Who is trained on a measure should do well in it. So compare the other columns too."
                ),
                "The methods were given different data.": (
                    "Data, networks and budget are the same for all. Only what they are trained to do differs."
                ),
                "It cannot be measured where there is no inverse term.": (
                    "It is measured everywhere: each run has an inverse model, which for the others learns from "
                    "latents that it cannot change."
                ),
                "It is measured on images of training.": (
                    "All columns are measured on held-out states. The trouble is who was trained on what."
                ),
            },
        ),
        Question(
            section=4,
            text=(
                "Stop-gradient and a slow target prevent collapse in image recognition, but not on this scoreboard. "
                "What do those systems have that is missing in these two runs?"
            ),
            right="Augmentations and normalisation layers.",
            options={
                "An inverse model that keeps out of the way.": (
                    "The inverse model does keep out of the way: nothing that it learns reaches the encoder of these "
                    "runs."
                ),
                "A longer training, after which the latents come back.": (
                    "Next to no difference between latents is left, and nothing in these losses makes it grow. Longer "
                    "training does not help."
                ),
                "Larger images.": (
                    "The size of the images is not the point: a slow target whose dimensions are normalised stays "
                    "alive with the same ones."
                ),
                "Augmentations and normalisation layers.": (
                    "They come with the recipe and are easily overlooked. Section 5 adds normalisation to the slow "
                    "target, and it no longer collapses."
                ),
            },
        ),
        Question(
            section=5,
            text=(
                "Each method gets six trials, and the best are repeated with fresh seeds. What is left of the claim "
                "that the inverse term alone keeps two directions?"
            ),
            right="That does not hold; but it needs no search for its weight.",
            options={
                "All of it: no other method comes close, whatever its weights.": (
                    "VICReg with other weights puts a larger share into two directions than the paper's method. The "
                    "first scoreboard was unfair to it."
                ),
                "That does not hold; but it needs no search for its weight.": (
                    "VICReg keeps two directions too, with other weights. How concentrated a latent is depends on the "
                    "weights, for every method; for the inverse term a wide range of them will do."
                ),
                "Nothing: with fresh seeds all methods are alike.": (
                    "SIGReg and reconstruction stay clearly lower with every weight that prevents collapse. The "
                    "methods do differ."
                ),
                "Nothing: tuned well, the inverse term spreads most of all.": (
                    "Tuned for reading the action it spreads somewhat more than before. Tuned in the same way VICReg "
                    "spreads far more."
                ),
            },
        ),
        Question(
            section=6,
            text="Effective rank is higher for the dead latent than for the healthy one. How can that be?",
            right="The dead cloud is tiny, but round.",
            options={
                "The dead latent keeps more of the images.": (
                    "It keeps next to nothing: its total variance is a tiny part of the other's. What is left points "
                    "in many directions."
                ),
                "Too few states were used to compute it.": (
                    "More states would not turn the order round: the cloud would still be round, and still tiny."
                ),
                "The dead cloud is tiny, but round.": (
                    "A rank looks at the shape of the cloud and not at its size: a speck of dust is as round as a "
                    "ball. So read the total variance beside any rank."
                ),
                "Training has not finished; later it falls to 0.": (
                    "Further shrinking changes the size, and a rank does not look at the size. It may stay high for "
                    "ever."
                ),
            },
        ),
        Question(
            section=6,
            text="Which of these observations shows that a latent has not collapsed?",
            right="L_inv/Var(a) is far below 1 on held-out states.",
            options={
                "The forward loss is small.": (
                    "It is smallest of all where everything is one point. Nothing can be concluded from it alone."
                ),
                "L_inv/Var(a) is far below 1 on held-out states.": (
                    "Whoever does better than the mean action has read something from the latents. With all of them "
                    "equal there is nothing to read."
                ),
                "A linear probe reads much of the position from it.": (
                    "A probe stretches whatever is left, be it a millionth of the variance. It reads much of a dead "
                    "latent as well."
                ),
                "The effective rank is high.": (
                    "It is high for the dead latent and for the untrained one. It is blind to size, and collapse is a "
                    "matter of size."
                ),
            },
        ),
    ),
)
