"""What the lab's panel shows of the networks beside their curves, following a run whose events the test writes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import msgspec
import pytest

from tests.app.conftest import text_of, until
from tests.app.screen_text import screen_text
from tests.app.test_lab import STARTED, FakeRun, open_lab, steps
from tests.lab.test_gpu import UUID, stand_in
from tutor.app.widgets.inspection_pane import InspectionPane
from tutor.app.widgets.view_tabs import ViewTabs
from tutor.lab import events

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.app.app import TutorApp
    from tutor.workspace import Workspace

NARROW, WIDE = (80, 24), (120, 40)


@pytest.fixture
def training(workspace: Workspace) -> Iterator[FakeRun]:
    fake = FakeRun(workspace)
    fake.begin()
    yield fake
    fake.die()


def layers(network: str, step: int, deviation: float, count: int = 3) -> events.LayerStatistics:
    measured = tuple(events.Layer(f"conv{at}", "Conv2d", 0.0, deviation, 0.25, 0.01) for at in range(1, count + 1))
    return events.LayerStatistics(network, step, 32, measured)


def classified(network: str, step: int, right: int) -> events.Classified:
    counts = tuple(
        tuple(right if of == at else 7 if at == (of + 1) % 10 else 0 for at in range(10)) for of in range(10)
    )
    digit = events.Digit(1234, 4, 9, 0.0125, bytes(range(196)) * 4)
    return events.Classified(network, step, counts, (digit,) * 12)


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_each_view_shows_what_is_known_and_follows_the_training(
    app: TutorApp, training: FakeRun, size: tuple[int, int]
) -> None:
    training.say(STARTED, steps("base", 1, 50), events.Tested("base", 50, 0.1, 97.5))
    async with app.run_test(size=size) as pilot:
        await open_lab(app, pilot)
        await until(pilot, lambda: "50 of 100" in text_of(app.screen))
        for key in "456":
            await pilot.press(key)
            await until(pilot, lambda: "Nothing to be seen yet" in screen_text(app))

        training.say(layers("base", 0, 0.5), layers("base", 50, 1.25), classified("base", 50, 93), layers("bn", 0, 2.5))
        await until(pilot, lambda: "no. 1234, p 1.2 %" in screen_text(app) and "4 → 9" in screen_text(app))
        await pilot.press("5")
        await until(pilot, lambda: "base CNN, step 50: 93.00 %" in screen_text(app) and "█7" in screen_text(app))
        await pilot.press("4")
        await until(pilot, lambda: "base CNN, step 50" in screen_text(app))
        shown = screen_text(app)
        assert "with batch norm, step 0" in shown or "…, step 0" in shown, "both networks, side by side"
        (row,) = [line for line in shown.splitlines() if "conv2" in line]
        assert "1.25 ▂▅" in row
        assert "2.50 █" in row
        assert "25%" in row
        training.say(layers("bn", 100, 5.0))
        await until(pilot, lambda: "5.00 ▅█" in screen_text(app), "what is shown follows")

        training.say(events.Ended("finished", 75.0))
        await until(pilot, lambda: "✓ finished" in text_of(app.screen))
        assert app.screen.query_one(InspectionPane).region.area > 0, "nobody is led away from what they look at"
        await pilot.press("1")
        await until(pilot, lambda: "Training loss" in screen_text(app) or size == NARROW)
        assert app.screen.query_one("#loss").region.area > 0
        assert app.screen.query_one(InspectionPane).region.area == 0


async def test_keys_scroll_what_has_no_room_and_those_of_the_curves_are_not_offered(
    app: TutorApp, training: FakeRun
) -> None:
    training.say(STARTED, layers("base", 0, 1.0, count=60))
    async with app.run_test(size=NARROW) as pilot:
        await open_lab(app, pilot)
        await until(pilot, lambda: app.screen.has_class("-live"))
        assert "m Smooth" in screen_text(app)
        await pilot.press("4")
        await until(pilot, lambda: "conv1 " in screen_text(app))
        assert "conv60" not in screen_text(app)
        await until(pilot, lambda: "m Smooth" not in screen_text(app))
        await pilot.press("end")
        await until(pilot, lambda: "conv60" in screen_text(app))
        await pilot.press("5", "4")
        await until(pilot, lambda: "conv1 " in screen_text(app), "another view begins at its top")


@pytest.mark.parametrize(
    ("size", "views"),
    [
        (NARROW, ["accuracy", "results", "layers", "confusion", "digits", "loss"]),
        (WIDE, ["layers", "confusion", "digits", "loss"]),
    ],
)
async def test_one_key_goes_through_all_views_and_a_click_goes_to_one(
    app: TutorApp, training: FakeRun, size: tuple[int, int], views: list[str]
) -> None:
    training.say(STARTED, layers("base", 0, 1.0))
    async with app.run_test(size=size) as pilot:
        await open_lab(app, pilot)
        await until(pilot, lambda: app.screen.has_class("-live"))
        tabs = app.screen.query_one(ViewTabs)
        seen = []
        for _ in views:
            await pilot.press("v")
            seen.append(tabs.selected)
        assert seen == views
        at = screen_text(app).splitlines()[tabs.region.y].index("Confusion")
        await pilot.click(offset=(at, tabs.region.y))
        await until(pilot, lambda: tabs.selected == "confusion")


async def test_the_palette_finds_the_views(app: TutorApp, training: FakeRun) -> None:
    training.say(STARTED, layers("base", 0, 1.0), classified("base", 50, 93))
    async with app.run_test(size=WIDE) as pilot:
        await open_lab(app, pilot)
        await until(pilot, lambda: app.screen.has_class("-live"))
        await pilot.press("ctrl+p", *"worst")
        await until(pilot, lambda: "Show the worst digits" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "no. 1234" in screen_text(app))


async def test_the_gpus_figures_stand_with_the_others_while_it_trains(
    app: TutorApp, training: FakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", stand_in())
    training.say(msgspec.structs.replace(STARTED, gpu=UUID), steps("base", 1, 50))
    async with app.run_test(size=NARROW) as pilot:
        await open_lab(app, pilot)
        await until(pilot, lambda: "1.5 of 139 GiB" in screen_text(app))
        for words in ("87 %", "61 °C", "240 W"):
            assert words in screen_text(app)
        training.say(events.Ended("stopped", 3.0))
        await until(pilot, lambda: "■ stopped" in screen_text(app) and "GiB" not in screen_text(app))
