"""Bringing the app to a state worth looking at: the same learner, numbers and times whenever and wherever."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast
from unittest.mock import patch

from textual.widgets import Markdown

from tests.app.screen_text import screen_text
from tutor.app.app import TutorApp
from tutor.verdict import DEFAULT_SEED
from tutor.workspace import Workspace, make_workspace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping

    from textual.pilot import Pilot

    from tutor.checking import Engine
    from tutor.course import Course, Exercise
    from tutor.engine.client import CheckProgress
    from tutor.verdict import Verdict

LEARNER = "ada"
FIRST_ATTEMPT = time.mktime((2026, 3, 14, 9, 26, 0, 0, 0, -1))
BETWEEN_ATTEMPTS_S = 7 * 60
PRACTICE_SEED = 7
NO_WORKSPACE = Path("/home/ada")
"""Where the welcome is shown, which names the folder; nothing is written there."""
PATIENCE_S = 30.0
QUIET_S = 0.06
"""A screen that has not changed for so long is taken to be finished."""


@dataclass(frozen=True)
class Scene:
    """A state of the app.

    Attributes:
        walk: leads there from the first screen.
        shows: words that are to be seen there.
        files: what the learner's files say before, by the exercise's slug.
        has_workspace: whether the learner has begun.
    """

    walk: Callable[[Stage], Awaitable[None]]
    shows: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    has_workspace: bool = True


@dataclass(frozen=True)
class Stage:
    """The app as a scene plays in it.

    Attributes:
        pilot: presses the keys.
        workspace: the learner's folder, which the app has open unless the scene is without one.
        props: what is put away when the scene is over.
    """

    pilot: Pilot[int]
    workspace: Workspace
    props: ExitStack

    @property
    def app(self) -> TutorApp:
        """The app that the pilot drives."""
        return cast("TutorApp", self.pilot.app)

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        await self.pilot.press(*keys)

    async def open(self, slug: str) -> None:
        """Find an exercise in the list, and open it."""
        await self.press("slash", *str(self.app.course.find(slug).number), "enter", "enter")
        await self.see("F3 Lesson")

    async def see(self, *words: str) -> None:
        """Wait until all these words stand on the screen, and nothing on it changes any more.

        Raises:
            TimeoutError: they do not appear.
        """
        deadline = time.monotonic() + PATIENCE_S
        before, now = ("", 0), self._look()
        while before != now or not all(each in now[0] for each in words) or not self._prose_is_there():
            if (crash := self.app._exception) is not None:
                raise crash
            if time.monotonic() > deadline:
                raise TimeoutError(f"{', '.join(words)}: not to be seen, or the screen does not come to rest\n{now[0]}")
            await self.pilot.pause(QUIET_S)
            await self._work_off()
            before, now = now, self._look()

    async def resize(self, size: tuple[int, int]) -> None:
        """Give the terminal another size, and wait until nothing changes any more."""
        await self.pilot.resize_terminal(*size)
        await self.see()

    def _look(self) -> tuple[str, int]:
        # A widget may be there and not drawn yet.
        return screen_text(self.app), sum(len(screen.query("*")) for screen in self.app.screen_stack)

    async def _work_off(self) -> None:
        # The pilot waits for the screen on top; one beneath it is seen as well, and may be behind.
        for screen in self.app.screen_stack:
            refreshed = asyncio.Event()
            screen.call_after_refresh(refreshed.set)
            async with asyncio.timeout(PATIENCE_S):
                await refreshed.wait()

    def _prose_is_there(self) -> bool:
        # Markdown is parsed in a thread.
        return all(
            prose.children and not prose.lock.is_locked
            for screen in self.app.screen_stack
            for prose in screen.query(Markdown)
            if prose.source and prose.display
        )


class RememberingEngine:
    """Has each text judged once, by a real engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._verdicts: dict[tuple[str, str, str, int, bool, str | None], Verdict] = {}

    def start(self) -> None:
        """Nothing: the engine starts with its first check."""

    def check(
        self,
        exercise: Exercise,
        source: str,
        *,
        learner: str,
        seed: int,
        practice: bool = False,
        data: str | None = None,
        on_progress: Callable[[CheckProgress], None] | None = None,
    ) -> Verdict:
        """See :meth:`tutor.engine.client.EngineClient.check`; tells no progress."""
        del on_progress
        asked = (exercise.slug, source, learner, seed, practice, data)
        if asked not in self._verdicts:
            self._verdicts[asked] = self._engine.check(
                exercise, source, learner=learner, seed=seed, practice=practice, data=data
            )
        return self._verdicts[asked]

    def cancel(self) -> None:
        """Nothing: a scene waits for its verdicts."""

    def close(self) -> None:
        """Nothing: the next app needs the engine."""


@dataclass(frozen=True)
class Theatre:
    """What all scenes have in common.

    Attributes:
        course: what is taught.
        engine: judges.
        begun: a workspace, of which every scene gets a copy.
    """

    course: Course
    engine: Engine
    begun: Workspace

    @asynccontextmanager
    async def play(self, scene: Scene, size: tuple[int, int], folder: Path) -> AsyncIterator[Stage]:
        """The stage at the end of a scene.

        Args:
            scene: which.
            size: columns and lines of the terminal.
            folder: an empty one, for the learner's files.
        """
        workspace = Workspace(shutil.copytree(self.begun.root, folder, dirs_exist_ok=True))
        for slug, text in scene.files.items():
            workspace.write(self.course.find(slug), text)
        start = workspace.root if scene.has_workspace else NO_WORKSPACE
        with nothing_left_to_chance(), ExitStack() as props:
            app = TutorApp(self.course, start, engine=self.engine, animation=False)
            async with app.run_test(size=size) as pilot:
                stage = Stage(pilot, workspace, props)
                await scene.walk(stage)
                await stage.see(*scene.shows)
                yield stage


def theatre(course: Course, engine: Engine, folder: Path, attempts: Iterator[tuple[str, str]]) -> Theatre:
    """Scenes for a learner who has tried these texts at the exercises with these slugs."""
    remembering = RememberingEngine(engine)
    workspace, _ = make_workspace(folder, course, LEARNER)
    with nothing_left_to_chance():
        for slug, text in attempts:
            exercise = course.find(slug)
            workspace.write(exercise, text)
            verdict = remembering.check(exercise, text, learner=LEARNER, seed=DEFAULT_SEED)
            workspace.keep_attempt(verdict, text)
    return Theatre(course, remembering, workspace)


@contextmanager
def nothing_left_to_chance() -> Iterator[None]:
    """The terminal has all colours, the progress file's clock goes on at each look, and practice draws the same."""
    clock = SimpleNamespace(time=partial(next, count(FIRST_ATTEMPT, BETWEEN_ATTEMPTS_S)))
    own = {
        name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "CNN_TUTOR_DATA")
    }
    with (
        patch.dict(os.environ, own | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}, clear=True),
        patch("tutor.progress.store.time", clock),
        patch("tutor.app.screens.practice.Random", partial(Random, PRACTICE_SEED)),
    ):
        yield
