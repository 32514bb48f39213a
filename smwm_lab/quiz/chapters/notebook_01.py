"""Questions on notebook 01: what actions explain, what data cover, and what held out means."""

from smwm_lab.quiz.question import Chapter, Question


QUIZ = Chapter(
    notebook="01",
    title="What can an action change?",
    questions=(
        Question(
            section=2,
            text="For one dot the action explains nothing of the motion: R² is 0. What follows?",
            right="The dot moves, and no action says where to.",
            options={
                "The dot does not move.": (
                    "A dot that stands still has no motion that could be explained. Here there is motion; it comes "
                    "from somewhere else."
                ),
                "A larger network would find the connection.": (
                    "No network is at work here: the true motion is compared with the action. Chance draws it, so "
                    "there is nothing to find."
                ),
                "The dot is one of a coupled pair that moves together.": (
                    "Both dots of a pair obey the action that they share. Their motion is explained completely."
                ),
                "The dot moves, and no action says where to.": (
                    "It moves just as far as the others, by chance. To somebody who learns from actions it is weather."
                ),
            },
        ),
        Question(
            section=2,
            text=(
                "Every action moves both dots of a coupled pair. Why does the pair not count for four controllable "
                "dimensions?"
            ),
            right="There are only two independent ways to move it.",
            options={
                "There are only two independent ways to move it.": (
                    "Controllable dimensions count independent ways of moving, not numbers that change. How the two "
                    "lie to each other is fixed at birth."
                ),
                "Only the first dot of a pair is moved by the action.": (
                    "Both move, and the action explains the motion of either completely. They do so together, and that "
                    "is the point."
                ),
                "The second dot moves by chance.": (
                    "Then the action would explain nothing of its motion. It explains all of it."
                ),
            },
        ),
        Question(
            section=3,
            text="A sprite moves in x and y and turns, but its control is x alone. What can be learned of its turns?",
            right="Each angle, but not how the sprite will turn.",
            options={
                "Nothing, because the angle cannot be seen.": (
                    "The sprite is drawn with its angle in every image. What is hidden is the reason why it turns."
                ),
                "Each angle, but not how the sprite will turn.": (
                    "The angle stands in every image, but nothing in the data tells the next turn. Seen and "
                    "controllable are two things."
                ),
                "All of it, because a turn follows from the motion in x.": (
                    "The three motions are drawn independently. Who knows the one knows nothing of the others."
                ),
                "Nothing, because with this control the sprite does not turn.": (
                    "It moves and turns under every control. The control only says what the action tells of it."
                ),
            },
        ),
        Question(
            section=5,
            text=(
                "At a wall the data record the action that happened, not the one that was asked for. Why does the "
                "inverse model need that?"
            ),
            right="Its two images show only what happened.",
            options={
                "Otherwise the dot would leave the canvas.": (
                    "The world stops the dot whatever is recorded. Only the label of the row differs."
                ),
                "Otherwise there would be too few rows near the walls.": (
                    "The number of rows is the same either way. What matters is whether their label can be known."
                ),
                "Its two images show only what happened.": (
                    "A small push and a large one into the wall give the same two images. Asked for the large one, it "
                    "could only guess, and would be blamed for it."
                ),
                "It would learn otherwise that there are no walls.": (
                    "It would not learn that either: walls show in where dots come to rest. It would be asked for "
                    "something that no image shows."
                ),
            },
        ),
        Question(
            section=5,
            text=(
                "All pairs start in the middle of the canvas. What is new to a model trained on them when the dot "
                "stands at the border?"
            ),
            right="A step that starts there.",
            options={
                "The image of a dot at the border.": (
                    "Steps from the middle reach the border, so such images are in the data, behind an action. Steps "
                    "that begin there are not."
                ),
                "Nothing: the dot moves by the same law everywhere.": (
                    "The world has the same law, but a network only knows where it was asked. Notebook 02 measures how "
                    "far off it is outside."
                ),
                "Actions of that size.": (
                    "Actions have the same range at every place. It is the place to start from that is missing."
                ),
                "A step that starts there.": (
                    "Images of the border it has seen, but only at the end of a step. This is the support gap, and it "
                    "matters as soon as several steps are put together."
                ),
            },
        ),
        Question(
            section=6,
            text=(
                "A test set repeats samples of training, because both draw sample i with the seed seed + i. Which "
                "repair holds for good?"
            ),
            right="A rule that gives every state to one of the two sides, whatever the seed.",
            options={
                "A test seed that is much farther away.": (
                    "That only moves the place where the two lists of seeds meet. And two different seeds can still "
                    "draw the same state."
                ),
                "A rule that gives every state to one of the two sides, whatever the seed.": (
                    "Then nothing that is drawn, now or later, can be on both sides, and that can be proved: frame by "
                    "frame."
                ),
                "Shuffling both sets before they are used.": (
                    "Shuffling changes the order and not what is in a set. The same samples stay on both sides."
                ),
                "Drawing the test set before the training set.": (
                    "The order of drawing changes nothing: the samples depend on their seeds alone."
                ),
            },
        ),
    ),
)
