"""``list`` and ``hint`` as they are mostly called, in little more than the time in which Python starts.

What they need of the course is kept in the progress file as an outline, with a stamp of the manifests that it was made
of. Whatever is out of the ordinary (an option, no workspace, a changed manifest, a damaged file) is left to the whole
command line, which does it or says what is wrong, and then writes the outline anew.
"""

from __future__ import annotations

import os
import sys

from tutor.draw import linear

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping

    from tutor.course import Course
    from tutor.draw.listing import Row, Stand
    from tutor.workspace import Workspace

OUTLINE = "outline"
RECORD, FIELD, HINT = "\x1d", "\x1e", "\x1f"


def run(words: list[str], columns: int) -> str | None:
    """What the command prints, or None where the whole command line has to see to it."""
    match words:
        case ["list"]:
            return _with_outline(lambda database, outline: _list(database, outline, columns))
        case ["hint", selector] | ["hint", "exercise", selector]:
            return _with_outline(lambda database, outline: _hint(database, outline, selector, columns))
    return None


def keep_outline(workspace: Workspace, course: Course) -> None:
    """Write the outline for the next time; where that cannot be done, nothing is lost but time."""
    from tutor.progress import ProgressError

    parts = {part.number: part.title for part in course.manifest.part}
    records = [
        FIELD.join(
            (
                str(one.number),
                one.slug,
                one.title,
                str(one.manifest.part),
                parts[one.manifest.part],
                repr(one.manifest.points),
                HINT.join(one.manifest.hints),
            )
        )
        for one in course.exercises
    ]
    stamp = _stamp(str(course.location.exercises))
    try:
        with workspace.progress() as progress:
            progress.set_setting(OUTLINE, RECORD.join((stamp, *records)))
    except ProgressError:
        pass


def use_colour() -> bool:
    """Whether stdout is a terminal that takes colours, and they are wanted."""
    dumb = os.environ.get("TERM", "dumb") == "dumb"
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and not dumb


def _with_outline(act: Callable[[sqlite3.Connection, list[list[str]]], str | None]) -> str | None:
    import sqlite3

    from tutor.progress.sql import BUSY_TIMEOUT_S, FORMAT, SETTING

    path, exercises = _progress_file(), _exercises()
    if path is None or exercises is None:
        return None
    try:
        database = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        try:
            (found,) = database.execute("PRAGMA user_version").fetchone()
            kept = database.execute(SETTING, (OUTLINE,)).fetchone() if found == FORMAT else None
            if kept is None:
                return None
            stamp, *records = kept[0].split(RECORD)
            if stamp != _stamp(exercises):
                return None
            return act(database, [record.split(FIELD) for record in records])
        finally:
            database.close()
    except (sqlite3.Error, OSError, ValueError):
        return None


def _list(database: sqlite3.Connection, outline: list[list[str]], columns: int) -> str:
    from tutor.progress.sql import STANDINGS

    rows: list[Row] = [
        (int(number), slug, title, int(part), part_title, float(points))
        for number, slug, title, part, part_title, points, _ in outline
    ]
    stands = {row[0]: (bool(row[2]), row[3]) for row in database.execute(STANDINGS)}
    return list_lines(rows, stands, columns)


def _hint(database: sqlite3.Connection, outline: list[list[str]], selector: str, columns: int) -> str | None:
    from tutor.progress.sql import HINTS_SHOWN, SET_HINTS_SHOWN

    record = next((record for record in outline if selector in record[:2]), None)
    if record is None:
        return None
    slug, hints = record[1], record[6].split(HINT)
    seen = database.execute(HINTS_SHOWN, (slug,)).fetchone()
    shown = min((seen[0] if seen else 0) + 1, len(hints))
    database.execute(SET_HINTS_SHOWN, (slug, shown))
    return hint_lines(hints, shown, columns)


def list_lines(rows: Iterable[Row], stands: Mapping[str, Stand], columns: int) -> str:
    """The course with where the learner stands, as it is wanted."""
    from tutor.draw.listing import listing, wrapped

    if linear.is_wanted():
        from tutor.draw.linear.course import course_lines

        return "\n".join(part for line in course_lines(rows, stands) for part in wrapped(line, columns))
    return "\n".join(listing(rows, stands, columns, colour=use_colour()))


def hint_lines(hints: list[str] | tuple[str, ...], shown: int, columns: int) -> str:
    """The hints that have been seen, a blank line between two; read aloud, the newest alone."""
    from tutor.draw.listing import wrapped

    told = told_hints(hints, shown)
    if linear.is_wanted():
        from tutor.draw.linear.signs import spoken

        told = [spoken(text) for text in told[-1:]]
    return "\n\n".join("\n".join(wrapped(text, columns)) for text in told)


def told_hints(hints: list[str] | tuple[str, ...], shown: int) -> list[str]:
    """The hints that have been seen, each with its number."""
    return [f"Hint {n} of {len(hints)}: {text}" for n, text in enumerate(hints[:shown], start=1)]


def _progress_file() -> str | None:
    """The progress file of the workspace that the current folder is in, as :func:`tutor.workspace.find_workspace`."""
    folder = os.getcwd()  # noqa: PTH109 - pathlib takes too long to import
    while True:
        state = f"{folder}/.cnn-tutor"
        if os.path.exists(f"{state}/progress.sqlite"):  # noqa: PTH110
            return f"{state}/progress.sqlite"
        if os.path.exists(f"{state}/learner"):  # noqa: PTH110
            return None
        above = os.path.dirname(folder)  # noqa: PTH120
        if above == folder:
            return None
        folder = above


def _exercises() -> str | None:
    """The folder of the course's exercises, as :func:`tutor.course.builtin_course` finds it."""
    package = os.path.dirname(os.path.realpath(__file__))  # noqa: PTH120
    for root in (f"{package}/_data", os.path.dirname(package)):  # noqa: PTH120
        if os.path.isfile(f"{root}/exercises/course.toml"):  # noqa: PTH113
            return f"{root}/exercises"
    return None


def _stamp(exercises: str) -> str:
    """What changes whenever a manifest does: where they lie, and each one's time, size and inode."""
    manifests = [f"{exercises}/course.toml"]
    with os.scandir(exercises) as entries:
        manifests += [f"{entry.path}/exercise.toml" for entry in entries if entry.is_dir()]
    stamps = [exercises]
    for path in sorted(manifests):
        try:
            stat = os.stat(path)  # noqa: PTH116
        except FileNotFoundError:
            continue
        stamps.append(f"{path.rpartition('exercises')[2]} {stat.st_mtime_ns} {stat.st_size} {stat.st_ino}")
    return "\n".join(stamps)
