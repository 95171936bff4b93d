"""What stands for an exercise where its verdicts are kept."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tutor.course import CourseLocation, load_course

if TYPE_CHECKING:
    from pathlib import Path

    from tutor.course import Course, Exercise


def copied(course: Course, to: Path) -> Exercise:
    shutil.copytree(course.location.exercises.parent, to)
    return load_course(CourseLocation(to / "exercises", to / "solutions")).find("scale")


def test_it_is_the_same_wherever_the_course_lies(small_course: Course, tmp_path: Path) -> None:
    assert copied(small_course, tmp_path / "elsewhere").fingerprint() == small_course.find("scale").fingerprint()


def test_it_changes_with_all_that_decides_a_verdict(small_course: Course, tmp_path: Path) -> None:
    exercise = copied(small_course, tmp_path / "mine")
    seen = {exercise.fingerprint()}
    for path in (exercise.checks_file, exercise.folder / "exercise.toml", exercise.solution_folder / "scale.py"):
        path.write_text(f"{path.read_text()}\n# another\n")
        seen.add(exercise.fingerprint())
    for recorded in (b"one", b"another"):
        exercise.recorded_file.write_bytes(recorded)
        seen.add(exercise.fingerprint())
    assert len(seen) == 6
    (exercise.folder / "lesson.md").write_text("another")
    assert exercise.fingerprint() in seen
