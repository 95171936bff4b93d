"""A whole course: its exercises in order, and finding one by what a learner types. Imports no torch."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from tutor.course.exercise import Exercise, load_exercise
from tutor.course.manifest import CourseManifest, read_toml
from tutor.errors import ManifestError, UnknownExercise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from tutor.course.location import CourseLocation


@dataclass(frozen=True)
class Course:
    """A course: its manifest, where it lies, and its exercises in the order in which they are taken."""

    manifest: CourseManifest
    location: CourseLocation
    exercises: tuple[Exercise, ...]

    def find(self, selector: str) -> Exercise:
        """The exercise that a learner means by a number, a slug or a path.

        Raises:
            UnknownExercise: there is none; names the nearest.
        """
        typed = _meanings(selector)
        for exercise in self.exercises:
            if typed & _names(exercise):
                return exercise
        near = self._nearest(selector)
        remedy = f"Did you mean {near}?" if near else "`cnn-tutor list` shows them all."
        raise UnknownExercise(f"there is no exercise '{selector}'", remedy)

    def select(self, words: tuple[str, ...]) -> tuple[Exercise, ...]:
        """The exercises that a command line names; the word ``exercise`` before a selector is optional.

        Raises:
            UnknownExercise: one of them does not exist.
        """
        # "exercise 3" may come as two words or, in quotes, as one.
        return tuple(self.find(word.removeprefix("exercise ").strip()) for word in words if word != "exercise")

    def _nearest(self, selector: str) -> str:
        by_name = {name: exercise for exercise in self.exercises for name in (exercise.slug, exercise.manifest.folder)}
        close = difflib.get_close_matches(PurePath(selector).stem.lower(), by_name, n=3, cutoff=0.5)
        if selector.isdigit():
            distance = {exercise: abs(exercise.number - int(selector)) for exercise in self.exercises}
            found = sorted(self.exercises, key=distance.__getitem__)[:2]
        else:
            found = list(dict.fromkeys(by_name[name] for name in close))
        return " or ".join(f"{exercise.number} {exercise.slug}" for exercise in found)


def load_course(location: CourseLocation) -> Course:
    """Load a course and check that its exercises fit together.

    Raises:
        ManifestError: a manifest is wrong, an exercise is missing or not in ``order``, a number or slug stands
            twice, a part does not exist, or ``requires`` names no earlier exercise.
    """
    path = location.exercises / "course.toml"
    manifest = read_toml(path, CourseManifest)
    found = [
        load_exercise(toml.parent, location.solutions / toml.parent.name)
        for toml in sorted(location.exercises.glob("*/exercise.toml"))
    ]
    for fault in faults_together(path, manifest, found):
        raise ManifestError(fault)
    by_slug = {exercise.slug: exercise for exercise in found}
    return Course(manifest, location, tuple(by_slug[slug] for slug in manifest.order))


def faults_together(path: Path, manifest: CourseManifest, found: Sequence[Exercise]) -> Iterator[str]:
    """Where the exercises that were found do not fit together: what is wrong, with the file that says so.

    Args:
        path: ``course.toml``.
        manifest: what it says.
        found: the exercises beside it, in any order.
    """
    by_slug = {exercise.slug: exercise for exercise in found}
    for what, name_of in (("number", lambda one: str(one.number)), ("slug", lambda one: one.slug)):
        for name, ones in _shared(found, name_of).items():
            folders = " and ".join(exercise.manifest.folder for exercise in ones)
            yield f"{path.parent}: {folders} have the same {what}, {name}"
    if sorted(manifest.order) != sorted(by_slug):
        odd = sorted(set(manifest.order) ^ set(by_slug)) or ["one slug twice"]
        yield f"{path}: field `order` and the exercises' folders do not agree on: {', '.join(odd)}"
    parts = {part.number for part in manifest.part}
    earlier: set[str] = set()
    for exercise in (by_slug[slug] for slug in manifest.order if slug in by_slug):
        toml = exercise.folder / "exercise.toml"
        if exercise.manifest.part not in parts:
            yield f"{toml}: field `part`: the course has no part {exercise.manifest.part}"
        for slug in exercise.manifest.requires:
            if slug not in earlier:
                yield f"{toml}: field `requires`: `{slug}` is no earlier exercise"
        earlier.add(exercise.slug)


def _shared(found: Sequence[Exercise], name_of: Callable[[Exercise], str]) -> dict[str, list[Exercise]]:
    """What is the name of several exercises, with those."""
    by_name: dict[str, list[Exercise]] = {}
    for exercise in found:
        by_name.setdefault(name_of(exercise), []).append(exercise)
    return {name: ones for name, ones in by_name.items() if len(ones) > 1}


def _meanings(selector: str) -> set[str]:
    """The selector as it stands and, where it is a path, its last parts; a number is no path."""
    path = PurePath(selector)
    tail = {"/".join(path.parts[-count:]) for count in (1, 2)}
    return {selector} | {name for name in tail if not name.isdigit()}


def _names(exercise: Exercise) -> set[str]:
    """All that a learner may type for an exercise."""
    folder = exercise.manifest.folder
    return {
        str(exercise.number),
        f"{exercise.number:02d}",
        exercise.slug,
        exercise.manifest.module,
        exercise.filename,
        folder,
        f"{folder}/{exercise.filename}",
    }
