"""Files that have a course judged where courses are run: laid down as they are, with the exercises that are asked for.

Each folder here is one place. Every script takes its paths from environment variables whose defaults are that place's,
calls ``cnn-tutor grade``, and never runs in a learner's folder.
"""

from __future__ import annotations

import shutil
from importlib.resources import files
from typing import TYPE_CHECKING

from tutor.errors import TutorError, UsageError
from tutor.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tutor.course import CourseLocation

PLACES: dict[str, dict[str, str]] = {
    "gradescope": {"setup.sh": "setup.sh", "run_autograder": "run_autograder"},
    "classroom50": {"autograder.py": "autograder.py"},
    "prairielearn": {"Dockerfile": "Dockerfile", "entrypoint.sh": "entrypoint.sh", "info.json": "info.json"},
    "gitlab": {"gitlab-ci.yml": ".gitlab-ci.yml"},
    "github": {"workflow.yml": ".github/workflows/cnn-tutor.yml"},
    "container": {"Containerfile": "Containerfile"},
}
"""Of each place the files, and where they go."""

READS_EXERCISES = ("gradescope", "classroom50", "prairielearn")
EXERCISES = """\
# The exercises that count, a number or a name a line. Where there is none, all of the course's do.
"""


def lay_down(place: str, folder: Path, exercises: Iterable[str], course: CourseLocation | None) -> list[Path]:
    """Write a place's files.

    Args:
        place: a key of :data:`PLACES`.
        exercises: the slugs of those that count.
        course: a course other than the one that ships, which is copied beside them.

    Returns:
        What was written.

    Raises:
        UsageError: one of the files is there already, or this place reads no such thing.
        TutorError: it cannot be written.
    """
    texts = {folder / to: _text(place, name) for name, to in PLACES[place].items()}
    slugs = list(exercises)
    if place in READS_EXERCISES:
        texts[folder / "exercises.txt"] = EXERCISES + "".join(f"{slug}\n" for slug in slugs)
    elif slugs or course is not None:
        raise UsageError(f"{place} takes no exercises and no course", "Its file says where to name them.")
    copy = folder / "course"
    there = [path for path in (*texts, copy) if path.exists() and (path != copy or course is not None)]
    if there:
        raise UsageError(f"{there[0]} is there already", "Move it away, or name another folder.")
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, text)
            if text.startswith("#!"):
                path.chmod(0o755)
        if course is not None:
            for part in (course.exercises, course.solutions):
                shutil.copytree(part, copy / part.name, ignore=shutil.ignore_patterns("__pycache__"))
    except OSError as error:
        raise TutorError(f"{folder}: cannot be written: {error.strerror}") from error
    return [*texts, *([copy] if course is not None else [])]


def _text(place: str, name: str) -> str:
    return files(__package__).joinpath(place, name).read_text(encoding="utf-8")
