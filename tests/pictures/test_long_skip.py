"""The long skip's shapes and the rows and columns that its crop keeps are those that PyTorch gives."""

from __future__ import annotations

import re

import pytest
import torch
from torch import nn

from tutor.pictures.long_skip import CROP, LONG_SKIP
from tutor.pictures.picture import Frame, Picture, PictureError

SIZES: list[dict[str, str]] = [
    {},
    {"x": "2x3", "skip": "7x9", "in_channels": "1", "skip_channels": "1", "out_channels": "1"},
    {"x": "4x2", "skip": "10x5", "in_channels": "6", "skip_channels": "3", "out_channels": "5"},
    {"x": "1", "skip": "2", "out_channels": "2"},
]

U_NET = {"x": "28", "skip": "64", "in_channels": "1024", "skip_channels": "512", "out_channels": "512"}


def shape_in(x: torch.Tensor) -> str:
    return "N×" + "×".join(str(n) for n in x.shape[1:])


def drawn(frame: Frame) -> str:
    return frame.blocks[0].body.plain


def kept(picture: Picture) -> list[list[bool]]:
    """The crop's map as a table."""
    lines = picture.frames[CROP].blocks[1].body.plain.splitlines()
    return [[sign == "■" for sign in line.split()[-1]] for line in lines if re.search("[■·]", line)]


@pytest.mark.parametrize("typed", SIZES)
def test_every_shape_is_pytorchs(typed: dict[str, str]) -> None:
    picture = LONG_SKIP.picture(typed)
    x_size, skip_size, c, s, d = (each.read(typed.get(each.name, each.default)) for each in LONG_SKIP.settings)
    x, skip = torch.zeros(2, c, *x_size), torch.zeros(2, s, *skip_size)
    with torch.no_grad():
        up = nn.ConvTranspose2d(c, d, 2, stride=2)(x)
        top, left = (skip.shape[2] - up.shape[2]) // 2, (skip.shape[3] - up.shape[3]) // 2
        cropped = skip[:, :, top : top + up.shape[2], left : left + up.shape[3]]
        both = torch.cat([cropped, up], dim=1)
        out = nn.Conv2d(s + d, d, 3, padding=1)(both)
    found = {0: [x, skip], 1: [up], 3: [cropped], 4: [both], 5: [out], 6: [out], 7: [out], 8: [out]}
    for number, tensors in found.items():
        for tensor in tensors:
            assert f"({shape_in(tensor)})" in drawn(picture.frames[number])
    for number in (0, 3, 4, 5, 6, 7, 8):
        assert all(shape_in(tensor) in picture.frames[number].says for tensor in found[number])
    for n in x_size:
        assert f"({n} − 1)·2 − 2·0 + 2 = {2 * n}" in picture.frames[1].says


@pytest.mark.parametrize("typed", SIZES)
def test_the_map_shows_what_the_slice_keeps(typed: dict[str, str]) -> None:
    x_size, skip_size, *_ = (each.read(typed.get(each.name, each.default)) for each in LONG_SKIP.settings)
    marks = torch.zeros(skip_size, dtype=torch.bool)
    top, left = ((have - 2 * n) // 2 for have, n in zip(skip_size, x_size, strict=True))
    marks[top : top + 2 * x_size[0], left : left + 2 * x_size[1]] = True
    picture = LONG_SKIP.picture(typed)
    assert kept(picture) == marks.tolist()
    below, behind = skip_size[0] - 2 * x_size[0] - top, skip_size[1] - 2 * x_size[1] - left
    assert f"{top} at the top and {below} at the bottom, {left} on the left and {behind} on the right" in (
        picture.frames[CROP].says
    )


@pytest.mark.parametrize("typed", [{}, U_NET, {"x": "100x200", "skip": "333x999"}, {"x": "20x7", "skip": "43x15"}])
def test_it_fits_and_nothing_moves(typed: dict[str, str]) -> None:
    frames = LONG_SKIP.picture(typed).frames
    lines = [frame.drawing(78).plain.splitlines() for frame in frames]
    assert max(len(each) for each in lines) <= 18
    assert max(len(line) for each in lines for line in each) <= 78
    assert len({tuple(block.width for block in frame.blocks) for frame in frames}) == 1
    bare = {
        re.sub(r"[\[\]()·]", " ", re.sub(r"N×[\d×]+", lambda found: " " * len(found[0]), drawn(frame)))
        for frame in frames
    }
    assert len(bare) == 1


def test_a_large_map_shows_the_edges_of_the_crop() -> None:
    frame = LONG_SKIP.picture(U_NET).frames[CROP]
    rows = {line.split()[0]: line.split()[-1] for line in frame.blocks[1].body.plain.splitlines()[2:]}
    assert {"0", "3", "4", "59", "60", "63"} <= rows.keys()
    assert [("■" in rows[each]) for each in ("3", "4", "59", "60")] == [False, True, True, False]
    assert rows["4"].startswith("····■")
    assert rows["4"].endswith("■····")


def test_the_channels_add_up() -> None:
    frame = LONG_SKIP.picture({}).frames[4]
    assert "24 + 32 = 56 channels" in frame.says
    assert [line.split() for line in frame.blocks[1].body.plain.splitlines()[1:4]] == [
        ["0", "to", "23", "skip", "24"],
        ["24", "to", "55", "up", "32"],
        ["together", "56"],
    ]


@pytest.mark.parametrize(
    ("typed", "why", "remedy"),
    [
        ({"skip": "13x18"}, "the skip has 13 rows, and x upsampled has 2·7 = 14", "at least 14 rows"),
        ({"skip": "14x17"}, "the skip has 17 columns, and x upsampled has 2·9 = 18", "at most 8 columns"),
        ({"skip": "1", "x": "1"}, "the skip has 1 row,", "at least 2 rows"),
    ],
)
def test_a_skip_that_is_too_small_is_refused_in_words(typed: dict[str, str], why: str, remedy: str) -> None:
    with pytest.raises(PictureError, match=re.escape(why)) as error:
        LONG_SKIP.picture(typed)
    assert remedy in error.value.remedy
