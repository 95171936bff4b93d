"""Which classes a network confuses, as a matrix of counts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from tutor.draw.inspected import NOTHING_YET, heading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console, ConsoleOptions

    from tutor.draw.inspected import Inspected
    from tutor.lab.events import Classified

SHADES = ("", "░", "▒", "▓", "█")
STYLES = ("dim", "", "", "yellow", "bold yellow")
"""From no mistake to the most frequent one; the shade says the same as the colour."""
WIDEST_NAME = 11
GAP = "   "
LEGEND = (
    f"Row: what the image shows. Column: what the network takes it for. {''.join(SHADES[1:])} few to many mistakes."
)


@dataclass(frozen=True)
class ConfusionMatrices:
    """The networks' matrices, side by side as far as there is room; where there is none, what would stand in them."""

    networks: Sequence[Inspected]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        drawn = [list(_matrix(network, seen)) for network in self.networks if (seen := network.classified)]
        if not drawn:
            yield Text(NOTHING_YET, "dim")
            return
        widths = [max(line.cell_len for line in lines) for lines in drawn]
        if max(widths) > options.max_width:
            yield from self._in_words()
            return
        count = max(1, (options.max_width + len(GAP)) // (max(widths) + len(GAP)))
        for first in range(0, len(drawn), count):
            some = drawn[first : first + count]
            for lines in zip(*some, strict=True):
                padded = [line.copy() for line in lines]
                for line in padded:
                    line.pad_right(max(widths) - line.cell_len)
                yield Text(GAP, no_wrap=True, overflow="crop").join(padded)
            if first + count < len(drawn):
                yield Text()
        yield Text(LEGEND, "dim")

    def _in_words(self) -> Iterator[Text]:
        """The mistakes alone, the most frequent first, where a matrix has no room."""
        for network in self.networks:
            if seen := network.classified:
                yield Text(f"{network.title}{_says(seen)}", "bold")
                for label, taken_for, count in mistakes(seen):
                    yield Text(f"{count:4} × {network.classes[label]} → {network.classes[taken_for]}")


def accuracy(seen: Classified) -> tuple[int, int]:
    """How many images are classified right, of how many."""
    right = sum(row[label] for label, row in enumerate(seen.counts))
    return right, sum(map(sum, seen.counts))


def mistakes(seen: Classified) -> list[tuple[int, int, int]]:
    """Label, class that it is taken for, and how often; the most frequent first."""
    found = [
        (label, taken_for, count)
        for label, row in enumerate(seen.counts)
        for taken_for, count in enumerate(row)
        if count and taken_for != label
    ]
    return sorted(found, key=lambda mistake: -mistake[2])


def _says(seen: Classified) -> str:
    right, images = accuracy(seen)
    return f", step {seen.step}: {100 * right / images:.2f} %"


def _matrix(network: Inspected, seen: Classified) -> Iterator[Text]:
    names = [name[:WIDEST_NAME] for name in network.classes]
    most = max((count for _, _, count in mistakes(seen)), default=1)
    cells = [
        [_cell(count, most, is_right=label == taken_for) for taken_for, count in enumerate(row)]
        for label, row in enumerate(seen.counts)
    ]
    side, width = max(map(len, names)), max(len(text) for row in cells for text, _ in row)
    yield Text(heading(network.title, _says(seen), side + len(names) * (width + 1)), "bold")
    yield Text(" " * side + "".join(f" {name[:width]:>{width}}" for name in names), "dim")
    for name, row in zip(names, cells, strict=True):
        line = Text(name.rjust(side), "dim")
        for text, style in row:
            line.append(f" {text:>{width}}", f"not dim {style}")
        yield line


def _cell(count: int, most: int, *, is_right: bool) -> tuple[str, str]:
    if is_right:
        return str(count), "bold"
    level = math.ceil((len(SHADES) - 1) * count / most)
    return f"{SHADES[level]}{count or '·'}", STYLES[level]
