"""The standardisation that moves computes what PyTorch does, and shows it where it belongs."""

from __future__ import annotations

import re

import pytest
import torch

from tutor.pictures.picture import Frame, PictureError
from tutor.pictures.standardisation import STANDARDISATION

LISTS = ["1 1 2 4", "[3, −1.5, 0.25, 100]", "7 8", "0 0 0 0 0 0 0 0 0 0 0 9", "-255 255 99 100 7.125 7 7 5 −8 31 3 12"]


def assert_shows(shown: torch.Tensor, right: torch.Tensor) -> None:
    """Numbers are shown with three decimals or more."""
    torch.testing.assert_close(shown, right, atol=0.00051, rtol=0)


def table(frame: Frame) -> torch.Tensor:
    """The first block's numbers: x, x − μ, (x − μ)², x̂, and below them sum and mean."""
    rows = [re.findall(r"[−\d.]+", line) for line in frame.blocks[0].body.plain.splitlines()[1:]]
    return torch.tensor([[float(text.replace("−", "-")) for text in row] for row in rows], dtype=torch.float64)


def calculation(frame: Frame) -> str:
    return "\n".join(line.rstrip() for line in frame.blocks[1].body.plain.splitlines()).strip()


@pytest.mark.parametrize("typed", LISTS)
def test_the_table_is_pytorchs(typed: str) -> None:
    last = STANDARDISATION.picture({"numbers": typed}).frames[-1]
    x = torch.tensor([float(word.replace("−", "-")) for word in re.findall(r"[−\-\d.]+", typed)], dtype=torch.float64)
    differences = x - x.mean()
    standardised = differences / x.std(correction=0)
    columns = torch.stack([x, differences, differences**2, standardised], dim=1)
    right = torch.cat([columns, columns.sum(0, keepdim=True), columns.mean(0, keepdim=True)])
    assert_shows(table(last), right)
    assert columns.mean(0)[2].item() == pytest.approx(x.var(correction=0).item())


def test_every_step_says_its_numbers() -> None:
    says = [frame.says for frame in STANDARDISATION.picture({}).frames]
    for step, parts in enumerate(
        (
            ["m = 4", "1, 1, 2 and 4"],
            ["8 / 4 = 2"],
            ["−1, −1, 0 and 2", "add up to 0"],
            ["1, 1, 0 and 4", "add up to 6"],
            ["6 / 4 = 1.5", "biased", "6 / 3 = 2"],
            ["√1.5 = 1.22"],
            ["−0.81", "1.633"],
            ["mean is 0 / 4 = 0"],
            ["4 / 4 = 1", "mean 0 and variance 1"],
        )
    ):
        for part in parts:
            assert part in says[step]
    assert len(says) == step + 1


def test_every_step_is_written_out() -> None:
    frames = STANDARDISATION.picture({}).frames
    assert "μ = (1 + 1 + 2 + 4) / 4\n= 8 / 4 = 2" in calculation(frames[1])
    assert "1 − 2 = −1" in calculation(frames[2])
    assert "(−1)² = 1" in calculation(frames[3])
    assert "σ² = (1 + 1 + 0 + 4) / 4\n= 6 / 4 = 1.5" in calculation(frames[4])
    assert "σ = √σ²\n= √1.5 = 1.22" in calculation(frames[5])
    assert "−1 / 1.22" in calculation(frames[6])


def test_what_comes_later_is_not_there_yet() -> None:
    dots = [frame.blocks[0].body.plain.count("·") for frame in STANDARDISATION.picture({}).frames]
    assert dots == sorted(dots, reverse=True)
    assert (dots[0], dots[-1]) == (20, 0)


def test_the_ruler_has_each_number_and_the_mean_in_its_place() -> None:
    dots, axis, labels, mean, ticks = STANDARDISATION.picture({}).frames[-1].blocks[-1].body.plain.splitlines()[1:]
    assert [at for at, sign in enumerate(dots) if sign == "●"] == [at for at, sign in enumerate(axis) if sign == "┴"]
    two = labels.index("2")
    # x̂ is two characters in one column.
    assert dots[two] == "●"
    assert mean[two] == "▲"
    assert ticks[two + 1] == "0"
    assert mean.index("►") + 1 == ticks.index("1", two)


@pytest.mark.parametrize("typed", LISTS)
def test_nothing_moves_and_the_default_fits(typed: str) -> None:
    frames = STANDARDISATION.picture({"numbers": typed}).frames
    drawings = [[line.plain for line in frame.drawing(78).split("\n", allow_blank=True)] for frame in frames]
    assert len({len(lines) for lines in drawings}) == 1
    assert all(len(line) <= 78 for lines in drawings for line in lines)
    assert len({next(n for n, line in enumerate(lines) if "ruler" in line) for lines in drawings}) == 1
    assert len({tuple(block.width for block in frame.blocks[:2]) for frame in frames}) == 1
    if typed == LISTS[0]:
        assert len(drawings[0]) <= 18


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("2 2 2", "all 3 numbers are 2: their variance is 0"),
        ("1 1.1", "so close together"),
        ("1", "2 to 12 numbers"),
        ("1 two", "2 to 12 numbers"),
        ("1e9 2", "from −255 to 255"),
        ("256 2", "from −255 to 255"),
        ("", "2 to 12 numbers"),
    ],
)
def test_what_cannot_be_standardised_is_refused_in_words(typed: str, why: str) -> None:
    with pytest.raises(PictureError, match=why) as error:
        STANDARDISATION.picture({"numbers": typed})
    assert error.value.remedy
