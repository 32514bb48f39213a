"""Questions on notebook 08: an alarm with a floor, distances that ignore a wall, and a way round it."""

from smwm_lab.quiz.question import Chapter, Question


QUIZ = Chapter(
    notebook="08",
    title="What if there is a wall in the way?",
    questions=(
        Question(
            section=1,
            text=(
                "Five pushes are one action here, and the alarm of a healthy model never comes near 0. How do you tell "
                "such a model from a collapsed one?"
            ),
            right="Compare it with what two images can tell.",
            options={
                "Not at all; with such actions the alarm is useless.": (
                    "It only needs its own floor. Collapsed means 1, and a healthy model stays clearly below, as far "
                    "as two images allow."
                ),
                "Train on, until it falls as in the other worlds.": (
                    "What leaves no trace in the images cannot be learned from them, however long. Only the sum of the "
                    "pushes leaves one."
                ),
                "Compare it with what two images can tell.": (
                    "That is its floor. The sum of the pushes is read nearly completely, and the rest of the action "
                    "has no effect, so that nothing is lost with it."
                ),
                "Divide the alarm by the number of pushes.": (
                    "A collapsed model would then look healthy as well. What is missing is not a factor but a floor."
                ),
            },
        ),
        Question(
            section=2,
            text=(
                "Two places on either side of the wall are near in the latent and far apart on foot. Did training fail?"
            ),
            right="No: nothing in the losses asks for the way between them.",
            options={
                "No: nothing in the losses asks for the way between them.": (
                    "They compare images that are one action apart. The rest is left to the smoothness of the network, "
                    "and the smooth answer is the straight line."
                ),
                "Yes: with more data the wall would push the rooms apart.": (
                    "More of the same pairs ask the same question. Places on both sides of the wall would still not be "
                    "compared."
                ),
                "Yes: the encoder has overlooked the wall.": (
                    "The wall is the same in every image, so it has no part in how latents differ. What it does to a "
                    "push is known to the forward model."
                ),
                "Yes: a latent that keeps places must keep ways as well.": (
                    "It is a fine map of places, and a poor one of ways. One does not bring the other."
                ),
            },
        ),
        Question(
            section=4,
            text=(
                "Hardly an edge of the landmark graph goes through the wall, and no image says wall. Where does the "
                "graph know it from?"
            ),
            right="From the episodes: none of them went through it.",
            options={
                "From the latent distance, which is large across the wall.": (
                    "It is small there, that is the whole trouble. An edge does not depend on being near."
                ),
                "From the episodes: none of them went through it.": (
                    "There is an edge only where an episode went in one action, and nobody went through the wall. The "
                    "door is where their ways run."
                ),
                "From the inverse model, which finds no action for it.": (
                    "The inverse model always has an answer: it points straight at the goal. The graph does not ask it."
                ),
                "From the world, which is asked for its shortest ways.": (
                    "The world is asked for them only to draw and to judge. The planner knows trajectories and latents."
                ),
            },
        ),
        Question(
            section=4,
            text="The latent distance lies about the wall. Why may the landmark planner use it all the same?",
            right="Only over one action at a time.",
            options={
                "It trains the encoder again, until distance and way agree.": (
                    "Nothing is trained: encoder and forward model stay frozen. The graph is a dictionary of the data."
                ),
                "Its errors cancel out over a long way.": (
                    "They would not: straight through the wall is always too short. The graph does not go there at all."
                ),
                "It multiplies it by the true distance.": (
                    "The true distance is not known to any planner here. It is used to judge, and only there."
                ),
                "Only over one action at a time.": (
                    "Between images one action apart it can be trusted, and such pairs are what was trained. Far "
                    "distances are sums along the graph, and follow the way through the door."
                ),
            },
        ),
        Question(
            section=5,
            text=(
                "With the true world in place of the model, plain search still misses many far goals. What would "
                "happen with a better world model?"
            ),
            right="Plain search would still miss them.",
            options={
                "Plain search would still miss them.": (
                    "The true world is the best model there is. What is missing must come from the cost or from the "
                    "planner, as landmarks show."
                ),
                "The search would reach them, if the model were large enough.": (
                    "No model is better than the true world, and that does not reach them. The question that the "
                    "search is asked is wrong."
                ),
                "It would reach them after training on goals behind the wall.": (
                    "A world model knows no goals: it says what an action does. That it says well enough."
                ),
                "It would do better, because the true world was given fewer plans.": (
                    "It is the same search, with as many plans. Only what imagines is replaced."
                ),
            },
        ),
        Question(
            section=7,
            text="What does a search do in the latent of a collapsed model?",
            right="It stays where it is.",
            options={
                "It moves at random, as all plans are equally good.": (
                    "Where nothing is better than the rest, the search returns the middle of what it tried, and that "
                    "is no push at all."
                ),
                "It walks straight at the goal and stops at the wall.": (
                    "For that the latent would have to tell near from far. In this one all places are the same."
                ),
                "It stays where it is.": (
                    "No action moves the latent, so all plans cost the same, and the search returns the middle of what "
                    "it tried. Much of what it solves near by was solved before the first action."
                ),
                "It ends with an error, because there is no best plan.": (
                    "A search always returns something, whatever it is asked. That is why a score needs a floor beside "
                    "it."
                ),
            },
        ),
    ),
)
