"""What came of each attempt at an exercise, and what changed from one to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.draw.linear.text_diff import text_diff_lines
from tutor.draw.moment import moment
from tutor.draw.verdict import HEADLINES
from tutor.errors import UsageError
from tutor.plain.typed import number_in

if TYPE_CHECKING:
    from tutor.course import Exercise
    from tutor.workspace import Workspace

NOW, STARTER = "now", "starter"


def attempt_lines(workspace: Workspace, exercise: Exercise) -> list[str]:
    """Every attempt, the newest first."""
    with workspace.progress() as progress:
        attempts = progress.attempts(exercise.slug)
    if not attempts:
        return ["There is none yet."]
    told = [
        f"Attempt {number}, {moment(one.at)}: {HEADLINES[one.verdict][0].lower()}, "
        f"{one.score:g} of {one.max_score:g} points."
        for number, one in zip(range(len(attempts), 0, -1), attempts, strict=True)
    ]
    return [*told, "What changed from one to another: diff 1 2"]


def change_lines(workspace: Workspace, exercise: Exercise, names: list[str]) -> list[str]:
    """What changed from one text to another: attempts by their numbers, the file as it is now, the starter.

    Args:
        names: two of them; none is the last attempt and the file.

    Raises:
        UsageError: they are not two, or one is not there.
    """
    with workspace.progress() as progress:
        attempts = [one.id for one in reversed(progress.attempts(exercise.slug))]
        names = names or [str(len(attempts)) if attempts else STARTER, NOW]
        if len(names) != 2:
            raise UsageError("diff takes two texts", "For example: diff 1 2, diff 1 now, diff starter now")

        def text(name: str) -> str:
            if name == NOW:
                return workspace.read(exercise)
            if name == STARTER:
                return exercise.starter(workspace.learner)
            return progress.submission(attempts[number_in(name, len(attempts), "attempt") - 1])

        before, after = map(text, names)
    return [f"From {names[0]} to {names[1]}:", *text_diff_lines(before, after)]
