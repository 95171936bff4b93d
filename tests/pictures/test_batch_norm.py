"""The batch norm that moves computes what PyTorch's layer does in both of its modes."""

from __future__ import annotations

import re
from typing import Any

import pytest
import torch
from torch import nn

from tutor.pictures.batch_norm import AT_INFERENCE, BATCH_NORM, IN_TRAINING, OUTPUT
from tutor.pictures.picture import Frame, PictureError

BATCHES: list[dict[str, str]] = [
    {},
    {
        "batch": "1 -20; 3.5 −4; 1 1; 2 7; 0 25",
        "gamma": "2 -0.5",
        "beta": "0.5",
        "eps": "0.001",
        "momentum": "0.3",
        "running_mean": "1 -2",
        "running_var": "0.5 4",
    },
    {"batch": "[[2, 1, 5, 1, 0], [2, 3, 1, 1.25, 9]]", "beta": "1 2 3 4 5"},
    {"batch": "3; 4; 4", "momentum": "1"},
]


def assert_shows(shown: torch.Tensor, right: torch.Tensor) -> None:
    """Numbers are shown with three decimals or more."""
    torch.testing.assert_close(shown, right, atol=0.00051, rtol=0)


def settings(typed: dict[str, str]) -> dict[str, Any]:
    return {each.name: each.read(typed.get(each.name, each.default)) for each in BATCH_NORM.settings}


def table(frame: Frame, title: str, columns: int) -> torch.Tensor:
    """A block's numbers below its head and beside its side."""
    block = next(each for each in frame.blocks if each.title == title)
    rows = [re.findall(r"[−\d.]+(?![^\[(]*μ)", line)[-columns:] for line in block.body.plain.splitlines()[1:]]
    return torch.tensor([[float(text.replace("−", "-")) for text in row] for row in rows], dtype=torch.float64)


def layer(typed: dict[str, str]) -> tuple[nn.BatchNorm1d, torch.Tensor]:
    """PyTorch's layer with these settings, and the batch."""
    values = settings(typed)
    x = torch.tensor([[float(number) for number in row] for row in values["batch"]], dtype=torch.float64)
    bn = nn.BatchNorm1d(x.shape[1], eps=float(values["eps"]), momentum=float(values["momentum"])).double()
    with torch.no_grad():
        for name, tensor in (
            ("gamma", bn.weight),
            ("beta", bn.bias),
            ("running_mean", bn.running_mean),
            ("running_var", bn.running_var),
        ):
            assert tensor is not None
            tensor.copy_(torch.tensor([float(number) for number in values[name]], dtype=torch.float64))
    return bn, x


@pytest.mark.parametrize("typed", BATCHES)
def test_both_outputs_are_pytorchs(typed: dict[str, str]) -> None:
    bn, x = layer(typed)
    last = BATCH_NORM.picture(typed).frames[-1]
    with torch.no_grad():
        trained, inferred = bn(x), bn.eval()(x)
    n = x.shape[1]
    assert_shows(table(last, IN_TRAINING, n), trained)
    assert_shows(table(last, AT_INFERENCE, n), inferred)
    assert bn.running_mean is not None
    assert bn.running_var is not None
    statistics = table(last, "by feature", n)
    assert_shows(statistics[0], x.mean(0))
    assert_shows(statistics[1], x.var(0, correction=0))
    assert_shows(statistics[2], bn.running_mean)
    assert_shows(statistics[3], bn.running_var)


@pytest.mark.parametrize("typed", BATCHES)
@pytest.mark.parametrize("mode", ["train", "inference"])
def test_one_mode_by_itself_is_pytorchs(typed: dict[str, str], mode: str) -> None:
    bn, x = layer(typed)
    bn.train(mode == "train")
    with torch.no_grad():
        right = bn(x)
    last = BATCH_NORM.picture({**typed, "mode": mode}).frames[-1]
    assert_shows(table(last, OUTPUT, x.shape[1]), right)


def test_one_sample_at_inference_is_that_of_the_slides() -> None:
    picture = BATCH_NORM.picture(
        {
            "batch": "2 2 1",
            "mode": "inference",
            "gamma": "0.5",
            "beta": "0.05",
            "running_mean": "2.25 2.5 1.25",
            "running_var": "2.188 1.25 2.688",
        }
    )
    right = torch.tensor([[-0.0345, -0.1736, -0.0262]], dtype=torch.float64)
    torch.testing.assert_close(table(picture.frames[-1], OUTPUT, 3), right, atol=0.0006, rtol=0)
    assert "alone" in picture.frames[-1].says


