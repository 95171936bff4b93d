"""The form that a training is started with: what `cnn-tutor train` takes, and sensible as it opens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Literal

from msgspec.structs import replace
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, ItemGrid
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Button, Collapsible, Input, Label, Select, Static

from tutor.app.widgets.pane import Pane
from tutor.app.widgets.tick import Tick
from tutor.errors import UsageError
from tutor.lab.datasets import DATASETS, SYNTHETIC
from tutor.lab.experiments import EXPERIMENTS, NETWORKS, find_network, network_examples, title_of
from tutor.lab.mine import OWN, with_a_place_in
from tutor.lab.plan import Plan
from tutor.lab.recipe import RECIPES

if TYPE_CHECKING:
    from collections.abc import Collection

    from textual.app import ComposeResult
    from textual.widget import Widget

BY_NAME = "by name"
BEST_DEVICE = "the best"
RECIPES_SAY = {"standard": "as the experiments have it", "fast": "large batches, one cycle of the learning rate"}


class RunSetup(Pane):
    """What is trained on what, how, and with which of the learner's own layers. Posts :class:`Wanted`."""

    # Where Enter has no meaning of its own.
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "Start", show=False)]

    class Wanted(Message):
        """A training is asked for.

        Attributes:
            mine: the exercises whose layers shall be the learner's own.
        """

        def __init__(self, plan: Plan, mine: tuple[str, ...]) -> None:
            super().__init__()
            self.plan = plan
            self.mine = mine

    def __init__(self, data: str | None) -> None:
        super().__init__(id="setup")
        self.border_title = "New training"
        self._data = data
        self._passed: Collection[str] = ()
        self._is_busy = False

    def compose(self) -> ComposeResult:
        """The fields."""
        experiments = [(experiment.title, name) for name, experiment in EXPERIMENTS.items()]
        yield _row("Train", _select("experiment", [*experiments, ("Networks by name", BY_NAME)]))
        yield _row("Networks", _input("networks", "", "e.g. fast residual-20", suggester=NetworkSuggester()))
        yield NetworkNames(id="names", classes="note")
        yield Static("", id="what", classes="note", markup=False)
        datasets = [(dataset.title, name) for name, dataset in DATASETS.items()]
        dataset = SYNTHETIC if self._data == SYNTHETIC else "mnist"
        yield _row("Data set", _select("dataset", [*datasets, ("Synthetic digits, drawn here", SYNTHETIC)], dataset))
        folder = "" if self._data == SYNTHETIC else self._data or ""
        yield _row("Its files", _input("data", folder, "a folder; empty: they are downloaded"))
        yield _row("Epochs", _input("epochs", "1", number=True))
        with _row("Your layers", Static("", id="none", markup=False)):
            yield ItemGrid(*(Tick(slug, name=slug) for slug in OWN), id="mine", min_column_width=21)
        with Collapsible(id="more"):
            yield _row("Recipe", _select("recipe", [(f"{name}: {RECIPES_SAY[name]}", name) for name in RECIPES]))
            yield _row("Seed", _input("seed", "0", number=True))
            yield _row("Device", _select("device", [(name, name) for name in (BEST_DEVICE, "cuda", "mps", "cpu")]))
        yield Static("", id="problem", markup=False)
        yield Button("Enter: start training", variant="primary", id="start", compact=True)

    def begin(self, passed: Collection[str]) -> None:
        """Put the cursor where one types.

        Args:
            passed: the exercises that the learner has passed.
        """
        self._passed = passed
        self._settle()
        self.query_one("#epochs", Input).focus()

    def say(self, words: str) -> None:
        """Say why a training cannot be started; with no words, that one may try again."""
        self._say(words and f"✗ {words}", is_busy=False)

    def say_going(self, words: str) -> None:
        """Say what is done before the training starts."""
        self._say(words, is_busy=True)

    def _say(self, words: str, *, is_busy: bool) -> None:
        self._is_busy = is_busy
        self.query_one("#start", Button).loading = is_busy
        self.query_one("#problem", Static).set_class(is_busy, "-going").update(words)

    @on(Select.Changed)
    @on(Input.Changed)
    def _settle(self) -> None:
        """Show what belongs to what is chosen, and nothing else."""
        by_name = self._chosen("experiment") == BY_NAME
        networks = self._known_networks()
        self._row_of("#networks").display = self.query_one("#names").display = by_name
        self._row_of("#data").display = self._chosen("dataset") != SYNTHETIC
        what = self.query_one("#what", Static)
        what.update(", ".join(self._described(network) for network in networks))
        what.display = bool(networks)

        fitting = [own.slug for own in with_a_place_in(networks)]
        for tick in self.query(Tick):
            tick.display = tick.name in fitting and tick.name in self._passed
        offers = any(tick.display for tick in self.query(Tick))
        self.query_one("#mine").display = offers
        none = self.query_one("#none", Static)
        none.display = not offers
        none.update(f"once passed: {', '.join(fitting)}" if fitting else "these networks have no place for any")

        recipe, seed, device = self._chosen("recipe"), self._typed("seed"), self._chosen("device")
        self.query_one("#more", Collapsible).title = f"More: recipe {recipe}, seed {seed}, device {device}"

    def _described(self, network: str) -> str:
        experiment = EXPERIMENTS.get(self._chosen("experiment"))
        slides = experiment.slides.get(network) if experiment else None
        return title_of(network) if slides is None else f"{title_of(network)} (slides: {slides} %)"

    def _named(self) -> tuple[str, ...]:
        return tuple(filter(None, re.split(r"[\s,]+", self._typed("networks"))))

    def _known_networks(self) -> list[str]:
        """Those that are chosen; of what is typed, what names one."""
        if self._chosen("experiment") != BY_NAME:
            return [*EXPERIMENTS[self._chosen("experiment")].networks]
        return [*filter(_names_a_network, self._named())]

    @on(Input.Submitted)
    @on(Button.Pressed)
    def action_submit(self) -> None:
        """Ask for the training, or say what is wrong with it."""
        if self._is_busy:
            return
        try:
            plan = self._plan()
        except UsageError as error:
            self.say(" ".join(filter(None, (f"{error.message}.", error.remedy))))
            return
        self.say_going("")
        ticked = (tick.name for tick in self.query(Tick) if tick.display and tick.ticked)
        self.post_message(self.Wanted(plan, tuple(filter(None, ticked))))

    def _plan(self) -> Plan:
        """What is asked for.

        Raises:
            UsageError: it cannot be carried out.
        """
        by_name = self._chosen("experiment") == BY_NAME
        dataset, device = self._chosen("dataset"), self._chosen("device")
        return Plan(
            "" if by_name else self._chosen("experiment"),
            networks=_trainable(self._named()) if by_name else (),
            dataset="mnist" if dataset == SYNTHETIC else dataset,
            data=SYNTHETIC if dataset == SYNTHETIC else self._typed("data") or None,
            seed=self._number("seed", least=0),
            device=None if device == BEST_DEVICE else device,
            recipe=replace(RECIPES[self._chosen("recipe")], epochs=self._number("epochs", least=1)),
        )

    def _number(self, field: str, least: int) -> int:
        try:
            number = int(self._typed(field))
        except ValueError:
            number = least - 1
        if number < least:
            raise UsageError(f"{field}: a whole number from {least}")
        return number

    def _chosen(self, field: str) -> str:
        return str(self.query_one(f"#{field}", Select).value)

    def _typed(self, field: str) -> str:
        return self.query_one(f"#{field}", Input).value.strip()

    def _row_of(self, field: str) -> Widget:
        row = self.query_one(field).parent
        assert isinstance(row, Horizontal)
        return row


