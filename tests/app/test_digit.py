"""A digit is drawn with the mouse or with keys, and what the networks say of it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from textual.widgets import Static

from tests.app.conftest import text_of, until
from tests.app.fake_classifier import FakeClassifier
from tests.app.test_lab import STARTED, FakeRun, steps, training
from tutor.app.screens.digit import DigitScreen
from tutor.app.screens.lab import LabScreen
from tutor.app.widgets.digit_canvas import DigitCanvas
from tutor.lab import events
from tutor.lab.drawing import as_in_mnist, grey_values
from tutor.lab.plan import Plan

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tutor.app.app import TutorApp

__all__ = ["training"]


@pytest.fixture
def classifier(training: FakeRun, monkeypatch: pytest.MonkeyPatch) -> FakeClassifier:
    """Of a run of which one network is done and the other in training."""
    training.begin()
    training.say(STARTED, steps("base", 1, 100), steps("bn", 1, 40))
    fake = FakeClassifier(base=None, bn=40)
    monkeypatch.setattr("tutor.app.screens.digit.Classifier", fake)
    return fake


async def open_paper(app: TutorApp, pilot: Pilot[int]) -> DigitCanvas:
    await pilot.press("t")
    await until(pilot, lambda: isinstance(app.screen, LabScreen) and app.screen.has_class("-live"))
    await pilot.press("d")
    await until(pilot, lambda: isinstance(app.screen, DigitScreen) and app.screen.query_one(DigitCanvas).has_focus)
    return app.screen.query_one(DigitCanvas)


async def drag(pilot: Pilot[int], start: tuple[int, int], end: tuple[int, int], button: int = 1) -> None:
    await pilot.mouse_down(DigitCanvas, start, button=button)
    await pilot.hover(DigitCanvas, end)
    await pilot.mouse_up(DigitCanvas, end)


def shown(app: TutorApp) -> str:
    return text_of(app.screen)


@pytest.mark.parametrize(("size", "scale"), [((80, 24), 1), ((120, 40), 2)])
async def test_it_is_drawn_with_the_mouse_and_its_right_button_rubs_out(
    app: TutorApp, classifier: FakeClassifier, size: tuple[int, int], scale: int
) -> None:
    async with app.run_test(size=size) as pilot:
        canvas = await open_paper(app, pilot)
        assert canvas.size == (28 * scale, 14 * scale)
        await drag(pilot, (10 * scale, 3 * scale), (10 * scale, 10 * scale))
        inked = np.argwhere(canvas.image > 0.5)
        assert inked[:, 1].min() >= 9
        assert inked[:, 1].max() <= 12
        assert inked[:, 0].min() == pytest.approx(6, abs=2)
        assert inked[:, 0].max() == pytest.approx(21, abs=2)
        await until(pilot, lambda: "base: 1, 90.0 %" in shown(app) and "bn at step 40: 1, 60.0 %" in shown(app))
        assert classifier.asked[-1] == grey_values(as_in_mnist(canvas.image))
        await pilot.hover(DigitCanvas, (2, 2))
        assert canvas.image[:, :8].sum() == 0, "no button is down"

        await drag(pilot, (4 * scale, 6 * scale), (20 * scale, 6 * scale))
        await until(pilot, lambda: "base: 0, 90.0 %" in shown(app))
        await drag(pilot, (4 * scale, 6 * scale), (20 * scale, 6 * scale), button=3)
        assert canvas.image[13, 11] == 0
        assert canvas.image[18, 10] > 0.4


async def test_it_is_drawn_with_keys_alone(app: TutorApp, classifier: FakeClassifier) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        canvas = await open_paper(app, pilot)
        await pilot.press(*["up"] * 9)
        assert canvas.is_blank, "the pen is up"
        assert "pen up, row 6, column 15" in shown(app)
        await pilot.press("space", *["down"] * 16)
        assert (canvas.image[5:22, 14] == 1).all()
        await until(pilot, lambda: "base: 1, 90.0 %" in shown(app))
        await pilot.press("space", *["right"] * 9)
        assert canvas.image[:, 20:].sum() == 0, "the pen is up again"
        await pilot.press("e", "space", *["left"] * 12)
        assert "rubber down" in shown(app)
        assert canvas.image[21, 14] == 0
        await pilot.press("c")
        assert canvas.is_blank
        await until(pilot, lambda: classifier.asked[-1] == bytes(784))
        await until(pilot, lambda: "base:" not in shown(app) and "90%" not in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, LabScreen))
        assert classifier.is_closed


async def test_while_an_answer_is_awaited_only_the_newest_image_waits(
    app: TutorApp, classifier: FakeClassifier
) -> None:
    classifier.of["bn"] = None  # all is learned: it asks for what is drawn alone
    async with app.run_test(size=(80, 24)) as pilot:
        canvas = await open_paper(app, pilot)
        await until(pilot, lambda: "base" in shown(app))
        classifier.holds_back = True
        await pilot.press("space")
        await until(pilot, lambda: len(classifier.asked) == 2)
        await pilot.press(*["down"] * 10)
        assert len(classifier.asked) == 2, "it has not answered"
        classifier.holds_back = False
        classifier.ask(2, classifier.asked[-1])  # the answer comes now
        await until(pilot, lambda: classifier.asked[-1] == grey_values(as_in_mnist(canvas.image)))
        assert len(classifier.asked) == 4


async def test_it_asks_again_while_a_network_learns_and_only_then(
    app: TutorApp, classifier: FakeClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.app.screens.digit.LOOK_AGAIN_EVERY_S", 0.02)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_paper(app, pilot)
        await pilot.press("space")
        await until(pilot, lambda: "bn at step 40" in shown(app))
        classifier.of["bn"] = 94
        await until(pilot, lambda: "bn at step 94" in shown(app))
        classifier.of["bn"] = None
        await until(pilot, lambda: "bn: 0, 60.0 %" in shown(app))
        asked = len(classifier.asked)
        await pilot.pause(0.2)
        assert len(classifier.asked) == asked, "there is nothing more to be learned"


async def test_where_nothing_is_trained_yet_it_says_so(app: TutorApp, classifier: FakeClassifier) -> None:
    classifier.of = {}
    async with app.run_test(size=(80, 24)) as pilot:
        await open_paper(app, pilot)
        await until(pilot, lambda: "one has to be trained first" in shown(app))


async def test_a_classifier_that_fails_says_why_and_is_asked_no_more(app: TutorApp, classifier: FakeClassifier) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await open_paper(app, pilot)
        await until(pilot, lambda: "base" in shown(app))
        classifier.said.put(events.Failed("the memory ran out", "Close something."))
        await until(pilot, lambda: "✗ the memory ran out\nClose something." in shown(app))
        asked = len(classifier.asked)
        await pilot.press("space", "down")
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: app.screen.query_one(DigitCanvas).size == (56, 28))
        assert "✗ the memory ran out" in shown(app)
        assert len(classifier.asked) == asked


async def test_a_plan_that_cannot_be_read_is_told_of(
    app: TutorApp,
    classifier: FakeClassifier,
    training: FakeRun,
) -> None:
    training.run.plan_file.write_bytes(b"{")
    async with app.run_test(size=(80, 24)) as pilot:
        await open_paper(app, pilot)
        await until(pilot, lambda: "plan.json" in shown(app))
        assert classifier.asked == []


async def test_the_classes_are_those_of_the_data_set(
    app: TutorApp,
    classifier: FakeClassifier,
    training: FakeRun,
) -> None:
    training.run.plan_file.write_bytes(msgspec.json.encode(Plan("bn", dataset="fashion-mnist")))
    async with app.run_test(size=(80, 24)) as pilot:
        await open_paper(app, pilot)
        await pilot.press("space", *["down"] * 10)
        await until(pilot, lambda: "base: trouser, 90.0 %" in shown(app))
        bars = app.screen.query_one("#bars", Static)
        assert "ankle boot" in text_of(bars)
        assert bars.region.bottom <= 24
