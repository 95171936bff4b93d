"""Calculations written out beside the tables of a picture, and the lists of numbers that a learner types for them."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from tutor.pictures.grid import in_digits, signed
from tutor.pictures.picture import Block

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tutor.pictures.grid import Number

Numbers = tuple[Fraction, ...]
"""What the learner has typed, exactly."""


def several(least: int, most: int, low: int, high: int) -> Callable[[str], Numbers]:
    """Reads so many numbers in these bounds, as ``1 1 2 4``, ``1, 1, 2, 4`` or ``[1, 1, 2, 4]``, exactly."""

    def read(text: str) -> Numbers:
        words = re.split(r"[\s,]+", text.replace("−", "-").strip(" [](),"))
        # Short ones only: a table shows no more decimals, and an exponent could make a number of any length.
        fit = all(re.fullmatch(r"[+-]?(\d{1,4}(\.\d{0,3})?|\.\d{1,3})", word) for word in words)
        numbers = tuple(map(Fraction, words)) if fit else ()
        if not (least <= len(numbers) <= most and all(low <= number <= high for number in numbers)):
            count = f"{least} to {most}" if least < most else str(most)
            raise ValueError(
                f"{count} numbers, each from {low} to {high}, with three decimals at most".replace("-", "−")
            )
        return numbers

    return read


def added(terms: Sequence[Number]) -> list[str]:
    """The terms of a sum, each with what stands before it: ``1``, ``+ (−2)``, …"""
    return [in_digits(terms[0]), *(f"+ {signed(term)}" for term in terms[1:])]


def filled(words: Sequence[str], room: int) -> list[str]:
    """The words in lines of so many columns at most; one that is longer goes beyond them."""
    lines = [words[0]]
    for word in words[1:]:
        if cell_len(lines[-1]) + 1 + cell_len(word) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(f"  {word}")
    return lines


def mean_of(name: str, terms: Sequence[Number], mean: Number, room: int) -> list[str]:
    """A mean written out: ``μ = (1 + 1 + 2 + 4) / 4``, then ``= 8 / 4``, then ``= 2``."""
    words = added(terms)
    words[0], words[-1] = f"({words[0]}", f"{words[-1]}) / {len(terms)}"
    # The name is no word by itself, so that no line ends with its equals sign.
    words[0] = f"{name} = {words[0]}"
    total = sum(Fraction(term) for term in terms if term is not None)
    return [*filled(words, room), f"= {in_digits(total)} / {len(terms)} = {in_digits(mean)}"]


def exactly(number: Fraction) -> str:
    """A number that may have more decimals than others, like ε or a momentum: ``0.00001``, ``1e-12``."""
    if number * 100_000 % 1 == 0:
        return f"{float(number):.5f}".rstrip("0").rstrip(".")
    return re.sub(r"e-0", "e-", f"{float(number):.4g}")


def listed(numbers: Sequence[Number]) -> str:
    """Numbers in a sentence: ``1, 1, 2 and 4``."""
    return in_a_sentence([in_digits(number) for number in numbers])


def in_a_sentence(texts: Sequence[str]) -> str:
    """Words in a sentence, likewise."""
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"


def evenly(parts: Sequence[tuple[str, Sequence[str]]], columns: int = 0) -> list[Block]:
    """Blocks of a title and lines, all as wide and high as the largest of them, so that what is around stays put.

    Args:
        parts: what stands in the same place, frame by frame.
        columns: how wide they are at least.
    """
    columns = max([columns, *(cell_len(line) for title, lines in parts for line in (title, *lines))])
    height = max(len(lines) for _, lines in parts)
    blocks = []
    for title, lines in parts:
        padded = [*lines, *[""] * (height - len(lines))]
        blocks.append(Block(title, Text("\n".join(padded)), columns))
    return blocks
