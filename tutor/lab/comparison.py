"""A comparison: networks trained from several seeds, and what that shows. Imports no torch.

A cell is one network trained from one seed. From the same seed, two networks get the same batches and, where they
share layers, the same starting weights: their difference is taken seed by seed, which leaves out what the seed does.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from tutor.lab.datasets import SYNTHETIC
from tutor.lab.events import Failed, Loading
from tutor.lab.experiments import EXPERIMENTS, find_network
from tutor.lab.recipe import Recipe
from tutor.lab.statistics import Estimate, Verdict, differences, estimate, verdict

if TYPE_CHECKING:
    from collections.abc import Iterable


class ComparisonPlan(msgspec.Struct, frozen=True, tag="plan"):
    """What is compared. A plan that differs in anything but networks and seeds has no trainings in common with it.

    Attributes:
        name: what one typed: an experiment of :data:`tutor.lab.experiments.EXPERIMENTS`, or what is swept.
        networks: names in :mod:`tutor.lab.networks`.
        seeds: each network is trained from each of them.
        dataset: ``mnist``, ``fashion-mnist`` or ``kmnist``.
        data: a folder with the data set's idx files, ``"synthetic"``, or None for a download.
        device: ``cuda``, ``mps``, ``cpu``, or None for the best there is.
        recipe: how each network is trained.
        versions: of cnn-tutor and PyTorch: another one may train otherwise.
    """

    name: str
    networks: tuple[str, ...]
    seeds: tuple[Annotated[int, msgspec.Meta(ge=0)], ...]
    dataset: str = "mnist"
    data: str | None = None
    device: str | None = None
    recipe: Recipe = Recipe()
    versions: str = ""

    @property
    def title(self) -> str:
        """What it is about."""
        return EXPERIMENTS[self.name].title if self.name in EXPERIMENTS else self.name.capitalize()

    @property
    def slides(self) -> dict[str, float]:
        """The test accuracy in per cent that the slides report for a network, on MNIST."""
        return EXPERIMENTS[self.name].slides if self.name in EXPERIMENTS else {}

    @property
    def seeds_in_words(self) -> str:
        """How many seeds."""
        return f"{len(self.seeds)} seed{'s' if len(self.seeds) > 1 else ''}"

    @property
    def cells(self) -> tuple[tuple[str, int], ...]:
        """Network and seed of each training, in their order: what is interrupted has whole pairs."""
        return tuple((network, seed) for seed in self.seeds for network in self.networks)


class Setting(msgspec.Struct, frozen=True, tag="setting"):
    """On what a comparison was trained.

    Attributes:
        dataset: the data set's title, or ``synthetic`` where the digits are drawn by a generator.
        train_size: training images.
        test_size: test images.
        device: ``cuda``, ``mps`` or ``cpu``.
        device_name: the same in words.
    """

    dataset: str
    train_size: int
    test_size: int
    device: str
    device_name: str

    @property
    def is_synthetic(self) -> bool:
        """Whether the digits are drawn by a generator."""
        return self.dataset == SYNTHETIC

    @property
    def dataset_in_words(self) -> str:
        """The data set, so that drawn digits are never taken for MNIST."""
        return "drawn digits, not MNIST" if self.is_synthetic else self.dataset


class Cell(msgspec.Struct, frozen=True, tag="cell"):
    """One network trained from one seed, and tested after its last step.

    Attributes:
        accuracy: per cent of the test set classified right.
        test_loss: mean cross-entropy on the test set.
        train_loss: the same on the first :data:`TRAINING_IMAGES` of the training set, as in use: dropout does
            nothing, and batch norm takes its running statistics.
        seconds: what it took.
    """

    network: str
    seed: int
    accuracy: float
    test_loss: float
    train_loss: float
    seconds: float


TRAINING_IMAGES = 10_000
"""As many as MNIST has for testing; the whole training set would take a third of an epoch's time."""


class Work(msgspec.Struct, frozen=True):
    """What the process that trains is asked for.

    Attributes:
        plan: of the comparison.
        cells: network and seed of each training.
    """

    plan: ComparisonPlan
    cells: tuple[tuple[str, int], ...]


class Going(msgspec.Struct, frozen=True, tag="going"):
    """How far the training of a cell is.

    Attributes:
        loss: of the latest batch.
    """

    network: str
    seed: int
    step: int
    steps: int
    loss: float


Message = Loading | Setting | Going | Cell | Failed
"""What it says."""


@dataclass(frozen=True)
class Metric:
    """A number by which networks are compared.

    Attributes:
        field: of a cell.
        title: what it is.
        unit: behind a value, with the blank before it, or empty.
        difference_unit: the same behind a difference.
        digits: how many are shown after the point.
        more: what is said of a network that has more of it than another one.
        less: what is said of one that has less.
    """

    field: Literal["accuracy", "train_loss"]
    title: str
    unit: str
    difference_unit: str
    digits: int
    more: str
    less: str


