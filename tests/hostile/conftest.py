"""Engines on copies of the courses with time limits of the tests' own, and a place where all that they leave shows."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import SMALL_COURSE
from tutor.course import Course, CourseLocation, builtin_course, load_course
from tutor.engine.client import EngineClient

if TYPE_CHECKING:
    from collections.abc import Iterator

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


ODD_COURSE = Path(__file__).parent / "odd_course"
"""Exercises that are not like most: a module without parameters, one with a state alone, a function of numbers."""

COURSES = {
    "small": load_course(CourseLocation(SMALL_COURSE / "exercises", SMALL_COURSE / "solutions")),
    "odd": load_course(CourseLocation(ODD_COURSE / "exercises", ODD_COURSE / "solutions")),
    "builtin": load_course(builtin_course()),
}


def course_of(slug: str) -> str:
    """Which course an exercise is of."""
    return next(name for name, course in COURSES.items() if any(each.slug == slug for each in course.exercises))


@pytest.fixture(scope="package")
def graders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[tuple[str, bool], Grader]]:
    """By the course, and whether little time is given."""
    made = {}
    with pytest.MonkeyPatch.context() as patch:
        for name, course in COURSES.items():
            slugs = tuple(exercise.slug for exercise in course.exercises)
            for is_quick, timeout_s in ((True, QUICK_S), (False, PATIENT_S)):
                folder = tmp_path_factory.mktemp("grader")
                grader = made[name, is_quick] = Grader(course.location, slugs, timeout_s, folder)
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
