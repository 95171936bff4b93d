"""Pooling, step by step."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
import torch
from torch.nn import functional as F

from tutor.pictures.picture import MAX_FRAMES, PictureError
from tutor.pictures.pooling import LESSONS_INPUT, POOLING, SLIDES_INPUT

if TYPE_CHECKING:
    from tutor.pictures.picture import Frame, Picture

MAX_RECT = {"kernel": "3x2", "stride": "2"}
SIZES = [
    {},
    {"pool": "average"},
    MAX_RECT,
    MAX_RECT | {"pool": "average"},
    {"input": "3", "stride": "2", "padding": "1"},
    {"input": "3", "stride": "2", "padding": "1", "pool": "avg"},
    {"input": "7x5", "kernel": "2x3", "stride": "3x2", "padding": "1", "pool": "average"},
    {"input": "5x8", "kernel": "5x4", "padding": "2x1", "stride": "1x3"},
    {"input": "4", "kernel": "1"},
    {"input": "1", "kernel": "2", "padding": "1"},
    {"input": "9", "kernel": "6", "padding": "3"},
]
CELL = re.compile(r"−?[\d.]+|−∞|·")


def numbers(text: str) -> list[list[float]]:
    """The table as it is printed."""
    cells = [CELL.findall(line) for line in text.splitlines()]
    return [[-torch.inf if cell == "−∞" else float(cell.replace("−", "-")) for cell in row] for row in cells]


def block(frame: Frame, name: str) -> str:
    return next(each.body.plain for each in frame.blocks if each.title.endswith(name))


def pooled(typed: dict[str, str]) -> torch.Tensor:
    """PyTorch's, of the numbers that stand in the picture."""
    is_max = not typed.get("pool", "max").startswith("av")
    sizes = {name: size(typed[name]) for name in ("kernel", "stride", "padding") if name in typed}
    p, q = sizes.get("padding", (0, 0))
    x = torch.tensor([numbers(block(POOLING.picture(typed).frames[0], "input"))])
    x = x[:, p : x.shape[1] - p, q : x.shape[2] - q]
    pool = F.max_pool2d if is_max else F.avg_pool2d
    return pool(x, sizes.get("kernel", (2, 2)), sizes.get("stride"), sizes.get("padding", 0))[0]


def size(text: str) -> tuple[int, int]:
    parts = text.split("x")
    return int(parts[0]), int(parts[-1])


def steps(picture: Picture) -> list[Frame]:
    """The frames that give a number each."""
    return [frame for frame in picture.frames if frame.says.startswith("Output row")]


@pytest.mark.parametrize("typed", SIZES)
def test_the_output_is_pytorchs(typed: dict[str, str]) -> None:
    shown = torch.tensor(numbers(block(POOLING.picture(typed).frames[-1], "output")))
    torch.testing.assert_close(shown, pooled(typed), atol=0.0005, rtol=0)


@pytest.mark.parametrize("typed", SIZES)
def test_each_step_says_and_writes_out_its_number(typed: dict[str, str]) -> None:
    answers = pooled(typed)
    frames = steps(POOLING.picture(typed))
    assert len(frames) == answers.numel()
    for frame, (r, c) in zip(frames, torch.cartesian_prod(*map(torch.arange, answers.shape)).tolist(), strict=True):
        number = f"{round(answers[r, c].item(), 4):g}".replace("-", "−")
        assert frame.says.startswith(f"Output row {r + 1}, column {c + 1}: ")
        assert frame.says.endswith(f" {number}.")
        assert block(frame, "output").splitlines()[r].count("(") == 1
        assert re.search(rf"\( *{number}\)", block(frame, "output"))
        assert frame.blocks[-1].body.plain.rstrip().endswith(f" {number}")


def test_the_slides_input_and_window_are_the_default() -> None:
    frames = steps(POOLING.picture({}))
    assert numbers(block(frames[0], "input")) == SLIDES_INPUT
    assert frames[1].says == (
        "Output row 1, column 2: the window lies on rows 1 and 2 and columns 3 and 4; the largest of 1, 0, 3, 1 is 3."
    )
    assert [line.rstrip() for line in frames[1].blocks[-1].body.plain.splitlines()] == [
        "max(1, 0,",
        "    3, 1)",
        "= 3",
    ]


def test_the_mean_is_written_out_and_says_where_it_is_rounded() -> None:
    frame = steps(POOLING.picture(MAX_RECT | {"pool": "avg"}))[1]
    assert frame.says.endswith("1 + 0 + 3 + 1 + 4 + 1 = 10, and 10 / 6 ≈ 1.6667.")
    assert [line.strip() for line in frame.blocks[-1].body.plain.splitlines()] == [
        "1 + 0",
        "+ 3 + 1",
        "+ 4 + 1",
        "= 10",
        "10 / 6 ≈ 1.6667",
    ]


