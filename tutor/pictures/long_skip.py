"""U-Net's long skip: the encoder's map is cropped at the centre and concatenated with the upsampled one from below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from tutor.pictures.diagram import (
    Part,
    by_axis,
    frames,
    row,
    stays,
    table,
    window_rows,
    window_says,
    written,
)
from tutor.pictures.grid import NOW, STYLES, counted
from tutor.pictures.picture import Block, Kind, Picture, PictureError, Setting, pair, whole

if TYPE_CHECKING:
    from tutor.pictures.diagram import Row, Shape
    from tutor.pictures.picture import Pair

KEPT, LEFT_OUT = "■", "·"

LINES, COLUMNS = 17, 19
"""How much room a map has, the columns' numbers included; of a larger one, what is near the crop's edges is drawn."""

X, UP, COUNT, CROP, CONCATENATE, CONV1, RELU1, CONV2, RELU2 = range(9)
"""The steps."""


def draw(x: Pair, skip: Pair, in_channels: int, skip_channels: int, out_channels: int) -> Picture:
    """The picture of exercise 27's ``UpBlock`` for these sizes.

    Raises:
        PictureError: the encoder's map has fewer rows or columns than the upsampled one.
    """
    size = 2 * x[0], 2 * x[1]
    _check(x, skip)
    both = skip_channels + out_channels
    up, cropped, out = (out_channels, *size), (skip_channels, *size), (out_channels, *size)
    first = (skip[0] - size[0]) // 2, (skip[1] - size[1]) // 2
    same = f"Each number gives one number, so the shape stays {written(out)}"
    sides_and_says = [
        (
            table(
                "two maps",
                "CHW",
                [row("x", (in_channels, *x)), row("skip", (skip_channels, *skip))],
                ["x knows what is there,", "the skip knows where"],
            ),
            f"x comes from below, from the decoder's last step: {written((in_channels, *x))}. The skip comes from the "
            f"encoder: {written((skip_channels, *skip))}.",
        ),
        (
            table("up", "CHW", _up_rows((in_channels, *x), out_channels)),
            f"The transposed convolution up, 2×2 with stride 2, makes {counted(out_channels, 'channel')} of "
            f"{in_channels} and "
            f"lays down a copy of 2×2 for each number: {by_axis(f'({n} − 1)·2 − 2·0 + 2 = {2 * n}' for n in x)}.",
        ),
        (
            table(
                "how many too many",
                "HW",
                [
                    _axes("skip", skip),
                    _axes("− needed", size),
                    _axes("too many", (skip[0] - size[0], skip[1] - size[1])),
                    _axes("÷ 2, floor", first),
                ],
                [f"top = {first[0]}, left = {first[1]};", "the rest: at the", "bottom, on the right"],
            ),
            f"As many rows and columns are needed as up gives; the skip has {skip[0]} − {size[0]} = "
            f"{counted(skip[0] - size[0], 'row')} and {skip[1]} − {size[1]} = "
            f"{counted(skip[1] - size[1], 'column')} too many. Half of them, rounded down, are left out at the "
            f"top, floor({skip[0] - size[0]} / 2) = {first[0]}, and on the left, "
            f"floor({skip[1] - size[1]} / 2) = {first[1]}; the rest at the other end.",
        ),
        (_map(skip, size, first), _crop_says(skip, size, first) + f" The crop gives {written(cropped)}."),
        (
            table(
                "channels",
                "C",
                [
                    (_span(0, skip_channels - 1) + " skip", [str(skip_channels)]),
                    (_span(skip_channels, both - 1) + " up", [str(out_channels)]),
                    ("together", [str(both)]),
                ],
                ["nothing is added up;", "the skip comes first"],
            ),
            f"Both have {size[0]}×{size[1]} now, so that they can be concatenated, the skip first: {skip_channels} + "
            f"{out_channels} = {both} channels, {written((both, *size))}. Nothing is added up.",
        ),
        _convolution("conv1", both, out, f"conv1 sees both maps, all {both} channels, at every place"),
        (
            stays("ReLU", out, "max(t, 0),", "number by number"),
            f"ReLU makes 0 of every negative number. {same}.",
        ),
        _convolution(
            "conv2", out_channels, out, f"conv2 sees what conv1 and ReLU have made, {counted(out_channels, 'channel')}"
        ),
        (
            stays("ReLU", out, "max(t, 0),", "number by number"),
            f"A ReLU follows again. {same}: this is the output, {size[0]}×{size[1]} where x had {x[0]}×{x[1]}.",
        ),
    ]
    parts = _parts((in_channels, *x), (skip_channels, *skip), up, cropped)
    title = f"Long skip: x {x[0]}×{x[1]}, skip {skip[0]}×{skip[1]}, cropped to {size[0]}×{size[1]}"
    sides, says = zip(*sides_and_says, strict=True)
    return Picture(title, frames("UpBlock", parts, sides, says))


def _check(x: Pair, skip: Pair) -> None:
    for word, n, have in zip(("row", "column"), x, skip, strict=True):
        if have < 2 * n:
            smaller = f", or an x of at most {counted(have // 2, word)}" if have > 1 else ""
            raise PictureError(
                f"the skip has {counted(have, word)}, and x upsampled has 2·{n} = {2 * n}: a crop only takes away",
                f"Choose a skip of at least {2 * n} {word}s{smaller}.",
            )


def _parts(x: Shape, skip: Shape, up: Shape, cropped: Shape) -> list[Part]:
    """The diagram: the decoder's map on the left, the skip on the right, and below what becomes of both."""
    both = skip[0] + up[0]
    left = [
        ("x, from below", X, X, x),
        (f"up {x[0]}→{up[0]}, 2×2, stride 2", UP, UP, up),
        ("concatenate", CONCATENATE, CONCATENATE, (both, *up[1:])),
        (f"conv1 {both}→{up[0]}, 3×3", CONV1, CONV1, up),
        ("ReLU", RELU1, RELU1, up),
        (f"conv2 {up[0]}→{up[0]}, 3×3", CONV2, CONV2, up),
        ("ReLU", RELU2, RELU2, up),
    ]
    parts = []
    for number, (text, begin, end, shape) in enumerate(left):
        parts += [
            Part("box", 2 * number, 1, text, begin, end),
            Part("wire", 2 * number + 1, 1, "▼", end),
            Part("shape", 2 * number + 1, 4, written(shape), end),
        ]
    parts.append(Part("wire", 2 * len(left), 1, "output", RELU2))
    right = max(part.end for part in parts if part.line < 5) + 2
    parts += [
        Part("box", 0, right, "skip, from the encoder", X),
        Part("wire", 1, right, "▼", X),
        Part("shape", 1, right + 3, written(skip), X),
        Part("box", 2, right, "centre crop", COUNT, CROP),
        Part("wire", 3, right, "│", CROP),
        Part("shape", 3, right + 3, written(cropped), CROP),
        Part("wire", 4, 14, f"◄{'─' * (right - 15)}┘", CROP),
    ]
    return parts


