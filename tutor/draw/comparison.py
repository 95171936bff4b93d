"""What a comparison has shown: means with their intervals, each difference with its verdict, both as bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from tutor.lab.comparison import TRAINING_IMAGES, TRAINING_LOSS, pairs
from tutor.lab.experiments import title_of
from tutor.lab.statistics import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console, ConsoleOptions, RenderableType

    from tutor.lab.comparison import Contrast, Findings, Metric, Panel
    from tutor.lab.statistics import Estimate

WIDEST = 80
LEGEND = "• a seed (a digit: so many there)   ├──┼──┤ mean and its 95 % interval"


@dataclass(frozen=True)
class Bar:
    """Values, one a seed, and their mean with its interval.

    Attributes:
        label: whose they are.
    """

    label: str
    values: tuple[float, ...]
    estimate: Estimate


def comparison_view(findings: Findings) -> RenderableType:
    """By each metric the networks and their differences, as tables and as bars; then how it came about."""
    parts: list[RenderableType] = [Text(findings.title, "bold")]
    for panel in findings.panels:
        digits = panel.metric.digits
        parts += [_networks(panel), BarPlot(network_bars(panel), digits)]
        if panel.contrasts:
            parts += [_differences(panel), BarPlot(difference_bars(panel), digits, zero=True)]
    if len(findings.plan.seeds) > 1:
        parts.append(Text(LEGEND, "dim"))
    return Group(*parts, Text(), *map(Text, circumstances(findings)))


def _networks(panel: Panel) -> Table:
    table = Table("", "network")
    table.add_column(panel.metric.title, justify="right")
    has_slides = any(row.slides is not None for row in panel.rows)
    if has_slides:
        table.add_column("slides, on MNIST", justify="right")
    for row in panel.rows:
        table.add_row(
            row.network,
            title_of(row.network),
            with_margin(row.estimate, panel.metric),
            *([in_slides(row.slides)] if has_slides else []),
        )
    return table


def _differences(panel: Panel) -> Table:
    table = Table("seed by seed")
    table.add_column("difference", justify="right")
    table.add_column("what it shows")
    for contrast in panel.contrasts:
        table.add_row(contrast.name, difference_with_margin(contrast), contrast.words)
    return table


def network_bars(panel: Panel) -> list[Bar]:
    """Each network's values."""
    return [Bar(row.network, row.values, row.estimate) for row in panel.rows]


def difference_bars(panel: Panel) -> list[Bar]:
    """Each pair's differences."""
    return [Bar(contrast.name, contrast.differences, contrast.estimate) for contrast in panel.contrasts]


def span(bars: Sequence[Bar], *, zero: bool = False) -> tuple[float, float]:
    """From where to where an axis has to reach that shows all values and intervals; never a single point.

    Args:
        zero: whether zero is to be on it.
    """
    ends = [end for bar in bars for end in (*bar.values, *(bar.estimate.interval or ()))]
    if zero:
        ends.append(0.0)
    low, high = min(ends), max(ends)
    return (low, high) if low < high else (low - 1, high + 1)


@dataclass(frozen=True)
class BarPlot:
    """Bars one below the other on one axis: the seeds in a line, below it the mean and its interval.

    Attributes:
        digits: of the axis' numbers, behind the point.
        zero: whether a line is drawn at zero.
    """

    bars: Sequence[Bar]
    digits: int
    zero: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        for line in self.lines(min(WIDEST, options.max_width)):
            yield Text(line, no_wrap=True, overflow="crop")

    def lines(self, columns: int) -> list[str]:
        """The plot, in so many columns at most."""
        margin = max(len(bar.label) for bar in self.bars) + 2
        width = max(10, columns - margin)
        low, high = span(self.bars, zero=self.zero)

        def column(at: float) -> int:
            return round((at - low) / (high - low) * (width - 1))

        def line(label: str, marks: dict[int, str]) -> str:
            signs = [marks.get(place, " ") for place in range(width)]
            if self.zero and signs[column(0.0)] in " ─":
                signs[column(0.0)] = "│"
            return (label.ljust(margin) + "".join(signs)).rstrip()

        lines = []
        for bar in self.bars:
            lines.append(line(bar.label, _seeds([column(one) for one in bar.values])))
            if bar.estimate.interval is not None:
                start, end = map(column, bar.estimate.interval)
                lines.append(line("", _interval(start, column(bar.estimate.mean), end)))
        begin, end_of_axis = f"{low:.{self.digits}f}", f"{high:.{self.digits}f}"
        return [*lines, " " * margin + begin + end_of_axis.rjust(width - len(begin))]