class NetworkNames(Static):
    """What networks can be named; a click names one, or takes it out again."""

    def __init__(self, *, id: str, classes: str) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)

    def on_mount(self) -> None:
        """Name them; those with a number by their first example."""
        links = (f"[@click=choose('{network.examples[0]}')]{name}[/]" for name, network in NETWORKS.items())
        self.update("  ".join(links))

    def action_choose(self, name: str) -> None:
        """Put a name into the field above, or take it out."""
        field = self.screen.query_one("#networks", Input)
        names = field.value.split()
        field.value = " ".join([*(one for one in names if one != name), *([] if name in names else [name])])
        field.focus()


class NetworkSuggester(Suggester):
    """Completes the last name that is typed."""

    async def get_suggestion(self, value: str) -> str | None:
        """The whole of what may be meant."""
        before, space, begun = value.rpartition(" ")
        names = (name for name in network_examples() if begun and name.startswith(begun))
        return next((f"{before}{space}{name}" for name in names), None)


def _trainable(networks: tuple[str, ...]) -> tuple[str, ...]:
    """The networks themselves.

    Raises:
        UsageError: there are none, one is named twice, or there is no such network.
    """
    if not networks:
        raise UsageError("which networks? Name one or several")
    if len(set(networks)) < len(networks):
        raise UsageError("each network is trained once: name it once")
    for network in networks:
        find_network(network)
    return networks


def _names_a_network(name: str) -> bool:
    try:
        find_network(name)
    except UsageError:
        return False
    return True


def _row(label: str, field: Widget) -> Horizontal:
    return Horizontal(Label(label), field, classes="row")


def _select(field: str, options: list[tuple[str, str]], chosen: str | None = None) -> Select[str]:
    first = options[0][1]
    return Select(options, value=chosen or first, allow_blank=False, compact=True, id=field)


def _input(
    field: str, value: str, placeholder: str = "", *, number: bool = False, suggester: Suggester | None = None
) -> Input:
    kind: Literal["integer", "text"] = "integer" if number else "text"
    return Input(value, placeholder, type=kind, suggester=suggester, compact=True, id=field)
