"""Finding a course by name or by folder. Nothing of a pack is imported or run for it.

A pack is an ordinary Python package with an entry point; its value is an importable package, in whose folder
``exercises/`` and ``solutions/`` lie::

    [project.entry-points."cnn_tutor.courses"]
    vision-lab = "vision_lab"

The format of entry points: https://packaging.python.org/en/latest/specifications/entry-points/
"""

from __future__ import annotations

import difflib
import os
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tutor import __version__
from tutor.course.course import load_course
from tutor.course.location import CourseLocation
from tutor.errors import TutorError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.metadata import EntryPoint

GROUP = "cnn_tutor.courses"
NAME = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
BUILTIN = "cnn-tutor"
"""The name of the course that ships: no pack may take it."""


@dataclass(frozen=True)
class Pack:
    """A course that an installed distribution offers.

    Attributes:
        name: what it is opened by.
        distribution: who offers it, e.g. ``vision-lab 1.2``.
        location: where it lies; None where that cannot be said.
        fault: why it cannot be opened, in words; empty where it can.
    """

    name: str
    distribution: str
    location: CourseLocation | None
    fault: str = ""


def find_course(asked: str) -> CourseLocation:
    """The course in a folder, or else the one that an installed pack offers under this name.

    Raises:
        UsageError: there is none, or the pack is broken.
        ManifestError: the course that ships is asked for by its name, and is missing.
    """
    import tutor.course

    folder = Path(asked).expanduser().resolve()
    if is_course(folder):
        return course_in(folder)
    if asked == BUILTIN:
        return tutor.course.builtin_course()
    packs = installed_packs()
    found = [pack for pack in packs if pack.name == asked]
    if found:
        pack = found[0]
        if pack.location is None:
            says = f"the course {asked}, which {pack.distribution} offers, cannot be opened: {pack.fault}"
            raise UsageError(says, "Install it again, or tell whoever made it.")
        return pack.location
    near = difflib.get_close_matches(asked, [BUILTIN, *(pack.name for pack in packs)], n=1, cutoff=0.6)
    if folder.is_dir() or os.sep in asked:
        raise UsageError(
            f"{asked} is no course: it has no exercises/course.toml",
            f"To begin one: cnn-tutor new my-exercise --course {asked}",
        )
    meant = f"Did you mean {near[0]}? " if near else ""
    raise UsageError(
        f"{asked} is no course: there is neither a folder nor an installed pack of that name",
        f"{meant}cnn-tutor list --courses shows those that are installed.",
    )


def is_course(folder: Path) -> bool:
    """Whether a course lies in a folder; a learner's workspace has exercises too, but no manifests."""
    return (folder / "exercises" / "course.toml").is_file()


def course_in(folder: Path) -> CourseLocation:
    """The course in a folder; whether there is one is not looked at."""
    return CourseLocation(folder / "exercises", folder / "solutions", asked_as=str(folder))


def installed_packs() -> tuple[Pack, ...]:
    """The packs that are installed, by name; those that are broken say why, and keep no other from being found."""
    from importlib.metadata import entry_points  # takes longer to import than all else here

    entries = sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, _distribution(entry)))
    return tuple(_unshared(_pack(entry) for entry in entries))


@dataclass(frozen=True)
class ListedCourse:
    """What a list of courses says of one.

    Attributes:
        fault: why it cannot be opened; title and number of exercises are not known then.
    """

    name: str
    distribution: str
    title: str = ""
    exercises: int = 0
    fault: str = ""


def listed_courses() -> list[ListedCourse]:
    """The course that ships, and those of the installed packs."""
    import tutor.course

    ships = Pack(BUILTIN, f"{BUILTIN} {__version__}", tutor.course.builtin_course())
    return [_listed(pack) for pack in (ships, *installed_packs())]


def _listed(pack: Pack) -> ListedCourse:
    if pack.location is None:
        return ListedCourse(pack.name, pack.distribution, fault=pack.fault)
    try:
        course = load_course(pack.location)
    except TutorError as error:
        return ListedCourse(pack.name, pack.distribution, fault=" ".join(filter(None, (error.message, error.remedy))))
    return ListedCourse(pack.name, pack.distribution, course.manifest.title, len(course.exercises))


def _unshared(packs: Iterable[Pack]) -> list[Pack]:
    """The same, where none is opened by a name that another has too: which one is meant would be chance."""
    all_of_them = list(packs)
    counts = Counter(pack.name for pack in all_of_them)
    return [
        pack
        if counts[pack.name] == 1
        else Pack(
            pack.name,
            " and ".join(other.distribution for other in all_of_them if other.name == pack.name),
            None,
            "several distributions offer a course of this name",
        )
        for pack in all_of_them
    ]


def _pack(entry: EntryPoint) -> Pack:
    def broken(fault: str) -> Pack:
        return Pack(entry.name, _distribution(entry), None, fault)

    if not NAME.fullmatch(entry.name) or entry.name == BUILTIN:
        return broken("this is no name for a course: small letters, digits and hyphens, and not cnn-tutor")
    if not re.fullmatch(r"\w+(\.\w+)*", entry.value):
        return broken(f"its entry point names no package but {entry.value!r}")
    places = _folders_of(entry.value)
    if not places:
        return broken(f"there is no package {entry.value}")
    folder = next(filter(is_course, places), None)
    if folder is None:
        return broken(f"{places[0]} has no exercises/course.toml")
    return Pack(
        entry.name,
        _distribution(entry),
        CourseLocation(folder / "exercises", folder / "solutions", asked_as=entry.name),
    )


def _folders_of(package: str) -> list[Path]:
    """The folders of a package. Only its first part is looked up: for more, Python would import what is above it."""
    from importlib.util import find_spec

    top, *below = package.split(".")
    try:
        spec = find_spec(top)
    except (ImportError, ValueError):
        return []
    places = (spec.submodule_search_locations if spec is not None else None) or ()
    return [place for place in (Path(where, *below) for where in places) if place.is_dir()]


def _distribution(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist is not None else "an unknown distribution"