ACCURACY = Metric("accuracy", "test accuracy", " %", " points", 2, "is better", "is worse")
TRAINING_LOSS = Metric("train_loss", "training loss", "", "", 4, "has a higher loss", "has a lower loss")


@dataclass(frozen=True)
class Row:
    """One network by one metric.

    Attributes:
        values: one for each seed.
        slides: what the slides report, or None.
    """

    network: str
    values: tuple[float, ...]
    estimate: Estimate
    slides: float | None = None


@dataclass(frozen=True)
class Contrast:
    """Two networks by one metric, seed by seed.

    Attributes:
        metric: by which.
        reference: the network that the other one is compared with.
        other: the other one.
        differences: one for each seed: the other's value minus the reference's.
        estimate: of their mean.
        verdict: what they show.
    """

    metric: Metric
    reference: str
    other: str
    differences: tuple[float, ...]
    estimate: Estimate
    verdict: Verdict

    @property
    def name(self) -> str:
        """What is taken from what."""
        return f"{self.other} - {self.reference}"

    @property
    def words(self) -> str:
        """What the differences show, in words."""
        match self.verdict:
            case Verdict.MORE:
                alike = sum(difference > 0 for difference in self.differences)
                return f"{self.other} {self.metric.more}, on {alike} of {len(self.differences)} seeds"
            case Verdict.LESS:
                alike = sum(difference < 0 for difference in self.differences)
                return f"{self.other} {self.metric.less}, on {alike} of {len(self.differences)} seeds"
        return str(self.verdict.value)


@dataclass(frozen=True)
class Panel:
    """All networks by one metric, and what is shown of their differences."""

    metric: Metric
    rows: tuple[Row, ...]
    contrasts: tuple[Contrast, ...]


@dataclass(frozen=True)
class Findings:
    """What a comparison has shown."""

    plan: ComparisonPlan
    setting: Setting
    cells: tuple[Cell, ...]
    panels: tuple[Panel, ...]

    @property
    def title(self) -> str:
        """What was compared, on what and how often."""
        return f"{self.plan.title} on {self.setting.dataset_in_words}, {self.plan.seeds_in_words}"


def findings(plan: ComparisonPlan, setting: Setting, cells: Iterable[Cell]) -> Findings:
    """What a comparison shows whose cells are all there.

    Raises:
        KeyError: one is missing.
    """
    by_place = {(cell.network, cell.seed): cell for cell in cells}
    in_order = tuple(by_place[place] for place in plan.cells)
    panels = tuple(_panel(plan, metric, in_order) for metric in metrics(plan.networks))
    return Findings(plan, setting, in_order, panels)


def _panel(plan: ComparisonPlan, metric: Metric, cells: tuple[Cell, ...]) -> Panel:
    values: defaultdict[str, list[float]] = defaultdict(list)
    for cell in cells:
        values[cell.network].append(getattr(cell, metric.field))
    slides = plan.slides if metric is ACCURACY else {}
    rows = (Row(name, tuple(its), estimate(its), slides.get(name)) for name, its in values.items())
    contrasts = (
        _contrast(metric, reference, other, differences(values[reference], values[other]))
        for reference, other in pairs(plan.networks)
    )
    return Panel(metric, tuple(rows), tuple(contrasts))


def _contrast(metric: Metric, reference: str, other: str, differences: tuple[float, ...]) -> Contrast:
    known = estimate(differences)
    return Contrast(metric, reference, other, differences, known, verdict(known))


def metrics(networks: tuple[str, ...]) -> tuple[Metric, ...]:
    """By what networks are compared. Where depth is the question, by the training loss too: a deep net that has a
    higher one does not overfit; it is harder to train.

    Source: He et al., *Deep Residual Learning* (2015), section 1.
    """
    asks_for_depth = any(find_network(name)[0].name in ("plain-N", "residual-N", "plain", "skip") for name in networks)
    return (ACCURACY, TRAINING_LOSS) if asks_for_depth else (ACCURACY,)


def pairs(networks: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Which networks are set against each other, the reference first.

    Where all have a number in their name, each kind's others against its first number, and the kinds against the
    first kind at the same number; else all others against the first network.
    """
    found = {name: find_network(name) for name in networks}
    if any(number is None for _, number in found.values()):
        return tuple((networks[0], other) for other in networks[1:])
    first = {kind.name: name for name, (kind, _) in reversed(found.items())}
    reference_kind = found[networks[0]][0].name
    at_number = {number: name for name, (kind, number) in found.items() if kind.name == reference_kind}
    across = [
        (at_number[number], name)
        for name, (kind, number) in found.items()
        if kind.name != reference_kind and number in at_number
    ]
    along = [(first[kind.name], name) for name, (kind, _) in found.items() if name != first[kind.name]]
    return (*across, *along)
