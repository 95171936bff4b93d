"""Half blocks, and bars of probabilities: what they say without colours, and in how much room."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from rich.console import Console, RenderableType

from tutor.draw.guesses import best_guess, guesses_view
from tutor.draw.half_blocks import half_blocks
from tutor.lab.classifier import Guess
from tutor.lab.datasets import DATASETS

if TYPE_CHECKING:
    from collections.abc import Collection

INK, PAPER = 255, 0
DIGITS = tuple("0123456789")


def printed(what: RenderableType, width: int = 80) -> list[str]:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(what)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def sure_of(label: int, share: float, network: str = "base", step: int | None = None) -> Guess:
    return Guess(network, step, tuple(share if one == label else (1 - share) / 9 for one in range(10)))


def test_two_pixels_share_a_character_and_its_sign_tells_which_are_ink() -> None:
    image = [[INK, PAPER, INK, PAPER], [INK, PAPER, PAPER, INK], [PAPER] * 4, [90, 100, 200, 255]]
    assert [line.plain for line in half_blocks(image)] == ["█ ▀▄", "  ▄▄"]


def test_its_colours_are_the_grey_values() -> None:
    assert spans_of([[INK], [51]]) == ["#ffffff on #333333"]
    assert spans_of([[20], [30]]) == ["#191919 on #191919"], "two of the same sign share a shade"
    assert spans_of([[INK, INK, PAPER], [PAPER, PAPER, PAPER]]) == ["#ffffff on #000000", "#000000 on #000000"]


def test_a_marked_pixel_shows_on_ink_and_on_paper() -> None:
    image, marked = [[INK, PAPER], [INK, PAPER]], [(0, 0), (1, 1)]
    assert [line.plain for line in half_blocks(image, marked, "red")] == ["▀▄"]
    assert spans_of(image, marked, "red") == ["red on #ffffff", "red on #000000"]
    assert half_blocks([[INK], [INK]], [(0, 0), (1, 0)], "red")[0].plain == "█"


def spans_of(image: list[list[int]], marked: Collection[tuple[int, int]] = (), mark: str = "") -> list[str]:
    (line,) = half_blocks(image, marked, mark)
    return [str(span.style) for span in line.spans]


def test_a_bar_is_as_long_as_its_class_is_probable() -> None:
    lines = printed(guesses_view([sure_of(3, 1.0)], DIGITS, 40))
    assert len(lines) == 11
    assert "base CNN" in lines[0]
    assert lines[4].split() == ["3", "█" * 32, "100%"]
    assert lines[5].split() == ["4", "0%"]


@pytest.mark.parametrize("width", [44, 58])
@pytest.mark.parametrize("networks", [1, 2, 4])
@pytest.mark.parametrize("dataset", DATASETS)
def test_all_networks_and_all_classes_find_room(dataset: str, networks: int, width: int) -> None:
    names = ("plain-44", "residual-44", "base", "bn")[:networks]
    classes = DATASETS[dataset].classes
    lines = printed(guesses_view([sure_of(1, 1.0, name) for name in names], classes, width))
    assert max(map(len, map(str.rstrip, lines))) <= width
    assert [line.count("100%") for line in lines].count(networks) == 1
    assert all(name in line for name, line in zip(classes, lines[1:], strict=True))


def test_without_an_image_there_are_the_classes_and_no_numbers() -> None:
    lines = printed(guesses_view([sure_of(3, 1.0)], DIGITS, 40, are_shown=False))
    assert [line.strip() for line in lines[1:]] == [*DIGITS]


def test_the_best_guess_in_words() -> None:
    assert best_guess(sure_of(7, 0.987), DIGITS) == "base: 7, 98.7 %"
    assert (
        best_guess(sure_of(0, 0.5, "bn", 40), DATASETS["fashion-mnist"].classes) == "bn at step 40: T-shirt/top, 50.0 %"
    )