def test_the_first_entry_of_each_column_is_written_out() -> None:
    frames = BATCH_NORM.picture({"gamma": "2", "beta": "0.5", "mode": "train"}).frames
    written = [(frame.blocks[-1].title, frame.blocks[-1].body.plain) for frame in frames]
    assert [title for title, _ in written[1:-1]] == [
        f"feature {j}: {step}"
        for j in (1, 2, 3)
        for step in ("the mean μ", "the variance σ²", "normalise", "scale and shift")
    ]
    assert "(2 + 4 + 0 + 3) / 4\n= 9 / 4 = 2.25" in written[1][1]
    assert "(2 − 2.25)² = (−0.25)² = 0.06" in written[2][1]
    assert "+ 0.00001)" in written[3][1]
    assert "x̂ = (2 − 2.25) / 1.479\n= −0.25 / 1.479\n= −0.169" in written[3][1]
    assert "y = 2 · (−0.169) + 0.5\n= 0.16" in written[4][1]
    assert "8.75 / 3 = 2.91" in written[-1][1]
    assert "0.9·1 + 0.1·2.91" in written[-1][1]


def test_every_step_says_its_numbers() -> None:
    frames = BATCH_NORM.picture({}).frames
    assert "9 / 4 = 2.25" in frames[1].says
    assert "8.75 / 4 = 2.18" in frames[2].says
    assert "−0.169, 1.183" in frames[3].says
    assert "1 · (−0.169) + 0 = −0.169" in frames[4].says
    assert "0.9·0 + 0.1·2.25 = 0.225" in frames[13].says
    assert "running mean 0.225, 0.25 and 0.125" in frames[14].says
    assert all(re.search(r"\d", frame.says) for frame in frames)


def test_inference_looks_at_the_running_statistics_and_not_at_the_batchs() -> None:
    frames = BATCH_NORM.picture({}).frames
    training, inference = (frames[n].blocks[3].body.plain.splitlines() for n in (3, 15))
    assert [line.count("[") for line in training[1:]] == [1, 1, 0, 0, 0, 0]
    assert [line.count("[") for line in inference[1:]] == [0, 0, 1, 1, 0, 0]
    assert [line.count("·") for line in inference[1:3]] == [3, 3]


@pytest.mark.parametrize("typed", BATCHES)
def test_nothing_moves_and_the_default_fits(typed: dict[str, str]) -> None:
    frames = BATCH_NORM.picture(typed).frames
    assert len({tuple(block.width for block in frame.blocks[3:]) for frame in frames}) == 1
    drawings = [[line.plain for line in frame.drawing(78).split("\n", allow_blank=True)] for frame in frames]
    assert len({len(lines) for lines in drawings}) == 1
    places = {
        tuple(
            (n, line.index(word))
            for n, line in enumerate(lines)
            for word in ("sample 1 ", "mean μ", "β ")
            if word in line[:9]
        )
        for lines in drawings
    }
    assert len(places) == 1
    if not typed:
        assert len(drawings[0]) <= 18
        assert all(len(line) <= 78 for lines in drawings for line in lines)


def test_a_feature_that_is_always_the_same_is_what_epsilon_is_for() -> None:
    typed = {"batch": "2 1; 2 3", "mode": "train"}
    last = BATCH_NORM.picture(typed).frames[-1]
    assert table(last, OUTPUT, 2)[:, 0].tolist() == [0, 0]
    with pytest.raises(PictureError, match="feature 1 has the variance 0, and with ε = 0"):
        BATCH_NORM.picture({**typed, "eps": "0"})


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"batch": "2 2 1"}, "one sample has no variance"),
        ({"batch": "2 2 1; 3 3"}, "each of as many numbers"),
        ({"batch": "2 a; 3 3"}, "each of as many numbers"),
        ({"batch": ";"}, "each of as many numbers"),
        ({"batch": ";".join("123456789")}, "1 to 8 samples"),
        ({"gamma": "1 2"}, "gamma has 2 numbers, and the batch 3 features"),
        ({"running_var": "-1"}, "from 0 to"),
        ({"mode": "test"}, "one of both, train, inference"),
    ],
)
def test_what_cannot_be_normalised_is_refused_in_words(typed: dict[str, str], why: str) -> None:
    with pytest.raises(PictureError, match=why) as error:
        BATCH_NORM.picture(typed)
    assert error.value.remedy
