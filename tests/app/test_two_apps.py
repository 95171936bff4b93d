"""Two apps on one workspace: each sees what the other saves, and neither writes over what is typed in the other."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tests.app.conftest import (
    RIGHT,
    WRONG,
    FakeEngine,
    attempts,
    file_of,
    open_exercise,
    program,
    text_of,
    type_program,
    until,
)
from tutor.app.app import TutorApp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.pilot import Pilot

    from tutor.course import Course
    from tutor.workspace import Workspace

MINE = "def scale(x, factor):\n    return factor\n"


@asynccontextmanager
async def running(app: TutorApp) -> AsyncIterator[Pilot[int]]:
    """An app in a task of its own, as it has in a process of its own."""
    pilots: asyncio.Queue[Pilot[int]] = asyncio.Queue()
    leave = asyncio.Event()

    async def run() -> None:
        async with app.run_test(size=(120, 40)) as pilot:
            await open_exercise(app, pilot, "scale")
            await pilots.put(pilot)
            await leave.wait()

    task = asyncio.create_task(run())
    try:
        yield await pilots.get()
    finally:
        leave.set()
        await task


async def test_what_one_saves_the_other_shows_and_what_both_type_is_kept(
    small_course: Course, workspace: Workspace
) -> None:
    one, other = (TutorApp(small_course, workspace.root, engine=FakeEngine()) for _ in range(2))
    async with running(one) as here, running(other) as there:
        type_program(one, WRONG)
        await here.press("ctrl+s")
        await until(there, lambda: program(other) == WRONG, "the other has loaded what one has saved")
        await until(there, lambda: "✗ Not yet" in text_of(other.screen), "and has checked it")
        type_program(other, MINE)
        type_program(one, RIGHT)
        await here.press("ctrl+s")
        await until(there, lambda: "F8" in text_of(other.screen.query_one("#answer")), "the other asks")
        assert program(other) == MINE
        await there.press("f8")
        await until(there, lambda: program(other) == RIGHT)
        await until(there, lambda: "✓ Passed" in text_of(other.screen))
        await until(here, lambda: attempts(one, "scale") >= 3)
    assert file_of(one, "scale").read_text() == RIGHT
    with workspace.progress() as progress:
        assert MINE in [kept.text for kept in progress.kept_texts("scale")]
        assert progress.standings()["scale"].passed
