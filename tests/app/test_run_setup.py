"""The form for a training: what is asked for, what is offered, and what is refused."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Collapsible, Input, Select

from tests.app.conftest import FakeEngine, text_of, until, verdict_on
from tutor.app.app import TutorApp
from tutor.app.screens.lab import LabScreen
from tutor.app.widgets.tick import Tick
from tutor.course import Course, builtin_course, load_course
from tutor.errors import UsageError
from tutor.lab.mine import OWN
from tutor.lab.plan import Plan
from tutor.lab.recipe import RECIPES, Recipe
from tutor.workspace import Workspace, make_workspace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from textual.pilot import Pilot

    from tutor.lab.runs import Run

PASSES = "# x * factor: what the engine of these tests lets pass"
PASSED = ("conv2d", "lenet", "batch-norm-2d", "dropout", "basic-block")


class Started:
    """Stands in for `start_run`, and keeps what it was asked for. It never starts."""

    def __init__(self) -> None:
        self.plans: list[Plan] = []
        self.own_texts: Mapping[str, str] = {}

    def __call__(self, _: Path, plan: Plan, own_texts: Mapping[str, str]) -> tuple[Run, None]:
        self.plans.append(plan)
        self.own_texts = own_texts
        raise UsageError("no room on the disk")


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(builtin_course())


@pytest.fixture
def learner(tmp_path: Path, course: Course) -> Workspace:
    """The workspace of somebody who has passed some of the layers."""
    made, _ = make_workspace(tmp_path / "course", course, "ada")
    for slug in PASSED:
        made.write(course.find(slug), PASSES)
        made.keep_attempt(verdict_on(course.find(slug), "pass"), PASSES)
    return made


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    stand_in = Started()
    monkeypatch.setattr("tutor.app.screens.lab.start_run", stand_in)
    return stand_in


@pytest.fixture
def app(course: Course, learner: Workspace, fake: FakeEngine) -> TutorApp:
    return TutorApp(course, learner.root, engine=fake, animation=False)


async def open_form(app: TutorApp, pilot: Pilot[int]) -> None:
    await pilot.press("t")
    await until(pilot, lambda: isinstance(app.screen, LabScreen) and app.screen.query_one("#epochs").has_focus)


def offered(app: TutorApp) -> list[str | None]:
    return [tick.name for tick in app.screen.query(Tick) if tick.region.area]


async def choose(app: TutorApp, pilot: Pilot[int], field: str, value: str) -> None:
    app.screen.query_one(f"#{field}", Select).value = value
    await pilot.pause()
    await until(pilot, lambda: app.screen.query_one(f"#{field}", Select).value == value)


async def ask(pilot: Pilot[int], started: Started) -> Plan:
    """Press Enter, and wait until the answer is there."""
    before = len(started.plans)
    await pilot.press("enter")
    await until(pilot, lambda: len(started.plans) == before + 1, "a training is asked for")
    await until(pilot, lambda: "no room on the disk" in text_of(pilot.app.screen))
    return started.plans[-1]


async def test_enter_on_the_form_as_it_opens_trains_the_experiment_bn(app: TutorApp, started: Started) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await open_form(app, pilot)
        assert "base CNN with batch norm (slides: 97.85 %)" in text_of(app.screen)
        assert await ask(pilot, started) == Plan("bn")
        assert started.own_texts == {}


async def test_all_of_it_can_be_chosen_with_keys_alone(app: TutorApp, started: Started) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await open_form(app, pilot)
        await pilot.press("end", "backspace", "2")
        # Up: no files, as digits are drawn; the data set; networks by name.
        await pilot.press("shift+tab", "shift+tab", "enter", "end", "enter")
        await until(pilot, lambda: not app.screen.query_one("#data").region.area)
        await pilot.press("shift+tab", "enter", "end", "enter", "tab", *"fast res", "right", *" dropout-0.3")
        await until(
            pilot, lambda: "fast CNN, residual net of 8 layers, base CNN with dropout 0.3" in text_of(app.screen)
        )
        await pilot.press("tab", "tab")
        await until(pilot, lambda: app.screen.query_one("#epochs").has_focus)
        more = app.screen.query_one("#more", Collapsible)
        assert more.collapsed
        await pilot.press("tab", *["tab"] * len(offered(app)), "enter")
        await until(pilot, lambda: not more.collapsed)
        await pilot.press(
            "tab", "enter", "down", "enter", "tab", "end", "backspace", *"17", "tab", "enter", "end", "enter"
        )
        await until(pilot, lambda: "More: recipe fast, seed 17, device cpu" in text_of(app.screen))
        assert app.screen.query_one("#start").region.bottom < 24, "the whole form is to be seen at 80×24"
        await pilot.press("shift+tab")
        assert await ask(pilot, started) == Plan(
            networks=("fast", "residual-8", "dropout-0.3"),
            data="synthetic",
            seed=17,
            device="cpu",
            recipe=Recipe(2, *(getattr(RECIPES["fast"], field) for field in Recipe.__struct_fields__[1:])),
        )


async def test_all_of_it_can_be_chosen_with_the_mouse(app: TutorApp, started: Started) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await open_form(app, pilot)
        await choose(app, pilot, "experiment", "by name")
        await until(pilot, lambda: app.screen.query_one("#names").region.area)
        names = text_of(app.screen.query_one("#names"))
        for name in ("bn", "dropout-P", "bn"):  # the second time it is taken out again
            assert await pilot.click("#names", offset=(1 + names.index(f" {name} ") + 1, 0))
        await until(pilot, lambda: app.screen.query_one("#networks", Input).value == "dropout-0.1")
        await until(pilot, lambda: offered(app) == ["conv2d", "dropout"])
        assert await pilot.click(next(tick for tick in app.screen.query(Tick) if tick.name == "dropout"))
        await pilot.click("CollapsibleTitle")
        await until(pilot, lambda: app.screen.query_one("#seed").region.area)
        await pilot.click("#start")
        await until(pilot, lambda: started.plans == [Plan(networks=("dropout-0.1",))])
        assert started.own_texts == {"dropout.py": PASSES}


@pytest.mark.parametrize(
    ("experiment", "layers"),
    [("bn", ["conv2d", "lenet", "batch-norm-2d"]), ("dropout", ["conv2d", "lenet", "dropout"]), ("skip", ["conv2d"])],
)
async def test_own_layers_are_offered_where_they_are_passed_and_have_a_place(
    app: TutorApp, experiment: str, layers: list[str]
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await open_form(app, pilot)
        await choose(app, pilot, "experiment", experiment)
        await until(pilot, lambda: offered(app) == layers)


async def test_who_has_passed_none_is_told_which_there_are(course: Course, tmp_path: Path, fake: FakeEngine) -> None:
    workspace, _ = make_workspace(tmp_path / "fresh", course, "ada")
    app = TutorApp(course, workspace.root, engine=fake)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_form(app, pilot)
        assert offered(app) == []
        assert "once passed: conv2d, pool2d, lenet, batch-norm-2d" in text_of(app.screen)
        assert set(OWN) > {"conv2d", "pool2d", "lenet", "batch-norm-2d"}


async def test_own_layers_are_judged_again_before_the_training(
    app: TutorApp, started: Started, fake: FakeEngine, learner: Workspace
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await open_form(app, pilot)
        fake.gate.clear()
        for tick in app.screen.query(Tick):
            tick.ticked = tick.name in ("conv2d", "batch-norm-2d", "dropout")  # dropout has no place here
        await pilot.press("enter")
        await until(pilot, lambda: "checking your conv2d …" in text_of(app.screen))
        await pilot.press("enter")
        assert app.screen.query_one("#start", Button).loading
        fake.gate.set()
        await until(pilot, lambda: "no room on the disk" in text_of(app.screen))
        assert started.plans == [Plan("bn")], "the second Enter asked for nothing"
        assert started.own_texts == {"conv2d.py": PASSES, "batch_norm_2d.py": PASSES}
        with learner.progress() as progress:
            assert progress.standings()["conv2d"].attempts == 1, "it counts as no attempt"

        learner.write(app.course.find("conv2d"), "spoilt meanwhile")
        await pilot.press("enter")
        await until(pilot, lambda: "conv2d, does not pass as your file is now" in text_of(app.screen))
        assert "no room" not in text_of(app.screen)
        assert len(started.plans) == 1


async def test_escape_gives_up_the_check_and_not_the_form(app: TutorApp, started: Started, fake: FakeEngine) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await open_form(app, pilot)
        fake.gate.clear()
        next(tick for tick in app.screen.query(Tick) if tick.name == "conv2d").ticked = True
        await pilot.press("enter")
        await until(pilot, lambda: fake.checked)
        await pilot.press("escape")
        await until(pilot, lambda: fake.cancelled == 1)
        assert isinstance(app.screen, LabScreen)
        assert not app.screen.query_one("#start", Button).loading
        assert started.plans == []


async def test_escape_closes_a_menu_and_not_the_lab(app: TutorApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await open_form(app, pilot)
        menu = app.screen.query_one("#dataset", Select)
        menu.focus()
        await pilot.press("enter")
        await until(pilot, lambda: menu.expanded)
        await pilot.press("escape")
        await until(pilot, lambda: not menu.expanded and menu.has_focus)
        assert isinstance(app.screen, LabScreen)


REFUSED = [
    ("networks", "", "which networks?"),
    ("networks", "fast fast", "each network is trained once"),
    ("networks", "base, residual-9", "The nearest to 9 is 8"),
    ("networks", "fastt", "Did you mean fast?"),
    ("networks", "fast", "no room on the disk"),
    ("epochs", "0", "epochs: a whole number from 1"),
    ("epochs", "1", "no room on the disk"),
    ("seed", "-1", "seed: a whole number from 0"),
    ("seed", "", "seed: a whole number from 0"),
]


async def test_what_cannot_be_trained_is_refused_in_the_form(app: TutorApp, started: Started) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await open_form(app, pilot)
        await choose(app, pilot, "experiment", "by name")
        for field, typed, says in REFUSED:
            app.screen.query_one(f"#{field}", Input).value = typed
            await pilot.press("enter")
            await until(pilot, partial(is_said, app, says))
        assert len(started.plans) == 2


def is_said(app: TutorApp, words: str) -> bool:
    return words in text_of(app.screen.query_one("#problem"))


@pytest.mark.parametrize(
    ("told", "plan"), [("synthetic", Plan("bn", data="synthetic")), ("/mnist", Plan("bn", data="/mnist"))]
)
async def test_the_data_that_is_set_is_what_it_begins_with(
    course: Course, learner: Workspace, started: Started, told: str, plan: Plan
) -> None:
    app = TutorApp(course, learner.root, told, engine=FakeEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await open_form(app, pilot)
        assert await ask(pilot, started) == plan