def _seeds(columns: Sequence[int]) -> dict[int, str]:
    """A sign where there is one, the number where there are several."""
    counts = {column: columns.count(column) for column in columns}
    return {column: "•" if count == 1 else f"{min(count, 9)}" for column, count in counts.items()}


def _interval(start: int, middle: int, end: int) -> dict[int, str]:
    return {**dict.fromkeys(range(start, end + 1), "─"), start: "├", end: "┤", middle: "┼"}


def with_margin(estimate: Estimate, metric: Metric) -> str:
    """A mean and, where several seeds give one, half the width of its interval."""
    return f"{estimate.mean:.{metric.digits}f}{_margin(estimate, metric)}{metric.unit}"


def difference_with_margin(contrast: Contrast) -> str:
    """The same of a difference, which always has a sign."""
    metric, known = contrast.metric, contrast.estimate
    return f"{known.mean:+.{metric.digits}f}{_margin(known, metric)}{metric.difference_unit}"


def _margin(estimate: Estimate, metric: Metric) -> str:
    return "" if estimate.margin is None else f" ± {estimate.margin:.{metric.digits}f}"


def in_slides(accuracy: float | None) -> str:
    """A figure of the slides', or a dash where they have none."""
    return "–" if accuracy is None else f"{accuracy:.2f} %"


def circumstances(findings: Findings) -> list[str]:
    """On what and how the networks were trained, and what the numbers mean; one sentence or two each."""
    plan, setting = findings.plan, findings.setting
    recipe = plan.recipe
    seeds = f"seeds {plan.seeds[0]} to {plan.seeds[-1]}" if len(plan.seeds) > 1 else f"seed {plan.seeds[0]}"
    dataset = "Drawn digits (not MNIST)" if setting.is_synthetic else setting.dataset
    epochs = f"{recipe.epochs} epoch{'s' if recipe.epochs > 1 else ''}"
    lines = [
        f"{dataset}: {setting.train_size:,} training and {setting.test_size:,} test images.",
        f"{epochs}, batch size {recipe.batch_size}, learning rate {recipe.learning_rate:g} ({recipe.schedule}), "
        f"{seeds}, on {setting.device_name}; {plan.versions}.",
    ]
    if setting.is_synthetic:
        lines.append("Drawn digits are not MNIST: what is shown here need not hold there, nor match the slides.")
    if len(plan.seeds) > 1:
        lines.append(
            "Intervals are 95 % t-intervals over the seeds, which choose starting weights and batches; the images stay "
            "the same. Differences are taken seed by seed."
        )
    else:
        lines.append("One seed shows nothing: another one moves each number by more than most differences.")
    if any(panel.metric is TRAINING_LOSS for panel in findings.panels):
        seen = min(TRAINING_IMAGES, setting.train_size)
        lines.append(f"Training loss: mean cross-entropy after the last step, on the first {seen:,} training images.")
    contrasts = [contrast for panel in findings.panels for contrast in panel.contrasts]
    if any(contrast.verdict is Verdict.NO_DIFFERENCE for contrast in contrasts):
        lines.append("No difference shown does not mean that there is none: more --seeds give narrower intervals.")
    if len(pairs(plan.networks)) > 1 and len(plan.seeds) > 1:
        lines.append(f"These are {len(contrasts)} differences: of twenty intervals, one is expected to miss the truth.")
    return lines
