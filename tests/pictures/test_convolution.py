"""The convolution that moves computes what PyTorch's does."""

from __future__ import annotations

import re

import pytest
import torch
from torch.nn import functional as F

from tutor.pictures.convolution import CONVOLUTION
from tutor.pictures.picture import Frame, PictureError

SIZES: list[dict[str, str]] = [
    {},
    {"input": "5x7", "kernel": "2x3", "padding": "0", "stride": "1x2"},
    {"input": "6x5", "padding": "1x2", "dilation": "2x1", "channels": "3", "bias": "-2"},
    {"input": "1", "kernel": "1", "padding": "0", "stride": "1"},
]


def numbers(frame: Frame, title: str) -> torch.Tensor:
    """The table of a frame's block."""
    block = next(each for each in frame.blocks if each.title == title)
    return torch.tensor(
        [
            [float(text.replace("−", "-")) for text in re.findall(r"[−\d.]+", line)]
            for line in block.body.plain.splitlines()
        ]
    )


@pytest.mark.parametrize("typed", SIZES)
def test_the_output_is_pytorchs(typed: dict[str, str]) -> None:
    picture = CONVOLUTION.picture(typed)
    settings = {each.name: each.read(typed.get(each.name, each.default)) for each in CONVOLUTION.settings}
    last = picture.frames[-1]
    several = settings["channels"] > 1
    what = "padded input" if settings["padding"] != (0, 0) else "input"
    names = range(1, settings["channels"] + 1)
    x = torch.stack([numbers(last, f"{what}, channel {n}" if several else what) for n in names])
    weight = torch.stack([numbers(last, f"kernel {n}" if several else "kernel") for n in names])
    right = F.conv2d(
        x[None], weight[None], torch.tensor([float(settings["bias"])]), settings["stride"], 0, settings["dilation"]
    )
    assert torch.equal(numbers(last, "output"), right[0, 0])
    assert len(picture.frames) == 1 + right.numel()
    for frame, value in zip(picture.frames[1:], right.flatten().tolist(), strict=True):
        assert f"add up to {value:g}.".replace("-", "−") in frame.says


def test_every_step_writes_its_products_out() -> None:
    first = CONVOLUTION.picture({}).frames[1]
    products = next(block for block in first.blocks if block.title == "products").body.plain
    assert products.splitlines() == [
        "  0·1 + 0·1 + 0·1",
        "+ 0·1 + 0·1 + 3·1",
        "+ 0·0 + 3·1 + 1·0",
        "= 6",
        "6 + 1 (bias) = 7",
    ]


def test_the_window_is_marked_where_it_lies() -> None:
    frame = CONVOLUTION.picture({"kernel": "2", "dilation": "2", "stride": "1", "padding": "0"}).frames[1]
    marked = frame.blocks[0].body.plain.splitlines()
    assert [line.count("[") for line in marked] == [2, 0, 2, 0]


def test_nothing_moves_from_step_to_step() -> None:
    widths = {tuple(block.width for block in frame.blocks[:3]) for frame in CONVOLUTION.picture(SIZES[2]).frames}
    assert len(widths) == 1


def test_a_window_that_does_not_fit_is_refused_in_words() -> None:
    with pytest.raises(PictureError, match="the window covers 5 rows, and the input has 4, padding included") as error:
        CONVOLUTION.picture({"input": "2", "padding": "1", "dilation": "2"})
    assert "smaller kernel" in error.value.remedy
