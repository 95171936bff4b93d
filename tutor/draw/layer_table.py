"""What a batch does in each layer, networks side by side as far as there is room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from tutor.draw.inspected import NOTHING_YET, heading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console, ConsoleOptions

    from tutor.draw.inspected import Inspected
    from tutor.lab.events import Layer

WIDTHS = {"mean": 6, "std": 6, "trend": 6, "zero": 4, "grad": 6, "update": 6}
LEFT_OUT = ((), ("update",), ("update", "mean"))
"""Columns that may be left out so that one network more has room beside the others."""
LEFT_OUT_OF_ONE = (*LEFT_OUT, ("update", "mean", "grad"))
"""And so that one has room at all."""
WIDEST_NAME = 20
GAP = "  "
BARS = "▁▂▃▄▅▆▇█"
NONE = "–"
LEGEND = (
    "mean, std: of what comes out of the layer; trend: std from the first look to the last, all on one scale; "
    "zero: what the ReLU behind it leaves as 0; grad: root mean square of the weight's gradient; "
    "update: by how much a step changes the weight, as a part of it."
)


@dataclass(frozen=True)
class LayerTable:
    """A row for each layer; networks that share a layer's name share its row.

    Attributes:
        networks: those that were looked into.
    """

    networks: Sequence[Inspected]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        networks = [network for network in self.networks if network.layers]
        if not networks:
            yield Text(NOTHING_YET, "dim")
            return
        side_by_side, columns = fitting(networks, options.max_width)
        for first in range(0, len(networks), side_by_side):
            for line in _table(networks[first : first + side_by_side], columns, _highest(networks)):
                line.truncate(options.max_width)
                yield line
            yield Text()
        yield Text(f"{networks[-1].layers[-1].samples} images of the training set. {LEGEND}", "dim")


def fitting(networks: Sequence[Inspected], width: int) -> tuple[int, list[str]]:
    """How many networks have room side by side, and with which columns."""
    names = _name_width(networks)
    for count in range(len(networks), 0, -1):
        for left_out in LEFT_OUT if count > 1 else LEFT_OUT_OF_ONE:
            columns = [column for column in WIDTHS if column not in left_out]
            if names + count * (len(GAP) + _width(columns)) <= width:
                return count, columns
    return 1, columns


def merged(orders: Sequence[Sequence[str]]) -> list[str]:
    """All names once, each behind the one that it follows where it stands."""
    names: list[str] = []
    for order in orders:
        place = 0
        for name in order:
            if name not in names:
                names.insert(place, name)
            place = names.index(name) + 1
    return names


def sparkline(values: Sequence[float | None], highest: float, width: int) -> str:
    """So many values from the first to the last as bars; a blank where there is none.

    Args:
        highest: what fills a whole bar.
    """
    shown = min(width, len(values))
    places = [round(at * (len(values) - 1) / max(1, shown - 1)) for at in range(shown)]
    return "".join(" " if (value := values[place]) is None else _bar(value / highest) for place in places)


def _bar(share: float) -> str:
    return BARS[min(len(BARS) - 1, int(len(BARS) * share))]


def short(value: float | None) -> str:
    """A number in six characters: -12.34, 3.1e-2; one that is small beside 1 is no less exact."""
    if value is None:
        return NONE
    return f"{value:.2f}" if 0.095 <= abs(value) < 99.995 else power(value)


def centre(value: float | None) -> str:
    """A mean, beside which 1 is usual: one that is small is 0.00."""
    if value is None:
        return NONE
    return f"{value:z.2f}" if abs(value) < 99.995 else power(value)


def power(value: float | None) -> str:
    """A number as 3.1e-5."""
    if value is None:
        return NONE
    digits, exponent = f"{value:.1e}".split("e")
    return f"{digits}e{int(exponent)}"


def _table(networks: Sequence[Inspected], columns: Sequence[str], highest: float) -> Iterator[Text]:
    names = _name_width(networks)
    blank = " " * _width(columns)
    titles = (heading(network.title, f", step {network.layers[-1].step}", len(blank)) for network in networks)
    yield Text(_line(" " * names, [title.ljust(len(blank)) for title in titles]), "bold")
    heads = " ".join(
        column.ljust(WIDTHS[column]) if column == "trend" else column.rjust(WIDTHS[column]) for column in columns
    )
    yield Text(_line("layer".ljust(names), [heads] * len(networks)), "dim")
    rows = [_rows(network, columns, highest) for network in networks]
    for name in merged([list(of_network) for of_network in rows]):
        cells = [of_network.get(name, blank) for of_network in rows]
        yield Text(_line(_cut_left(name, names).ljust(names), cells))


def _rows(network: Inspected, columns: Sequence[str], highest: float) -> dict[str, str]:
    """By the layer's name, what stands in the network's columns."""
    history: dict[str, list[float | None]] = {}
    for looked in network.layers:
        for layer in looked.layers:
            history.setdefault(layer.name, []).append(layer.deviation)

    def row(layer: Layer) -> str:
        width = WIDTHS["trend"]
        cells = {
            "mean": centre(layer.mean),
            "std": short(layer.deviation),
            "trend": sparkline(history[layer.name], highest, width).ljust(width),
            "zero": NONE if layer.zeros is None else f"{layer.zeros:.0%}",
            "grad": power(layer.gradient),
            "update": power(layer.update),
        }
        return " ".join(cells[column].rjust(WIDTHS[column]) for column in columns)

    return {layer.name: row(layer) for layer in network.layers[-1].layers}


def _highest(networks: Sequence[Inspected]) -> float:
    deviations = (layer.deviation for network in networks for looked in network.layers for layer in looked.layers)
    return max((deviation for deviation in deviations if deviation), default=1.0)


def _name_width(networks: Sequence[Inspected]) -> int:
    names = (layer.name for network in networks for layer in network.layers[-1].layers)
    return min(WIDEST_NAME, max(map(len, ("layer", *names))))


def _width(columns: Sequence[str]) -> int:
    return sum(WIDTHS[column] + 1 for column in columns) - 1


def _line(first: str, rest: Sequence[str]) -> str:
    return GAP.join((first, *rest))


def _cut_left(text: str, width: int) -> str:
    """Of a layer's name the end says more."""
    return text if len(text) <= width else f"…{text[1 - width :]}"
