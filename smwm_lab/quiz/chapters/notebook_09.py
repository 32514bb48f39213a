"""Questions on notebook 09: what a recording can tell, what is kept of it, and an alarm that is too good."""

from smwm_lab.quiz.question import Chapter, Question


QUIZ = Chapter(
    notebook="09",
    title="Does it work on your own data?",
    questions=(
        Question(
            section=2,
            text="At an end of the beam L_inv cannot fall to 0, however good the model is. Why?",
            right="There a long command and a short one lead to the same image.",
            options={
                "Random commands come there too rarely to learn from them.": (
                    "They come there often: whoever was pushed against an end stays near it, and is pushed again."
                ),
                "The encoder sees the border of the image badly.": (
                    "Trolley and rope are read nearly perfectly, also there. What is missing is in no image."
                ),
                "There a long command and a short one lead to the same image.": (
                    "What was moved is seen, what was asked for beyond it is not. This gives a bound that can be "
                    "worked out by hand."
                ),
                "g predicts badly where the trolley stops.": (
                    "That would be L_fwd. L_inv asks what two images tell of the command."
                ),
            },
        ),
        Question(
            section=3,
            text="Why are whole episodes held out, and not a tenth of all rows, drawn at random?",
            right="Next to a row drawn at random lies one that was trained on, and looks nearly the same.",
            options={
                "Next to a row drawn at random lies one that was trained on, and looks nearly the same.": (
                    "Then a model that only remembers would pass. An episode that nobody trained on has no such "
                    "neighbours."
                ),
                "Single rows cannot be read from the file.": (
                    "They can: each frame is a chunk of its own, and windows are read at random."
                ),
                "An episode ends without an action, which would be lost.": (
                    "The last row has no action either way, and is not used as the first of a pair."
                ),
                "Whole episodes make the held-out part larger.": (
                    "The share is the same. What differs is how near the nearest trained image lies."
                ),
            },
        ),
        Question(
            section=4,
            text="The cloud could be predicted without any error, so that it costs nothing to keep. Why did it go?",
            right="Neither loss becomes smaller by keeping it.",
            options={
                "Its colour is too pale for the encoder.": (
                    "An encoder with random weights reads where it is. Training took it out."
                ),
                "It passes behind the load, so that its place is uncertain.": (
                    "It does at times. The principal components of the pixels read it well all the same."
                ),
                "A latent of 64 numbers has no room for it.": (
                    "What moves this crane fills two directions of it. There is room, and nobody who asks."
                ),
                "Neither loss becomes smaller by keeping it.": (
                    "h does not need it, and g predicts a latent without it just as well. What nobody asks for is "
                    "written over."
                ),
            },
        ),
        Question(
            section=4,
            text="A probe reads the swing well, and yet it drowns in very little noise. What does that mean?",
            right="It can be decoded, but hardly any of the latent's variance is spent on it.",
            options={
                "The probe was trained on too few rows.": (
                    "With too few rows R² would be low without any noise. Without noise it is high."
                ),
                "It can be decoded, but hardly any of the latent's variance is spent on it.": (
                    "A probe stretches every direction to one size before it reads. A planner that compares distances "
                    "does not, and will hardly see it."
                ),
                "The wind makes it too noisy to be learned.": (
                    "The wind is a part of what is read: where the load hangs is in the image, whoever moved it."
                ),
                "The model has not been trained for long enough.": (
                    "Longer training brings no reason to carry it: the trolley tells the command more plainly."
                ),
            },
        ),
        Question(
            section=6,
            text=(
                "The model that sees the levers has an L_inv/Var(a) far below the floor, and its verdict is healthy. "
                "What should you conclude?"
            ),
            right="That the action stands in the image, and perhaps nothing else was learned.",
            options={
                "That the floor was measured badly, and the model is excellent.": (
                    "A floor may be a little too high. This value lies below what images of a crane allow at all."
                ),
                "That it has collapsed, and the verdict is wrong.": (
                    "The verdict says that h reads the actions, and it does. They are only not read from the crane."
                ),
                "That the action stands in the image, and perhaps nothing else was learned.": (
                    "What is too good to be true needs a cause. Take the first image away from h: if it still reads "
                    "the action, that is written in the second."
                ),
                "That green levers are easier to see than a crane, so that the model will plan better.": (
                    "They are easier to see, and that is the trouble. It reached no more goals than random commands."
                ),
            },
        ),
        Question(
            section=7,
            text="A goal image shows levers at rest. What does h answer in the model that learned to read levers?",
            right="A command near zero, wherever the crane stands.",
            options={
                "A command near zero, wherever the crane stands.": (
                    "It reads the command that the second image shows. In a goal image nobody has given one."
                ),
                "The command that leads to the goal, only less exactly.": (
                    "For that it would have to compare where things are. It never had to."
                ),
                "The command that was given last.": ("That stands in the first image, which it does not look at."),
                "A random command, as an untrained one would.": (
                    "Its answer is quite sure, and the same for all goals: levers in the middle mean no command."
                ),
            },
        ),
    ),
)
