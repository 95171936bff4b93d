"""Which course a workspace is of: written down where it is made, so that later commands there need not be told.

A course can run programs as whoever opens it. So a workspace that came from elsewhere, out of an archive say, opens
no folder that this user has not opened a workspace of themselves; a pack has been installed by them.

    WORKSPACE/.cnn-tutor/course          the pack's name, or the folder
    USER'S DATA/cnn-tutor/courses        the folders, a line each
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.cli import COURSE_VARIABLE
from tutor.course.packs import course_in, find_course, is_course
from tutor.errors import TutorError, UsageError

if TYPE_CHECKING:
    from tutor.course.location import CourseLocation

FILE = "course"
STATE_FOLDER = ".cnn-tutor"
MAX_CHARACTERS = 4096


def course_of(start: Path) -> CourseLocation:
    """The course that is asked for, else that of the workspace that ``start`` is in, else the one that ships.

    Raises:
        UsageError: there is no such course, or it is not to be opened without being asked for.
        ManifestError: the one that ships is missing.
    """
    import tutor.course

    if asked := os.environ.get(COURSE_VARIABLE):
        return find_course(asked)
    workspace = next((folder for folder in (start, *start.parents) if (folder / STATE_FOLDER).is_dir()), start)
    asked = _first_line(workspace / STATE_FOLDER / FILE)
    if not asked:
        return tutor.course.builtin_course()
    try:
        return _opened_before(asked)
    except UsageError as error:
        says = f"{workspace} is a workspace of the course {asked}: {error.message}"
        remedy = error.remedy or f"Say where it is now: cnn-tutor --course DIR init {workspace}"
        raise UsageError(says, remedy) from None


def remember(state: Path, location: CourseLocation) -> None:
    """Write down which course a workspace is of; of one where nothing is written it is the one that ships.

    Args:
        state: the workspace's folder ``.cnn-tutor``.

    Raises:
        UsageError: it is a workspace of another course, which is there still.
        OSError: it cannot be written.
    """
    from tutor.files import write_atomically

    kept = _first_line(state / FILE)
    if kept == location.asked_as:
        _trust(location)
        return
    if _is_of_another(state, kept, location):
        raise UsageError(
            f"{state.parent} is a workspace of {f'the course {kept}' if kept else 'another course'}",
            "A folder holds one course. Make another for this one: cnn-tutor --course … init DIR",
        )
    _trust(location)
    write_atomically(state / FILE, f"{location.asked_as}\n")


def _is_of_another(state: Path, kept: str, location: CourseLocation) -> bool:
    if not kept:
        # It was made with the course that ships; one that was just begun has no exercises yet.
        return any((state.parent / "exercises").glob("*/*.py"))
    try:
        return find_course(kept) != location
    except TutorError:
        return False


def _opened_before(asked: str) -> CourseLocation:
    """The course that a workspace says it is of.

    Raises:
        UsageError: it is gone, or a folder that this user has not opened.
    """
    folder = Path(asked)
    if not folder.is_absolute():
        return find_course(asked)
    if asked not in _trusted():
        raise UsageError(
            "you have not opened that folder yourself yet, and a course can run programs as you",
            f"If you know it: cnn-tutor --course {asked} init DIR, with this workspace as DIR.",
        )
    if not is_course(folder):
        raise UsageError("that folder is gone, or is no course any more")
    return course_in(folder)


def _trust(location: CourseLocation) -> None:
    """Note that this user has opened a folder as a course."""
    from tutor.files import write_atomically

    known = _trusted()
    if not Path(location.asked_as).is_absolute() or location.asked_as in known:
        return
    path = _trusted_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, "".join(f"{one}\n" for one in (*known, location.asked_as)))


def _trusted() -> list[str]:
    try:
        return _trusted_path().read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []


def _trusted_path() -> Path:
    import platformdirs

    return platformdirs.user_data_path("cnn-tutor") / "courses"


def _first_line(path: Path) -> str:
    """The line that says it; empty where there is none that could be a name or a path."""
    try:
        with path.open(encoding="utf-8") as file:
            line = file.read(MAX_CHARACTERS).partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return line if line.isprintable() else ""
