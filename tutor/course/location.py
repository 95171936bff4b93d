"""Where the course's files lie: inside an installed wheel, or at the top of a checkout."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tutor.errors import ManifestError


@dataclass(frozen=True)
class CourseLocation:
    """The two folders of a course.

    Attributes:
        exercises: what a learner gets.
        solutions: references, checks and known answers; never within a submission's reach.
        asked_as: the pack's name or the folder that it was opened by; empty for the course that ships.
    """

    exercises: Path
    solutions: Path
    asked_as: str = field(default="", compare=False)


def builtin_course() -> CourseLocation:
    """The course that ships with cnn-tutor.

    A wheel carries it as package data; an editable install finds it beside the package.

    Raises:
        ManifestError: neither place has it.
    """
    package = Path(__file__).resolve().parent.parent
    for root in (package / "_data", package.parent):
        if (root / "exercises" / "course.toml").is_file():
            return CourseLocation(root / "exercises", root / "solutions")
    raise ManifestError(
        "the course's files are missing from this installation of cnn-tutor",
        "Install it again: pip install --force-reinstall --no-deps cnn-tutor",
    )
