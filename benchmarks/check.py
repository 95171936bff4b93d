"""How long ``cnn-tutor check`` takes without and with an engine that is up, beside ``import torch``.

Aim: with none up, less than 1.2 times as long.

Run it with ``python -m benchmarks.check [EXERCISE]``, on a machine that does nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.measuring import PROGRAM, PYTHON, apart, asked_for, command, in_turn, right_and_wrong, show
from tutor.engine.daemon import stop_shared_engine

if TYPE_CHECKING:
    from tutor.course import Exercise
    from tutor.workspace import Workspace

BASELINE = 'python -c "import torch"'


def main() -> None:
    """Measure and print."""
    with apart() as (course, workspace):
        exercise = asked_for(course, "3")
        right, wrong = right_and_wrong(exercise)
        name = f"check {exercise.number}"
        show(
            in_turn(
                {
                    BASELINE: lambda: command([PYTHON, "-c", "import torch"]),
                    f"{name}, right, no engine up": lambda: check(workspace, exercise, right, cold=True),
                    f"{name}, right, engine up": lambda: check(workspace, exercise, right),
                    f"{name}, wrong, engine up": lambda: check(workspace, exercise, wrong),
                    f"{name}, wrong, no engine up": lambda: check(workspace, exercise, wrong, cold=True),
                    f"{name}, right, --no-daemon": lambda: check(workspace, exercise, right, "--no-daemon"),
                }
            ),
            BASELINE,
        )


def check(workspace: Workspace, exercise: Exercise, text: str, *options: str, cold: bool = False) -> float:
    """From the command's start to its end."""
    workspace.write(exercise, text)
    if cold:
        stop_shared_engine()
    return command([PROGRAM, "check", "exercise", str(exercise.number), *options], workspace.root)


if __name__ == "__main__":
    main()
