"""The first start: where the exercises are laid down, and for whom."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tutor.cli import say_error
from tutor.commands.common import print_lines
from tutor.draw.words import reflowed
from tutor.errors import TutorError
from tutor.workspace import DEFAULT_FOLDER, is_workspace, login_name, make_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from tutor.course import Course
    from tutor.workspace import Workspace


def begin(course: Course, start: Path) -> Workspace:
    """Welcome a new learner, and make the workspace that they ask for.

    Raises:
        EOFError: there is no more input.
    """
    default = start / DEFAULT_FOLDER
    print_lines(
        [
            *reflowed(course.manifest.welcome).split("\n"),
            "",
            f"There are {len(course.exercises)} exercises. In which folder shall they be laid down?",
            f"Press Enter for {default}, or type another one. Control D leaves.",
        ]
    )
    while True:
        # expanduser of pathlib raises where a home is not known; this one leaves it as it is.
        folder = start / os.path.expanduser(input("Folder: ").strip() or default)  # noqa: PTH111
        try:
            workspace, _ = make_workspace(folder, course, None if is_workspace(folder) else _name())
        except TutorError as error:
            say_error(error)
            continue
        print_lines([f"The exercises are in {workspace.root}"])
        return workspace


def _name() -> str:
    print_lines(
        [
            "What is your name? It decides which numbers you get in the exercises by hand, and cannot change later.",
            f"Press Enter for {login_name()}.",
        ]
    )
    return input("Name: ").strip() or login_name()
