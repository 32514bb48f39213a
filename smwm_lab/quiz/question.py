"""What a question is: a text, some answers of which one is right, and for each answer why it is right or wrong."""

from collections.abc import Mapping
from dataclasses import dataclass

from smwm_lab.errors import check, check_choice


MIN_OPTIONS, MAX_OPTIONS = 3, 5
RIGHT, WRONG = "Right.", "Not this one."
"""First words of a reply, so that colour is never the only sign."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question of a quiz; all texts are plain text."""

    text: str
    """The question itself."""
    section: int
    """Section of the notebook that shows what is asked for."""
    right: str
    """The right answer: one of the options."""
    options: Mapping[str, str]
    """Answer -> why it is right or wrong, in the order in which they are shown; 3 to 5."""

    def __post_init__(self) -> None:
        number = len(self.options)
        check(
            MIN_OPTIONS <= number <= MAX_OPTIONS,
            f"{self.text!r} has {number} options; allowed: {MIN_OPTIONS} to {MAX_OPTIONS}",
        )
        check_choice("right", self.right, tuple(self.options))
        texts = (self.text, *self.options, *self.options.values())
        check(all(each.strip() for each in texts), f"{self.text!r} holds an empty text; write one in its place")

    def is_right(self, answer: str) -> bool:
        """Return whether an answer is the right one."""
        return answer == self.right

    def reply(self, answer: str) -> str:
        """Return what is said to an answer: whether it is right, and why; raise `InputError` for no option."""
        check_choice("answer", answer, tuple(self.options))
        return f"{RIGHT if self.is_right(answer) else WRONG} {self.options[answer]}"


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """The quiz of one notebook."""

    notebook: str
    """Number of the notebook, two digits."""
    title: str
    """Title of the notebook: the question that it asks."""
    questions: tuple[Question, ...]
    """Five or six, in the order of the notebook."""
