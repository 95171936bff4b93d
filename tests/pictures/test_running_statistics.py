"""The running statistics that move are those of PyTorch's layer after every batch."""

from __future__ import annotations

import re

import pytest
import torch
from torch import nn

from tutor.pictures.picture import Frame, PictureError
from tutor.pictures.running_statistics import RUNNING_STATISTICS

SIZES: list[dict[str, str]] = [
    {},
    {"momentum": "0.25", "batches": "12", "batch_size": "16", "seed": "7"},
    {"momentum": "1", "batches": "7", "batch_size": "2"},
    {"momentum": "0", "batches": "1", "batch_size": "3"},
]


def entries(frame: Frame) -> torch.Tensor:
    """The batch, from its mean written out."""
    found = re.search(r"\(([\d+\s]+)\)", frame.blocks[0].body.plain)
    assert found
    return torch.tensor([[float(entry)] for entry in re.findall(r"\d", found[1])], dtype=torch.float64)


def result(text: str) -> float:
    """What the last line of a calculation comes to."""
    return float(text.rstrip().rsplit(" ", 1)[-1].replace("−", "-"))


@pytest.mark.parametrize("typed", SIZES)
def test_they_are_pytorchs_after_every_batch(typed: dict[str, str]) -> None:
    frames = RUNNING_STATISTICS.picture(typed).frames
    layer = nn.BatchNorm1d(1, momentum=float(typed.get("momentum", 0.1))).double()
    assert layer.running_mean is not None
    assert layer.running_var is not None
    assert [result(block.body.plain) for block in frames[0].blocks[:2]] == [0, 1]
    for frame in frames[1:]:
        batch = entries(frame)
        assert len(batch) == int(typed.get("batch_size", 4))
        layer(batch)
        mean, variance = (result(block.body.plain) for block in frame.blocks[:2])
        assert mean == pytest.approx(layer.running_mean.item(), abs=0.00051)
        assert variance == pytest.approx(layer.running_var.item(), abs=0.00051)
    assert len(frames) == 1 + int(typed.get("batches", 30))


def test_the_rule_is_written_out_and_said() -> None:
    first = RUNNING_STATISTICS.picture({}).frames[1]
    x = entries(first)
    mean, squares = x.mean().item(), ((x - x.mean()) ** 2).sum().item()
    left, right = (block.body.plain for block in first.blocks[:2])
    assert f"(1 − 0.1)·0 + 0.1·{mean:g}" in left
    assert f"{squares:g} / (4 − 1) = " in right
    assert "(1 − 0.1)·1 + 0.1·" in right
    for part in (f"mean {mean:g}", f"{squares:g} / (4 − 1)", f"(1 − 0.1)·0 + 0.1·{mean:g} = "):
        assert part in first.says


def test_the_last_step_says_how_near_they_are() -> None:
    says = RUNNING_STATISTICS.picture({}).frames[-1].says
    assert "true ones are 3 and 4" in says
    assert "0.9 to the power of 30 = 0.042" in says


def test_the_bars_are_as_high_as_what_is_stored() -> None:
    # With momentum 1 the account is the batch: a mean of 3 ends in the middle of the line of the true mean.
    picture = RUNNING_STATISTICS.picture({"momentum": "1", "batches": "30", "batch_size": "2"})
    chart = picture.frames[-1].blocks[2].body.plain.splitlines()
    for k, frame in enumerate(picture.frames[1:], start=1):
        mean = entries(frame).mean().item()
        bar = [line[3 + k] for line in chart[:7]]
        height = sum(max(0, "▁▂▃▄▅▆▇█".find(sign) + 1) for sign in bar) / 8
        assert height == pytest.approx(max(1 / 8, mean / 6 * 7), abs=1 / 15)


def test_the_same_seed_gives_the_same_batches_and_another_others() -> None:
    says = [[frame.says for frame in RUNNING_STATISTICS.picture({"seed": seed}).frames] for seed in ("3", "3", "4")]
    assert says[0] == says[1] != says[2]


@pytest.mark.parametrize("typed", [*SIZES, {"batch_size": "16", "momentum": "1/3"}])
def test_nothing_moves_and_all_fit(typed: dict[str, str]) -> None:
    frames = RUNNING_STATISTICS.picture(typed).frames
    drawings = [[line.plain for line in frame.drawing(78).split("\n", allow_blank=True)] for frame in frames]
    assert len({len(lines) for lines in drawings}) == 1
    for word in ("running var", "│", "└"):
        assert len({tuple((n, line.rfind(word)) for n, line in enumerate(lines)) for lines in drawings}) == 1
    assert all(len(line) <= 78 for lines in drawings for line in lines)
    assert len(drawings[0]) <= (18 if not typed else 20)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"batch_size": "1"}, "one entry equals its own mean"),
        ({"momentum": "1.1"}, "a number from 0 to 1"),
        ({"batches": "31"}, "from 1 to 30"),
    ],
)
def test_what_cannot_be_is_refused_in_words(typed: dict[str, str], why: str) -> None:
    with pytest.raises(PictureError, match=why) as error:
        RUNNING_STATISTICS.picture(typed)
    assert error.value.remedy
