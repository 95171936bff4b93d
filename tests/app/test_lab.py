"""The lab, following a run whose events the test writes."""

from __future__ import annotations

import fcntl
from contextlib import ExitStack
from typing import TYPE_CHECKING

import msgspec
import pytest
from textual.widgets import Input
from textual_plot import PlotWidget

from tests.app.conftest import FakeEngine, text_of, until
from tutor.app.app import TutorApp
from tutor.app.screens.home import HomeScreen
from tutor.app.screens.lab import LabScreen
from tutor.draw.duration import duration
from tutor.errors import UsageError
from tutor.lab import events
from tutor.lab.plan import Plan
from tutor.lab.recipe import Recipe
from tutor.lab.runs import Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.pilot import Pilot

    from tutor.course import Course
    from tutor.workspace import Workspace

STARTED = events.Started(
    *("bn", ("base", "bn"), {"base": 1000, "bn": 1020}, "cpu", "2 threads", "synthetic"),
    *(6400, 640, 64, 1, 100, 0),
)


class FakeRun:
    """A run whose training is this test."""

    def __init__(self, workspace: Workspace, name: str = "20260101-000000-bn-000001") -> None:
        self.run = Run(workspace.runs / name)
        self._held = ExitStack()

    def begin(self) -> None:
        self.run.folder.mkdir(parents=True)
        self.run.ask("run")
        self.run.events_file.touch()
        self.run.log_file.write_text("some library's last words\n")
        fcntl.flock(self._held.enter_context(self.run.lock_file.open("wb")), fcntl.LOCK_EX)
        self.run.plan_file.write_bytes(msgspec.json.encode(Plan("bn")))

    def say(self, *said: events.Event) -> None:
        with self.run.events_file.open("ab") as file:
            file.write(b"".join(map(events.encode, said)))

    def die(self) -> None:
        self._held.close()


@pytest.fixture
def training(workspace: Workspace) -> Iterator[FakeRun]:
    fake = FakeRun(workspace)
    yield fake
    fake.die()


async def open_lab(app: TutorApp, pilot: Pilot[int]) -> None:
    await pilot.press("t")
    await until(pilot, lambda: isinstance(app.screen, LabScreen))


def steps(network: str, first: int, count: int) -> events.Steps:
    return events.Steps(network, first, tuple(1 / (first + step) for step in range(count)), 5123.0, 62.0)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_following_a_run_to_its_end(app: TutorApp, training: FakeRun, size: tuple[int, int]) -> None:
    training.begin()
    training.say(events.Loading("reading the digits"))
    async with app.run_test(size=size) as pilot:
        await open_lab(app, pilot)
        await until(pilot, lambda: "reading the digits" in text_of(app.screen))
        training.say(STARTED, steps("base", 1, 100), events.Tested("base", 100, 0.1, 97.5), steps("bn", 1, 40))
        await until(pilot, lambda: "40 of 100" in text_of(app.screen))
        shown = text_of(app.screen)
        network = "base CNN with batch norm (2 of 2)"
        for words in ("▶ training", network, "5,123", "1:02", "cpu: 2 threads", "synthetic digits"):
            assert words in shown
        loss, accuracy = (app.screen.query_one(f"#{plot} PlotWidget", PlotWidget) for plot in ("loss", "accuracy"))
        assert [max(dataset.x) for dataset in loss._datasets if hasattr(dataset, "line_style")] == [100, 40]
        assert [list(dataset.y) for dataset in accuracy._datasets] == [[97.5]]
        assert loss.region.area > 0
        assert (accuracy.region.area > 0) == (size[0] > 80)
        await pilot.press("2")
        await until(pilot, lambda: accuracy.region.area > 0)

        await pilot.press("space")
        await until(pilot, lambda: training.run.wish() == "pause")
        await until(pilot, lambda: "‖ pausing" in text_of(app.screen))
        training.say(events.Paused())
        await until(pilot, lambda: "‖ paused" in text_of(app.screen))
        await pilot.press("p")
        await until(pilot, lambda: training.run.wish() == "run")
        training.say(
            events.Resumed(), steps("bn", 41, 60), events.Tested("bn", 100, 0.1, 98.25), events.Ended("finished", 75.0)
        )
        await until(pilot, lambda: "✓ finished" in text_of(app.screen))
        shown = text_of(app.screen)
        for words in ("98.25", "97.53", "97.85", "1:15"):
            assert words in shown
        assert app.screen.query_one("#results").region.area > 0


