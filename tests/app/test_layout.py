from __future__ import annotations

import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.app.conftest import FakeEngine, open_exercise, until

if TYPE_CHECKING:
    from tutor.app.app import TutorApp
    from tutor.course import Course
    from tutor.workspace import Workspace

PANES = ("lesson", "answer", "verdict")

FIRST_SCREEN = """
import asyncio, sys
from pathlib import Path
from tutor.app.app import TutorApp
from tutor.course import CourseLocation, load_course

class NoEngine:
    def start(self): pass
    def cancel(self): pass
    def close(self): pass

course = load_course(CourseLocation(Path(sys.argv[1]), Path(sys.argv[2])))

async def main():
    app = TutorApp(course, Path(sys.argv[3]), engine=NoEngine())
    async with app.run_test() as pilot:
        await pilot.pause()
        heavy = {"textual_plot", "numpy", "textual.widgets._markdown", "textual.widgets._text_area"} & set(sys.modules)
        for slug in sys.argv[4:]:
            await pilot.press("enter")
            await pilot.pause()
            await pilot.press("escape")
        await pilot.press("t")
        await pilot.pause()
        assert "textual_plot" in sys.modules
    print(sorted(heavy), "torch" in sys.modules)

asyncio.run(main())
"""


def is_in(app: TutorApp, pane: str) -> bool:
    return app.screen.query_one(f"#{pane}").has_focus_within


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_panes_side_by_side_where_there_is_room(app: TutorApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await open_exercise(app, pilot, "scale")
        for key, pane in zip(("f3", "f4", "f5"), PANES, strict=True):
            await pilot.press(key)
            await until(pilot, partial(is_in, app, pane))
            shown = {name for name in PANES if app.screen.query_one(f"#{name}").region.area}
            assert shown == ({pane} if size[0] == 80 else set(PANES))
            assert app.screen.query_one(f"#{pane}").region.height >= 10


async def test_a_terminal_that_shrinks_keeps_what_is_typed(app: TutorApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await open_exercise(app, pilot, "sum-by-hand")
        await pilot.press("f4", "4", "2")
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: app.screen.has_class("-narrow"))
        await until(pilot, lambda: app.screen.query_one("#answer").region.area > 0)
        assert app.screen.query("Cell").first().value == "42"  # type: ignore[attr-defined]


async def test_every_theme_can_be_worn(app: TutorApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await open_exercise(app, pilot, "scale")
        for theme in ("cnn-light", "ansi-dark", "nord", "cnn-dark"):
            app.theme = theme
            await pilot.pause()
            assert app.current_theme.name == theme


def test_the_first_screen_imports_nothing_heavy_and_no_screen_torch(small_course: Course, workspace: Workspace) -> None:
    location = small_course.location
    done = subprocess.run(
        [
            *(sys.executable, "-c", FIRST_SCREEN, str(location.exercises), str(location.solutions)),
            *(str(workspace.root), "scale"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[] False"


async def test_the_engine_starts_after_the_first_screen_is_painted(app: TutorApp, fake: FakeEngine) -> None:
    assert not fake.started.is_set()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, fake.started.is_set)