def _convolution(name: str, channels: int, out: Shape, what: str) -> tuple[Block, str]:
    """The table and the sentences of a 3×3 convolution with padding 1."""
    rows = window_rows((channels, *out[1:]), out[0], 3, 1, 1)
    return (
        table(name, "CHW", rows, [f"{counted(out[0], 'kernel')}: C is {out[0]}"]),
        f"{what}; it has {counted(out[0], 'kernel')} of 3×3. With padding 1, {window_says(out[1:], 3, 1, 1)}: the "
        f"shape is {written(out)}.",
    )


def _up_rows(x: Shape, channels: int) -> list[Row]:
    """(n − 1)·2 − 2·0 + 2 line by line, for `table` with the head C, H, W."""
    rows, columns = x[1:]
    return [
        row("in", x),
        ("− 1", ["", str(rows - 1), str(columns - 1)]),
        ("· 2", ["", str((rows - 1) * 2), str((columns - 1) * 2)]),
        ("− 2·0", ["", str((rows - 1) * 2), str((columns - 1) * 2)]),
        ("+ 2", ["", str(rows * 2), str(columns * 2)]),
        row("out", (channels, rows * 2, columns * 2)),
    ]


def _axes(name: str, numbers: Pair) -> Row:
    return name, [str(n) for n in numbers]


def _crop_says(skip: Pair, size: Pair, first: Pair) -> str:
    """Which rows and columns are kept, and how many are left out on each side."""
    below, behind = (have - n - before for have, n, before in zip(skip, size, first, strict=True))
    return (
        f"Counted from 0, rows {_span(first[0], first[0] + size[0] - 1)} and columns "
        f"{_span(first[1], first[1] + size[1] - 1)} are kept; left out are {first[0]} at the top and {below} at the "
        f"bottom, {first[1]} on the left and {behind} on the right."
    )


def _map(skip: Pair, size: Pair, first: Pair) -> Block:
    """The skip's rows and columns, each entry a sign, with the numbers of both."""
    edge, digits = len(str(skip[0] - 1)), len(str(skip[1] - 1))
    rows = _drawn(skip[0], first[0], first[0] + size[0], LINES - digits)
    columns = _drawn(skip[1], first[1], first[1] + size[1], COLUMNS)
    body = Text()
    for digit in range(digits):
        heads = (" " if c is None else f"{c:>{digits}}"[digit] for c in columns)
        body.append(f"{'':>{edge}} {''.join(heads)}\n", "dim")
    for r in rows:
        body.append(f"{'⋮' if r is None else r:>{edge}} ", "dim")
        for c in columns:
            if r is None or c is None:
                body.append("⋮" if c is not None else "⋱" if r is None else "…", "dim")
            elif first[0] <= r < first[0] + size[0] and first[1] <= c < first[1] + size[1]:
                body.append(KEPT, STYLES[NOW])
            else:
                body.append(LEFT_OUT)
        body.append("\n")
    body.right_crop(1)
    return Block(f"skip: {KEPT} kept, {LEFT_OUT} out", body)


def _drawn(length: int, begin: int, end: int, most: int) -> list[int | None]:
    """Which rows or columns are drawn, with None where some are missing: those next to an end or an edge."""
    if length <= most:
        return list(range(length))
    found: list[int | None] = []
    for reach in range(1, most):
        near = [n for n in range(length) if any(-reach <= n - edge < reach for edge in (0, begin, end, length))]
        signs: list[int | None] = []
        for n in near:
            signs += [n] if not signs or signs[-1] == n - 1 else [None, n]
        if found and len(signs) > most:
            break
        found = signs
    return found


def _span(first: int, last: int) -> str:
    return f"{first} to {last}" if last > first else str(first)


LONG_SKIP = Kind(
    "long-skip",
    "U-Net's long skip: the encoder's map is cropped at the centre and put before the upsampled one",
    (
        Setting("x", "rows×columns of the map from below", "7x9", pair(1, 256)),
        Setting("skip", "rows×columns of the encoder's map", "15x18", pair(1, 999)),
        Setting("in_channels", "channels of x", "64", whole(1, 2048)),
        Setting("skip_channels", "channels of the skip", "24", whole(1, 2048)),
        Setting("out_channels", "channels of the output", "32", whole(1, 2048)),
    ),
    draw,
)
