"""The shapes on the way through a block are PyTorch's, and every step says its own."""

from __future__ import annotations

import re

import pytest
import torch
from torch import nn
from torchvision.models.resnet import BasicBlock

from tutor.pictures.block import BLOCK
from tutor.pictures.picture import Frame, PictureError

SIZES: list[dict[str, str]] = [
    {},
    {"kind": "identity", "channels": "64", "stride": "1"},
    {"shape": "3x7x10", "channels": "5", "stride": "3"},
    {"kind": "projection", "shape": "2,9,4", "channels": "2", "stride": "1"},
    {"kind": "identity", "shape": "[N, 3, 1, 1]", "channels": "3", "stride": "2"},
]


def found_by_torchvision(c: int, h: int, w: int, d: int, stride: int, kind: str) -> list[str]:
    """The input's shape and what every layer of the block gives, in the order in which they are called."""
    downsample = nn.Sequential(nn.Conv2d(c, d, 1, stride, bias=False), nn.BatchNorm2d(d))
    block = BasicBlock(c, d, stride, downsample if kind == "projection" else None).eval()
    x = torch.zeros(2, c, h, w)
    found = [shape_in(x)]
    for module in block.modules():
        if not list(module.children()):
            module.register_forward_hook(lambda _layer, _input, output: found.append(shape_in(output)))
    with torch.no_grad():
        sum_ = shape_in(block(x))
    last = found.pop()
    if kind == "identity":
        found.append(shape_in(x))
    return [*found, sum_, last]


def shape_in(x: torch.Tensor) -> str:
    return "N×" + "×".join(str(n) for n in x.shape[1:])


def drawn(frame: Frame) -> str:
    return frame.blocks[0].body.plain


def bare(frame: Frame) -> list[str]:
    """The diagram without marks, shapes, dots and what is added at the end: what has to stay where it is."""
    text = re.sub(r"F\(x\)|[CHW]: .*|what helps.*", lambda found: " " * len(found[0]), drawn(frame))
    text = re.sub(r"N×[\d×]+", lambda found: "·".center(len(found[0])), text)
    text = re.sub(r"[\[\]()·]", " ", text)
    lines = text.splitlines()
    return [re.sub(r"[ ─]*$", "", line.replace("◄", "◄ ")) if "◄" not in line else line[:5] for line in lines]


@pytest.mark.parametrize("typed", SIZES)
def test_the_shape_on_every_arrow_is_pytorchs(typed: dict[str, str]) -> None:
    picture = BLOCK.picture(typed)
    (c, h, w), d, stride, kind = (each.read(typed.get(each.name, each.default)) for each in BLOCK.settings)
    found = found_by_torchvision(c, h, w, d, stride, kind)
    assert len(picture.frames) == len(found)
    for frame, shape in zip(picture.frames, found, strict=True):
        assert shape in frame.says
        assert f"({shape})" in drawn(frame)
    assert "·" not in drawn(picture.frames[-1])


def test_a_plain_block_has_the_same_layers_and_no_addition() -> None:
    plain, residual = (BLOCK.picture({"kind": kind}).frames for kind in ("plain", "projection"))
    assert [frame.says for frame in plain[1:5]] == [frame.says for frame in residual[1:5]]
    assert len(plain) == 7
    assert "+ " not in drawn(plain[-1])
    assert "the output is N×128×28×28" in plain[-1].says


def test_each_step_marks_one_box_and_writes_the_size_out() -> None:
    picture = BLOCK.picture({})
    boxes = [re.findall(r"\[(.*?)\]", drawn(frame)) for frame in picture.frames]
    assert [box.split()[0] for (box,) in boxes] == [
        *("x", "conv1", "bn1", "ReLU", "conv2", "bn2"),
        *("64→128,", "batch", "+", "ReLU"),
    ]
    assert "floor((56 + 2·1 − 3) / 2) + 1 = 28" in picture.frames[1].says
    assert "floor((56 + 2·0 − 1) / 2) + 1 = 28" in picture.frames[6].says
    sums = [line.split() for line in picture.frames[1].blocks[1].body.plain.splitlines()]
    assert ["÷", "2", "27.5", "27.5"] in sums
    assert ["out", "128", "28", "28"] in sums


@pytest.mark.parametrize("kind", ["plain", "identity", "projection"])
def test_it_fits_and_nothing_moves(kind: str) -> None:
    frames = BLOCK.picture({"kind": kind}).frames
    lines = [frame.drawing(78).plain.splitlines() for frame in frames]
    assert max(len(each) for each in lines) <= 18
    assert max(len(line) for each in lines for line in each) <= 78
    assert len({tuple(block.width for block in frame.blocks) for frame in frames}) == 1
    for frame in frames:
        assert bare(frame) == bare(frames[0])


def test_an_identity_that_does_not_fit_ends_at_the_addition_and_says_why() -> None:
    last = BLOCK.picture({"kind": "identity"}).frames[-1]
    assert "[+]" in drawn(last)
    for axis in ("C: 128 in F(x) ≠ 64 in x", "H: 28 in F(x) ≠ 56 in x", "W: 28 in F(x) ≠ 56 in x"):
        assert axis in drawn(last)
    assert "C (128 and 64), H (28 and 56) and W (28 and 56)" in last.says
    assert "A projection, 64→128, 1×1, stride 2" in last.says

    only_channels = BLOCK.picture({"kind": "identity", "stride": "1"}).frames[-1]
    assert "differ in C (128 and 64)." in only_channels.says
    assert "H:" not in drawn(only_channels)


def test_it_says_where_pytorch_would_not_complain() -> None:
    typed = {"kind": "identity", "shape": "3x2x2", "channels": "3"}
    assert (torch.zeros(1, 3, 1, 1) + torch.zeros(1, 3, 2, 2)).shape == (1, 3, 2, 2)
    assert "PyTorch would repeat" in BLOCK.picture(typed).frames[-1].says
    assert "PyTorch" not in BLOCK.picture({"kind": "identity"}).frames[-1].says


@pytest.mark.parametrize("shape", ["64x56", "0x5x5", "1x2x3x4", "3x9999x2", "", "axbxc"])
def test_a_shape_that_is_none_is_refused_in_words(shape: str) -> None:
    with pytest.raises(PictureError, match="is not channels×rows×columns") as error:
        BLOCK.picture({"shape": shape})
    assert "64x56x56" in error.value.remedy
