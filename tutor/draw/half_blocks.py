"""Grey images as half blocks: two pixels in each character, one above the other."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

BRIGHT = 128
HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def half_blocks(image: Sequence[Sequence[int]], marked: Collection[tuple[int, int]] = (), mark: str = "") -> list[Text]:
    """Two rows of pixels in each line. Without colours it is black and white, and still the same image.

    Args:
        image: an even number of rows of grey values, 0 for black to 255 for white.
        marked: row and column of the pixels that are shown in the colour ``mark``.
    """
    return [_line(image, row, marked, mark) for row in range(0, len(image), 2)]


def _line(image: Sequence[Sequence[int]], row: int, marked: Collection[tuple[int, int]], mark: str) -> Text:
    def cell(column: int) -> tuple[str, Style]:
        upper, lower = image[row][column], image[row + 1][column]
        is_marked = (row, column) in marked, (row + 1, column) in marked
        return _marked(upper, lower, is_marked, mark) if any(is_marked) else _pair(upper, lower)

    line = Text(no_wrap=True)
    # Like cells go together: of what is mostly black that is a tenth of the work.
    for (sign, style), alike in groupby(map(cell, range(len(image[row])))):
        line.append(sign * sum(1 for _ in alike), style)
    return line


@lru_cache(maxsize=4096)
def _pair(upper: int, lower: int) -> tuple[str, Style]:
    block = HALVES[upper >= BRIGHT, lower >= BRIGHT]
    # One sign has two colours; where both pixels are bright, or both are dark, they share one.
    ink, paper = {"▀": (upper, lower), "▄": (lower, upper)}.get(block, ((upper + lower) // 2,) * 2)
    return block, Style(color=_grey(ink), bgcolor=_grey(paper))


def _marked(upper: int, lower: int, is_marked: tuple[bool, bool], mark: str) -> tuple[str, Style]:
    return HALVES[is_marked], Style(color=mark, bgcolor=_grey(lower if is_marked[0] else upper))


def _grey(value: int) -> str:
    return f"#{value:02x}{value:02x}{value:02x}"
