"""The form that a training is started with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Button, Input, Label, Select, Static

from tutor.app.widgets.pane import Pane
from tutor.lab.experiments import EXPERIMENTS, title_of
from tutor.lab.recipe import Recipe
from tutor.lab.runs import Plan

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.widget import Widget


class RunSetup(Pane):
    """Experiment, epochs, seed and data. Posts :class:`Wanted`."""

    class Wanted(Message):
        """A training is asked for."""

        def __init__(self, plan: Plan) -> None:
            super().__init__()
            self.plan = plan

    def __init__(self, data: str | None) -> None:
        super().__init__(id="setup")
        self.border_title = "New training"
        self._data = data

    def compose(self) -> ComposeResult:
        """The fields."""
        first = next(iter(EXPERIMENTS))
        yield _row(
            "Experiment",
            Select(
                [(experiment.title, name) for name, experiment in EXPERIMENTS.items()],
                value=first,
                allow_blank=False,
                compact=True,
                id="experiment",
            ),
        )
        yield Static("", id="networks", classes="note", markup=False)
        yield _row("Epochs", Input("1", type="integer", compact=True, id="epochs"))
        yield _row("Seed", Input("0", type="integer", compact=True, id="seed"))
        yield _row("Data", Input(self._data or "", placeholder="download MNIST (11 MB)", compact=True, id="data"))
        yield Static("A folder with MNIST's files, or synthetic. Empty: download MNIST.", classes="note")
        yield Static("", id="problem", markup=False)
        yield Button("Enter: start training", variant="primary", id="start", compact=True)

    def begin(self) -> None:
        """Put the cursor where one types."""
        self.query_one("#epochs", Input).focus()

    def say(self, words: str) -> None:
        """Say why a training cannot be started."""
        self.query_one("#start", Button).loading = False
        self.query_one("#problem", Static).update(words and f"✗ {words}")

    @on(Select.Changed)
    def _show_networks(self) -> None:
        experiment = EXPERIMENTS[str(self.query_one("#experiment", Select).value)]
        rows = (
            f"{title_of(network)} (slides: {experiment.slides[network]} %)"
            if network in experiment.slides
            else title_of(network)
            for network in experiment.networks
        )
        self.query_one("#networks", Static).update("\n".join(rows))

    @on(Input.Submitted)
    @on(Button.Pressed)
    def _submit(self) -> None:
        epochs, seed = self._number("#epochs"), self._number("#seed")
        if epochs is None or epochs < 1:
            self.say("epochs: a whole number from 1")
        elif seed is None or seed < 0:
            self.say("seed: a whole number from 0")
        else:
            self.say("")
            self.query_one("#start", Button).loading = True
            data = self.query_one("#data", Input).value.strip() or None
            experiment = str(self.query_one("#experiment", Select).value)
            self.post_message(self.Wanted(Plan(experiment, data=data, seed=seed, recipe=Recipe(epochs))))

    def _number(self, field: str) -> int | None:
        try:
            return int(self.query_one(field, Input).value)
        except ValueError:
            return None


def _row(label: str, field: Widget) -> Horizontal:
    return Horizontal(Label(label), field, classes="row")
