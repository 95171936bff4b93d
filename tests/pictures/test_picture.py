"""What all pictures have in common: how blocks are laid out, and how settings are read."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from rich.text import Text

from tutor.pictures import KINDS, pictures_for, read_words
from tutor.pictures.grid import grid, in_digits
from tutor.pictures.picture import (
    MAX_FRAMES,
    Block,
    Frame,
    Kind,
    Picture,
    PictureError,
    Setting,
    choice,
    number,
    pair,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def block(title: str, *lines: str) -> Block:
    return Block(title, Text("\n".join(lines)))


def test_blocks_stand_side_by_side_while_there_is_room_and_then_below() -> None:
    frame = Frame((block("a", "1", "2"), block("b", "333"), block("c", "4")), "")
    assert frame.drawing(80).plain == "a   b     c\n1   333   4\n2"
    assert frame.drawing(8).plain == "a   b\n1   333\n2\n\nc\n4"


@pytest.mark.parametrize(
    ("read", "right", "wrong"),
    [
        (whole(0, 9), {"3": 3, " 9 ": 9}, ["10", "-1", "1.5", "", "x"]),
        (
            pair(1, 9),
            {"3": (3, 3), "3x2": (3, 2), "3×2": (3, 2), "(3, 2)": (3, 2), "3 2": (3, 2)},
            ["0", "3x2x1", "3x10", "", "x2", "3y2", "-3"],
        ),
        (number(0, 1), {"0.25": Fraction(1, 4), "1/4": Fraction(1, 4), "1e-5": Fraction(1, 100_000)}, ["2", "1/0", ""]),
        (choice("max", "average"), {"max": "max", "AVG"[:1]: "average"}, ["", "min", "averages"]),
    ],
)
def test_settings_are_read_as_people_write_them(
    read: Callable[[str], object], right: dict[str, object], wrong: list[str]
) -> None:
    assert {text: read(text) for text in right} == right
    for text in wrong:
        with pytest.raises(ValueError, match=r"number|one of"):
            read(text)


def test_what_cannot_be_read_or_does_not_exist_is_said_with_what_would_be_right() -> None:
    kind = Kind("dots", "", (Setting("count", "", "3", whole(1, 5000)),), lambda count: dots(count))
    assert len(kind.picture({}).frames) == 3
    assert len(kind.picture({"count": "4"}).frames) == 4
    for typed, says in (
        ({"count": "many"}, "count: 'many' is not a whole number from 1 to 5000"),
        ({"colour": "red"}, "dots has no colour"),
        ({"count": str(MAX_FRAMES + 1)}, f"this would take {MAX_FRAMES + 1} steps"),
    ):
        with pytest.raises(PictureError, match=says) as error:
            kind.picture(typed)
        assert error.value.remedy


def dots(count: int) -> Picture:
    return Picture("Dots", (Frame((block("", "·"),), "A dot."),) * count)


def test_words_name_a_picture_and_its_settings() -> None:
    assert read_words(["convolution", "stride=2", "input=5x4"]) == (
        KINDS["convolution"],
        {"stride": "2", "input": "5x4"},
    )
    assert pictures_for(["convolution kernel=2x3"]) == [(KINDS["convolution"], {"kernel": "2x3"})]
    for words in (["no-such-picture"], ["convolution", "stride"]):
        with pytest.raises(PictureError):
            read_words(words)


def test_a_grid_tells_by_its_marks_what_it_tells_by_colour() -> None:
    drawn = grid("x", [[1, -20], [None, 0.5]], under=[(0, 0)], now=[(1, 1)], head=["a", "b"], side=["r ", "s "])
    assert drawn.body.plain.splitlines() == ["     a    b", "r [  1] −20 ", "s    · (0.5)"]


def test_numbers_are_written_as_by_hand() -> None:
    numbers = (3, -0.5, 2 / 3, Fraction(1, 4), None, -0.0001, 1200.0, 1 / 16, float("-inf"))
    assert [in_digits(each) for each in numbers] == [
        "3",
        "−0.5",
        "0.6667",
        "0.25",
        "·",
        "−0.0001",
        "1200",
        "0.0625",
        "−∞",
    ]


@pytest.mark.parametrize("name", KINDS)
def test_every_picture_fits_a_small_terminal_and_tells_all_in_words_too(name: str) -> None:
    picture = KINDS[name].picture({})
    for frame in picture.frames:
        lines = frame.drawing(78).plain.splitlines()
        assert max(map(len, lines)) <= 78
        assert len(lines) <= 18
        assert frame.says.endswith((".", ".)"))
    assert len(picture.title) <= 78
