"""Engines on copies of the courses with time limits of the tests' own, and a place where all that they leave shows."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from tutor.course import Course, CourseLocation, builtin_course, load_course
from tutor.engine.client import EngineClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUICK_S = 0.3
"""For what never ends, or may take as long as it is given."""

PATIENT_S = 5.0
"""For what is to end by itself, on a machine with other things to do as well."""


class Grader:
    """A warm engine on a copy of a course.

    Attributes:
        course: the copy.
        engine: judges it.
        timeout_s: how long a submission may take.
        temporary: the folder for temporary files, in which nothing else is.
    """

    def __init__(self, original: CourseLocation, slugs: tuple[str, ...], timeout_s: float, folder: Path) -> None:
        self.timeout_s = timeout_s
        self.temporary = folder / "temporary"
        self.temporary.mkdir(parents=True)
        location = CourseLocation(folder / "exercises", folder / "solutions")
        shutil.copytree(original.exercises, location.exercises)
        shutil.copytree(original.solutions, location.solutions)
        for slug in slugs:
            (manifest,) = location.exercises.glob(f"*_{slug.replace('-', '_')}/exercise.toml")
            text, found = re.subn(r"^timeout_s = .*$", f"timeout_s = {timeout_s}", manifest.read_text(), flags=re.M)
            assert found == 1
            manifest.write_text(text)
        self.course: Course = load_course(location)
        self.engine = EngineClient(location)


SMALL = ("scale", "affine", "sum-by-hand")


@pytest.fixture(scope="package")
def graders(
    small_course: Course, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[tuple[bool, bool], Grader]]:
    """By whether the exercise is of the small course, and whether little time is given."""
    builtin = builtin_course()
    all_slugs = tuple(exercise.slug for exercise in load_course(builtin).exercises)
    made = {}
    with pytest.MonkeyPatch.context() as patch:
        for is_small, original, slugs in ((True, small_course.location, SMALL), (False, builtin, all_slugs)):
            for is_quick, timeout_s in ((True, QUICK_S), (False, PATIENT_S)):
                folder = tmp_path_factory.mktemp("grader")
                grader = made[is_small, is_quick] = Grader(original, slugs, timeout_s, folder)
                # Whatever the engine and its workers make, they make here.
                patch.setenv("TMPDIR", str(grader.temporary))
                grader.engine.start()
    # Started all at once, and each warm before anything is timed.
    for grader in made.values():
        exercise = grader.course.exercises[0]
        assert grader.engine.check(exercise, exercise.reference("ada"), learner="ada", seed=1).passed
    yield made
    for grader in made.values():
        grader.engine.close()
        assert list(grader.temporary.iterdir()) == []
