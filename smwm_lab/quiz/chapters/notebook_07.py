"""Questions on notebook 07: where plans are tried, who is to blame for a low score, and what a cost asks for."""

from smwm_lab.quiz.question import Chapter, Question


QUIZ = Chapter(
    notebook="07",
    title="How does one click become a plan?",
    questions=(
        Question(
            section=1,
            text="The search compares hundreds of plans before the dot moves at all. Where are they tried?",
            right="In the latent, by the forward model.",
            options={
                "In the latent, by the forward model.": (
                    "Only the present image and that of the goal are encoded. All the rest is computed on latents, "
                    "which is why it is cheap."
                ),
                "In the world, which is set back after each plan.": (
                    "Only the ceiling does that, for comparison. An agent with a real body could not be set back."
                ),
                "In images that a decoder draws for every step.": (
                    "This model has no decoder. Now and goal are compared as latents."
                ),
                "In the inverse model, which says which action comes next.": (
                    "The inverse model can decide without any search, and section 4 does so. The search asks the "
                    "forward model."
                ),
            },
        ),
        Question(
            section=1,
            text=(
                "At walls the run of this notebook learned from actions as they were asked for, and notebook 01 "
                "recorded what happened. Why the change?"
            ),
            right="A planner can only ask for actions.",
            options={
                "What happens at a wall cannot be recorded on walks.": (
                    "It can; both records can be made of the same steps. They answer different questions."
                ),
                "h learns more from the action that was asked for.": (
                    "It learns less: at walls it is now asked for something that its two images do not show. That is "
                    "the price of the change."
                ),
                "Away from walls the other record is less exact.": (
                    "Away from walls both are the same. They differ only where something is in the way."
                ),
                "A planner can only ask for actions.": (
                    "So g has to know what a wall makes of them. With what happened as the action, it would never "
                    "learn that a push can be in vain."
                ),
            },
        ),
        Question(
            section=4,
            text=(
                "The inverse model was trained on images one action apart. Asked about a far goal, and clamped, it "
                "still gets there. What must hold for that?"
            ),
            right="The straight way to the goal must be free.",
            options={
                "The goal must be one action away.": (
                    "It was several actions away. The answer is too long then, and clamping it leaves a good first "
                    "step."
                ),
                "The straight way to the goal must be free.": (
                    "h points at the goal, and pointing is enough where nothing is in between. Notebook 08 puts a wall "
                    "there, and h pushes against it for ever."
                ),
                "Far goals must have been part of its training.": (
                    "They were not. It answers from what it knows of near ones, and on this map the direction is right."
                ),
                "The forward model must check its answers.": (
                    "It is not asked here. After each action the agent looks again, and that is all the checking there "
                    "is."
                ),
            },
        ),
        Question(
            section=5,
            text=(
                "Random shooting solves few of the tasks, and with the true world in place of the model it solves "
                "hardly more. What does that tell?"
            ),
            right="The search is too weak; a better model would hardly help it.",
            options={
                "The model is bad, and the planner suffers from it.": (
                    "Then the same search would do much better with the true world. It does not."
                ),
                "The tasks cannot be solved within the actions allowed.": (
                    "Other planners solve nearly all of the same tasks with the same model."
                ),
                "The search is too weak; a better model would hardly help it.": (
                    "The ceiling is what this search could reach at best. It is low, so the fault lies with the "
                    "search, which learns nothing from one round to the next."
                ),
                "It had bad luck with the hundred tasks.": (
                    "All planners have the same tasks. And with so many of them luck does not make a difference as "
                    "large as that."
                ),
            },
        ),
        Question(
            section=5,
            text="A planner solved all of its hundred tasks. Why does its bar have an interval that reaches below?",
            right="One that fails now and then may solve a hundred tasks in a row, too.",
            options={
                "Because another training would give another model.": (
                    "It would, but this interval does not speak of that: it counts tasks of one model. For the method "
                    "one needs several seeds."
                ),
                "Because some of the tasks were solved by luck.": (
                    "Luck is what the floor shows, beside it. The interval would be the same if there were none."
                ),
                "Because the true success cannot be 100 %.": (
                    "It can, and the interval includes it. It only says what else would fit this count."
                ),
                "One that fails now and then may solve a hundred tasks in a row, too.": (
                    "So the count does not settle the rate. More tasks make the interval narrower, never empty."
                ),
            },
        ),
        Question(
            section=6,
            text=(
                "With a cost at the end of the plan, and a new plan after every action, the agent stops short of its "
                "goal. Which change helps?"
            ),
            right="Count the distance along the whole plan, not only at its end.",
            options={
                "Count the distance along the whole plan, not only at its end.": (
                    "Then an action that is put off costs something. The trench in the landscape becomes a slope "
                    "towards acting now."
                ),
                "Try more plans in every search.": (
                    "The search finds what it is asked for: plans that arrive in the end. Plans that dawdle first are "
                    "among the best of them."
                ),
                "Train the world model for longer.": (
                    "The model is right: such a plan does arrive, if it is carried out. It is only never carried out "
                    "to its end."
                ),
                "Look more actions ahead.": (
                    "That leaves even more time to put things off. What helps is a horizon that shrinks as time goes "
                    "by."
                ),
            },
        ),
    ),
)
