"""What was answered so far, and the score; whatever shows the questions asks here."""

from collections.abc import Sequence

from smwm_lab.errors import check_range
from smwm_lab.quiz.question import Question


class AnswerSheet:
    """The answers given to some questions, numbered from 0; any number of tries, and the first one is remembered."""

    def __init__(self, questions: Sequence[Question]):
        self.questions = tuple(questions)
        self._given: list[list[str]] = [[] for _ in self.questions]

    def choose(self, number: int, answer: str) -> str:
        """Give an answer to a question, and return what is said to it.

        Answers after the right one are explained and change no score. Raises `InputError` for an unknown question
        or answer.
        """
        check_range("number", number, 0, len(self.questions) - 1)
        reply = self.questions[number].reply(answer)
        self._given[number].append(answer)
        return reply

    def is_solved(self, number: int) -> bool:
        """Return whether the right answer to a question was found."""
        return self.questions[number].right in self._given[number]

    @property
    def num_right(self) -> int:
        """Number of questions whose right answer was found."""
        return sum(map(self.is_solved, range(len(self.questions))))

    @property
    def num_first_try(self) -> int:
        """Number of questions whose first answer was right."""
        return sum(given[:1] == [each.right] for each, given in zip(self.questions, self._given, strict=True))

    def score(self) -> str:
        """Return the score in words, as "4 of 6 right, 3 at the first try"."""
        return f"{self.num_right} of {len(self.questions)} right, {self.num_first_try} at the first try"

    def reset(self) -> None:
        """Forget all answers."""
        self._given = [[] for _ in self.questions]
