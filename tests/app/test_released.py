"""The app with a course that was released to learners: it has no solutions to show."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.app.conftest import RIGHT, open_exercise, text_of, type_program, until
from tutor.app.app import TutorApp
from tutor.app.screens.exercise import ExerciseScreen
from tutor.course import Course, load_course
from tutor.course.packs import course_in
from tutor.draw.engine_words import NO_SOLUTIONS
from tutor.workspace import make_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from tests.app.conftest import FakeEngine


async def test_after_a_pass_it_says_that_there_are_no_solutions(
    tmp_path: Path, small_course: Course, fake: FakeEngine
) -> None:
    root = tmp_path / "released"
    shutil.copytree(small_course.location.exercises, root / "exercises")
    (root / "solutions").mkdir()
    shutil.copytree(small_course.location.solutions / "01_sum_by_hand", root / "solutions" / "01_sum_by_hand")
    course = load_course(course_in(root))
    workspace, _ = make_workspace(tmp_path / "mine", small_course, "ada")
    app = TutorApp(course, workspace.root, engine=fake)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_exercise(app, pilot, "scale")
        type_program(app, RIGHT)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: NO_SOLUTIONS in text_of(app.screen.query_one("#explanation")))
        await pilot.press("ctrl+r")
        await pilot.pause()
        assert isinstance(app.screen, ExerciseScreen)
        assert app.return_code is None
