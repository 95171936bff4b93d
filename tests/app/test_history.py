"""The attempts at an exercise: what changed, and bringing one back."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from textual.widgets import Static

from tests.app.conftest import RIGHT, WRONG, file_of, open_exercise, program, text_of, type_program, until, verdict_on
from tutor.app.screens.exercise import ExerciseScreen
from tutor.app.screens.history import AttemptList, HistoryScreen
from tutor.app.screens.solution import SolutionScreen

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tutor.app.app import TutorApp
    from tutor.workspace import Workspace

OTHER = "def scale(x, factor):\n    return x - factor\n"


@pytest.fixture
def tried(app: TutorApp) -> TutorApp:
    """The app where `scale` was tried three times: wrong, wrong in another way, right."""
    exercise = app.course.find("scale")
    with cast("Workspace", app.workspace).progress() as progress:
        for text, name in ((WRONG, "fail"), (OTHER, "fail"), (RIGHT, "pass")):
            progress.record(verdict_on(exercise, name), text)  # type: ignore[arg-type]
    file_of(app, "scale").write_text(RIGHT)
    return app


def difference(app: TutorApp) -> list[str]:
    return str(app.screen.query_one("#diff", Static).visual).splitlines()


def title(app: TutorApp) -> str:
    return str(app.screen.query_one("#difference").border_title)


async def open_history(app: TutorApp, pilot: Pilot[int]) -> None:
    app.call_later(app.open_history, app.course.find("scale"))
    await until(pilot, lambda: isinstance(app.screen, HistoryScreen) and difference(app))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_each_attempt_is_compared_with_the_one_before(tried: TutorApp, size: tuple[int, int]) -> None:
    app = tried
    async with app.run_test(size=size) as pilot:
        await open_history(app, pilot)
        assert title(app) == "From attempt 2 (-) to attempt 3 (+)"
        assert app.screen.query_one("#difference").region.height > 5, "it can be seen"
        assert difference(app)[-2:] == ["-     return x - factor", "+     return x * factor"]
        await pilot.press("down")
        await until(pilot, lambda: title(app) == "From attempt 1 (-) to attempt 2 (+)")
        assert difference(app)[-2:] == ["-     return x + factor", "+     return x - factor"]
        await pilot.press("home")
        await until(pilot, lambda: difference(app) == ["The two texts are the same."])
        assert title(app) == "From attempt 3 (-) to the file as it is now (+)"


async def test_any_two_can_be_compared(tried: TutorApp) -> None:
    app = tried
    async with app.run_test() as pilot:
        await open_history(app, pilot)
        await pilot.press("c", "down", "down")
        await until(pilot, lambda: title(app) == "From attempt 3 (-) to attempt 1 (+)")
        assert difference(app)[-2:] == ["-     return x * factor", "+     return x + factor"]
        await pilot.press("b")
        await until(pilot, lambda: title(app) == "From the starter (-) to attempt 1 (+)")


async def test_a_text_is_brought_back_and_the_one_that_was_there_is_kept(tried: TutorApp) -> None:
    app = tried
    unsaved = RIGHT + "# typed, and not saved\n"
    async with app.run_test() as pilot:
        await open_exercise(app, pilot, "scale")
        await until(pilot, lambda: program(app) == RIGHT)
        type_program(app, unsaved)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, HistoryScreen) and title(app))
        list_ = app.screen.query_one(AttemptList)
        await pilot.press("end", "up")
        await until(pilot, lambda: title(app).endswith("attempt 1 (+)"))
        assert list_.has_focus
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ExerciseScreen) and program(app) == WRONG)
        assert file_of(app, "scale").read_text() == WRONG
        kept = cast("Workspace", app.workspace).kept_texts(app.course.find("scale"))
        assert [one.text for one in kept] == [unsaved]


async def test_after_a_pass_the_reference_stands_beside_ones_own(tried: TutorApp) -> None:
    app = tried
    async with app.run_test(size=(120, 40)) as pilot:
        await open_exercise(app, pilot, "scale")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(app.screen, SolutionScreen))
        exercise = app.course.find("scale")
        assert RIGHT.strip() in text_of(app.screen.query_one("#own"))
        assert exercise.reference("ada").strip() in text_of(app.screen.query_one("#reference"))
        await until(pilot, lambda: exercise.explanation().split()[0] in text_of(app.screen.query_one("#why")))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ExerciseScreen))


async def test_before_a_pass_it_does_not(app: TutorApp) -> None:
    async with app.run_test() as pilot:
        await open_exercise(app, pilot, "scale")
        await pilot.press("ctrl+r")
        await pilot.pause()
        assert isinstance(app.screen, ExerciseScreen)


async def test_without_an_attempt_there_are_the_file_and_the_starter(app: TutorApp) -> None:
    async with app.run_test() as pilot:
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, HistoryScreen) and difference(app))
        assert title(app) == "From the starter (-) to the file as it is now (+)"
        assert app.screen.query_one(AttemptList).option_count == 2
