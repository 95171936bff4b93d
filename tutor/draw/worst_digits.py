"""The images of the test set on which a network is most wrong, drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from tutor.draw.half_blocks import half_blocks
from tutor.draw.inspected import NOTHING_YET

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console, ConsoleOptions

    from tutor.draw.inspected import Inspected
    from tutor.lab.events import Classified, Digit

SIDE = 28
WIDEST_WORDS = 22
GAP = "  "
LEGEND = "What the image shows → what the network takes it for; p: the probability that it gives to what it shows."

Grey = tuple[tuple[int, ...], ...]
"""Rows of pixels, 0 for black to 255 for white."""


@dataclass(frozen=True)
class WorstDigits:
    """Each network's, the worst first, in rows as wide as there is room."""

    networks: Sequence[Inspected]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        shown = [(network, network.classified) for network in self.networks if network.classified]
        if not shown:
            yield Text(NOTHING_YET, "dim")
            return
        for network, seen in shown:
            yield Text(f"{network.title}, step {seen.step}", "bold")
            yield from _rows(seen, network.classes, options.max_width)
        yield Text(LEGEND, "dim")


def per_cent(digit: Digit) -> str:
    """The probability that the network gives to what the image shows."""
    return f"{100 * digit.probability:.1f} %" if digit.probability >= 0.0005 else "below 0.1 %"


def cropped(pixels: bytes) -> Grey:
    """An image without the black around it; of one that is all black one pixel stays."""
    rows = [pixels[start : start + SIDE] for start in range(0, len(pixels), SIDE)]
    inked_rows = [place for place, row in enumerate(rows) if any(row)] or [0]
    inked = [place for place, column in enumerate(zip(*rows, strict=True)) if any(column)] or [0]
    return tuple(tuple(row[inked[0] : inked[-1] + 1]) for row in rows[inked_rows[0] : inked_rows[-1] + 1])


def centred(image: Grey, height: int, width: int) -> Grey:
    """An image in the middle of a larger black one."""
    above, left = (height - len(image)) // 2, (width - len(image[0])) // 2
    right = width - left - len(image[0])
    rows = tuple((*[0] * left, *row, *[0] * right) for row in image)
    black = ((0,) * width,)
    return (*black * above, *rows, *black * (height - above - len(image)))


def _rows(seen: Classified, classes: Sequence[str], columns: int) -> Iterator[Text]:
    images = [cropped(digit.pixels) for digit in seen.worst]
    height, wide = max(map(len, images)), max(len(image[0]) for image in images)
    height += height % 2
    width = max(wide, WIDEST_WORDS)
    side_by_side = max(1, (columns + len(GAP)) // (width + len(GAP)))

    def block(digit: Digit, image: Grey) -> list[Text]:
        lines = [
            Text(f"{classes[digit.label]} → {classes[digit.predicted]}"[:width], "bold"),
            Text(f"no. {digit.index}, p {per_cent(digit)}"[:width], "dim"),
            *half_blocks(centred(image, height, wide)),
        ]
        for line in lines:
            line.pad_right(width - line.cell_len)
        return lines

    blocks = [block(digit, image) for digit, image in zip(seen.worst, images, strict=True)]
    for first in range(0, len(blocks), side_by_side):
        for line in zip(*blocks[first : first + side_by_side], strict=True):
            yield Text(GAP, no_wrap=True, overflow="crop").join(line)