def test_what_lies_under_the_window_and_what_wins_is_marked() -> None:
    frames = [steps(POOLING.picture({"pool": pool}))[4] for pool in ("max", "average")]
    assert block(frames[0], "input").splitlines()[2:4] == [" 3  1 (4)[1] 1  0 ", " 2  4 [1][1] 0  4 "]
    assert block(frames[1], "input").splitlines()[2:4] == [" 3  1 [4][1] 1  0 ", " 2  4 [1][1] 0  4 "]


def test_the_padding_of_max_is_minus_infinity_and_that_of_average_counts() -> None:
    typed = {"input": "3", "padding": "1"}
    of_max, of_average = (POOLING.picture(typed | {"pool": pool}) for pool in ("max", "average"))
    inside = [row[1:-1] for row in numbers(block(of_max.frames[0], "input"))[1:-1]]
    assert inside == LESSONS_INPUT
    assert "The padding is minus infinity, which never wins." in of_max.frames[0].says
    assert block(steps(of_max)[0], "input").splitlines()[:2] == ["[−∞][−∞] −∞  −∞  −∞ ", "[−∞](−4) −2   5  −∞ "]
    assert steps(of_max)[0].says.endswith("the largest of −4 and 3 times −∞ is −4.")
    assert "The padding is zeros, which count in the mean." in of_average.frames[0].says
    assert steps(of_average)[0].says.endswith("−4 + 3·0 = −4, and −4 / 4 = −1.")


def test_says_how_many_windows_fit_and_what_is_left_over() -> None:
    frame = POOLING.picture(MAX_RECT).frames[1]
    assert "2 windows down, 3 across, so the output is 2×3." in frame.says
    assert frame.says.endswith("left over: row 6.")
    assert "⌊(6 + 2·0 − 3)/2⌋ + 1 = 2" in block(frame, "size of the output")


def test_the_stride_is_the_kernels_unless_another_is_asked_for() -> None:
    assert POOLING.picture({"kernel": "3x2"}) == POOLING.picture({"kernel": "3x2", "stride": "3x2"})
    assert "stride (2, 2)" in POOLING.picture(MAX_RECT).title


@pytest.mark.parametrize("pool", ["max", "average"])
def test_the_default_fits_a_small_terminal(pool: str) -> None:
    for frame in POOLING.picture({"pool": pool}).frames:
        lines = frame.drawing(78).plain.splitlines()
        assert len(lines) <= 18
        assert max(map(len, lines)) <= 78


@pytest.mark.parametrize("typed", SIZES)
def test_nothing_moves(typed: dict[str, str]) -> None:
    def places(frame: Frame) -> list[object]:
        """Where the output and the work stand, and the input without its marks."""
        lines = frame.drawing(78).plain.splitlines()
        titles = ("output", frame.blocks[-1].title)
        at = [(row, line.index(title)) for title in titles for row, line in enumerate(lines) if title in line]
        return [*at, *(each.width for each in frame.blocks), re.sub(r"[\[\]()]", " ", block(frame, "input"))]

    first, *others = steps(POOLING.picture(typed))
    where = places(first)
    assert all(places(frame) == where for frame in others)


def test_even_the_largest_is_not_too_many_steps() -> None:
    assert len(POOLING.picture({"input": "12", "kernel": "2", "stride": "1", "padding": "1"}).frames) < MAX_FRAMES


@pytest.mark.parametrize(
    ("typed", "says", "choose"),
    [
        ({"kernel": "3", "padding": "2"}, "padding is 2 rows, and the kernel has 3 rows", "1 row at most"),
        ({"kernel": "2x1", "padding": "1"}, "padding is 1 column, and the kernel has 1 column", "0 columns at most"),
        ({"input": "4", "kernel": "5"}, "the kernel has 5 rows, and the input 4", "smaller kernel"),
        ({"input": "6x1", "kernel": "4", "padding": "1"}, "input 3, padding included", "larger input"),
        ({"stride": "0"}, "stride: '0' is not \"kernel\", or one number or two", ""),
        ({"pool": "min"}, "pool: 'min' is not one of max, average", ""),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(typed: dict[str, str], says: str, choose: str) -> None:
    with pytest.raises(PictureError) as caught:
        POOLING.picture(typed)
    assert says in caught.value.message
    assert choose in caught.value.remedy


def test_a_mean_of_four_decimals_is_equal_and_not_about() -> None:
    answer = Fraction(pooled({"pool": "average", "input": "4x7", "kernel": "4"}).item())
    assert (answer * 10_000).denominator == 1
    assert (answer * 1000).denominator != 1
    (frame,) = steps(POOLING.picture({"pool": "average", "input": "4x7", "kernel": "4"}))
    assert "≈" not in frame.says
    assert "≈" not in block(frame, "mean")