async def test_stop_writes_the_wish_and_leaving_does_not(app: TutorApp, training: FakeRun) -> None:
    training.begin()
    training.say(STARTED, steps("base", 1, 10))
    async with app.run_test(size=(80, 24)) as pilot:
        await open_lab(app, pilot)
        await until(pilot, lambda: "10 of 100" in text_of(app.screen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        assert training.run.wish() == "run"
        training.say(steps("base", 11, 10))
        await open_lab(app, pilot)
        await until(pilot, lambda: "20 of 100" in text_of(app.screen), "the run is attached to again")
        await pilot.press("s")
        await until(pilot, lambda: training.run.wish() == "stop")
        await until(pilot, lambda: "■ stopping" in text_of(app.screen))
        training.say(events.Ended("stopped", 3.0))
        await until(pilot, lambda: "■ stopped" in text_of(app.screen))


async def test_a_run_that_failed_and_one_that_died_say_why(app: TutorApp, training: FakeRun) -> None:
    training.begin()
    training.say(events.Failed("the data are missing", "Give a folder."))
    async with app.run_test(size=(80, 24)) as pilot:
        await open_lab(app, pilot)
        await until(pilot, lambda: "the data are missing\nGive a folder." in text_of(app.screen))
        await pilot.press("escape")
        training.run.events_file.write_bytes(b"")
        training.die()
        await open_lab(app, pilot)
        await until(pilot, lambda: "some library's last words" in text_of(app.screen))
        await pilot.press("escape")
        training.run.events_file.write_bytes(b"nonsense\n")
        await open_lab(app, pilot)
        await until(pilot, lambda: "cannot be read" in text_of(app.screen))


async def test_starting_a_run(
    small_course: Course, workspace: Workspace, fake: FakeEngine, training: FakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Plan] = []

    def start(_: object, plan: Plan, own_texts: dict[str, str]) -> tuple[Run, None]:
        assert own_texts == {}
        asked.append(plan)
        if plan.recipe.epochs == 3:
            raise UsageError("no room on the disk", "Make some.")
        training.begin()
        training.say(events.Loading("warming up"))
        return training.run, None

    monkeypatch.setattr("tutor.app.screens.lab.start_run", start)
    app = TutorApp(small_course, workspace.root, "synthetic", engine=fake)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_lab(app, pilot)
        epochs = app.screen.query_one("#epochs", Input)
        await until(pilot, lambda: epochs.has_focus)
        assert app.screen.query_one("#start").region.bottom < 24, "the whole form is to be seen at 80×24"
        epochs.value = "0"
        await pilot.press("enter")
        await until(pilot, lambda: "epochs: a whole number from 1" in text_of(app.screen))
        epochs.value = "3"
        await pilot.press("enter")
        await until(pilot, lambda: "no room on the disk" in text_of(app.screen))
        epochs.value = "2"
        await pilot.press("enter")
        await until(pilot, lambda: "warming up" in text_of(app.screen))
    assert asked[-1] == Plan("bn", data="synthetic", recipe=Recipe(epochs=2))


def test_spans_of_time_are_written_as_on_a_clock() -> None:
    assert [duration(seconds) for seconds in (9, 75, 3725)] == ["0:09", "1:15", "1:02:05"]


async def test_the_environment_says_where_mnist_is(
    small_course: Course, workspace: Workspace, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNN_TUTOR_DATA", "/data/mnist")
    app = TutorApp(small_course, workspace.root, engine=fake)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_lab(app, pilot)
        assert app.screen.query_one("#data", Input).value == "/data/mnist"


async def test_curves_are_looked_at_in_other_ways_and_the_learning_rate_is_changed(
    app: TutorApp, training: FakeRun, workspace: Workspace
) -> None:
    earlier = FakeRun(workspace, "20251231-120000-bn-000001")
    earlier.begin()
    earlier.say(STARTED, steps("base", 1, 60), events.Ended("stopped", 3.0))
    earlier.die()
    training.begin()
    training.say(STARTED, steps("base", 1, 100), events.Tested("base", 50, 0.1, 97.5))

    def loss() -> PlotWidget:
        return app.screen.query_one("#loss PlotWidget", PlotWidget)

    def lines() -> list[list[float]]:
        return [list(dataset.x) for dataset in loss()._datasets if hasattr(dataset, "line_style")]

    def first_loss() -> float:
        return float(next(dataset.y[0] for dataset in loss()._datasets if hasattr(dataset, "line_style")))

    def subtitle() -> str:
        return str(app.screen.query_one("#loss").border_subtitle)

    async with app.run_test(size=(120, 40)) as pilot:
        await open_lab(app, pilot)
        await until(pilot, lambda: lines() and max(lines()[0]) == 100)
        assert first_loss() == 1.0
        assert [50.0] in [list(dataset.x) for dataset in loss()._datasets], "the test loss"
        await pilot.press("g")
        await until(pilot, lambda: "logarithmic" in subtitle() and first_loss() == 0.0)
        await pilot.press("g", "z")
        await until(pilot, lambda: "the last 50%" in subtitle() and min(lines()[0]) == 51)
        await pilot.press("m")
        await until(pilot, lambda: "smoothed over 10 steps" in subtitle() and first_loss() > 1 / 51)
        await pilot.press("z", "z", "z", "o")
        await until(pilot, lambda: len(lines()) == 2 and max(lines()[1]) == 60, "the earlier run is beside it")
        assert "31 Dec 12:00: base CNN" in text_of(app.screen)
        await pilot.press("o")
        await until(pilot, lambda: len(lines()) == 1)
        training.say(msgspec.structs.replace(steps("base", 101, 1), learning_rate=0.001))
        await until(pilot, lambda: "0.001" in text_of(app.screen))
        await pilot.press("plus")
        await until(pilot, lambda: training.run.wished_learning_rate() == 0.002)
        await pilot.press("minus")
        await until(pilot, lambda: training.run.wished_learning_rate() == 0.0005, "half of what the training has told")
