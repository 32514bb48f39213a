"""Questions on notebook 05: what maps of a latent show, what they make up, and how one tells."""

from smwm_lab.quiz.question import Chapter, Question


QUIZ = Chapter(
    notebook="05",
    title="Can you trust a pretty map?",
    questions=(
        Question(
            section=1,
            text="On a UMAP two crowds of points lie far apart. What does that distance say of the latent?",
            right="Little: larger distances are not kept.",
            options={
                "Little: larger distances are not kept.": (
                    "UMAP keeps neighbours together and pays with the rest: gaps and tears appear where nothing is "
                    "missing. Which points are neighbours is what can be read from it."
                ),
                "The two crowds differ more than any two that lie nearer.": (
                    "One would wish so, but UMAP does not promise it. On PCA's map distances are real ones, as far as "
                    "two directions show them."
                ),
                "The model has seen no states between them.": (
                    "The states were drawn at random, without a gap. The tear was made by the projection."
                ),
                "How many steps it takes from one to the other.": (
                    "The map knows the latents and nothing of steps. Even the latent's own distance counts no steps "
                    "where a wall is in the way."
                ),
            },
        ),
        Question(
            section=1,
            text="Coloured by the position of the green dot, all three maps look like confetti. What does it show?",
            right="That these maps have no order by green.",
            options={
                "That nothing of green is in the latent.": (
                    "A map has two dimensions, and 62 are not on it. For that claim notebook 04 asked a probe, which "
                    "sees all of them."
                ),
                "That the projections failed.": (
                    "The same maps show red in good order. They show what has variance, and green has next to none."
                ),
                "That these maps have no order by green.": (
                    "It is partial collapse as an image, and no proof: 62 dimensions are not on the map. A probe of "
                    "all dimensions is the proof."
                ),
                "That green moves by chance, so that no latent could hold its place.": (
                    "How it moves is chance, but where it is stands in each image. An untrained encoder still has much "
                    "of it."
                ),
            },
        ),
        Question(
            section=2,
            text="A UMAP of the latent has tears, and its trustworthiness is near 1. Why does that score not see them?",
            right="It only punishes false neighbours, and a tear makes none.",
            options={
                "Because the tears are in the latent as well.": (
                    "The latent is a sheet without tears, as PCA's map shows. They come from the projection."
                ),
                "It only punishes false neighbours, and a tear makes none.": (
                    "A tear takes neighbours apart. That shows in the other score: the share of neighbours that stay "
                    "neighbours."
                ),
                "Because it compares the map with PCA's.": (
                    "It compares neighbours on the map with neighbours in the latent. No other map is needed."
                ),
                "Because it looks at points that lie far apart.": (
                    "It looks at near ones only. And among these the false ones, not the missing ones."
                ),
            },
        ),
        Question(
            section=2,
            text="The map of pure noise is round, smooth and pretty. How do you find out that there is nothing to see?",
            right="By a score: few neighbours in the cloud are still neighbours on the map.",
            options={
                "By its looks: noise never forms groups or smooth colours.": (
                    "With a few colours and a story this map would pass. The eye finds shapes in anything."
                ),
                "By a warning: a projection reports that it found no structure.": (
                    "Every projection gives a map, whatever it is given. There is no error message on a map of noise."
                ),
                "By its shape: what is round holds no information.": (
                    "A latent may be round and hold much. The shape on the map tells neither."
                ),
                "By a score: few neighbours in the cloud are still neighbours on the map.": (
                    "That needs no eye and no story. A map of noise made for comparison says which value is a bad one."
                ),
            },
        ),
        Question(
            section=3,
            text="You want to see how a latent changes between two moments of training. Which maps do you compare?",
            right="One projection, kept, with both latents placed in it.",
            options={
                "One projection, kept, with both latents placed in it.": (
                    "Then whatever moves on the map has moved in the latent. A new projection would bring in changes "
                    "of its own."
                ),
                "Two UMAPs with the same seed.": (
                    "The same seed with other data gives another layout all the same. You would see the change of the "
                    "layout."
                ),
                "Two PCAs, one for each moment.": (
                    "Each has directions of its own, which turn and flip. Part of what moves is the view."
                ),
                "The two maps that look most alike.": (
                    "That chooses the answer before looking. The choice of a map may not depend on what it shows."
                ),
            },
        ),
        Question(
            section=4,
            text=(
                "With very few training rows the probe of green has an R² far below 0, and noise on the latents makes "
                "it better. Why?"
            ),
            right="The noise hides the chance that the probe would learn.",
            options={
                "The noise carries something about green.": (
                    "It is drawn without looking at the state. It cannot add anything about a dot."
                ),
                "An R² below 0 is an error of calculation.": (
                    "Below 0 means worse than always saying the mean. On new rows that happens easily to a probe that "
                    "was too sure."
                ),
                "The noise hides the chance that the probe would learn.": (
                    "With hardly more rows than inputs a probe learns faint differences by heart that mean nothing. "
                    "Behind noise it is more careful."
                ),
                "Green lies in large directions, which noise brings out.": (
                    "Noise brings nothing out; it drowns the faint first. Green has nothing to lose here."
                ),
            },
        ),
    ),
)
