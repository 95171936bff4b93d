"""A block of a network: its layers and its shortcut, with the shape on every arrow, from the input to the output."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tutor.pictures.diagram import (
    Part,
    frames,
    row,
    stays,
    table,
    window,
    window_rows,
    window_says,
    written,
)
from tutor.pictures.picture import Kind, Picture, Setting, choice, whole
from tutor.pictures.written import in_a_sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.pictures.diagram import Shape
    from tutor.pictures.picture import Block

TRUNK = 1
"""The column in which the layers' way runs down."""

PLUS = 12
"""The line of the addition."""

TITLES = {"plain": "plain block", "identity": "residual block", "projection": "residual block"}


def draw(shape: Shape, channels: int, stride: int, kind: str) -> Picture:
    """The picture of ResNet's basic block for these sizes, as ``torchvision.models.resnet.BasicBlock`` computes it.

    Where an identity shortcut does not fit, the picture ends at the addition and says why.
    """
    done = _Steps(shape, (channels, *window(shape[1:], 3, stride, 1)), stride, kind)
    done.layers()
    if kind == "identity":
        done.identity()
    if kind == "projection":
        done.projection()
    fits = kind == "plain" or done.addition()
    if fits:
        done.end()
    title = f"Block, {_shortcut(kind)}: input {'×'.join(map(str, shape))}, {channels} channels out, stride {stride}"
    return Picture(title, frames(TITLES[kind], _parts(done, fits), done.sides, done.says))


class _Steps:
    """What stands beside the diagram and what is said, step by step; and which step each part belongs to."""

    def __init__(self, shape: Shape, out: Shape, stride: int, kind: str) -> None:
        """Begins with the input.

        Args:
            shape: the input's.
            out: F(x)'s, behind each of the layers.
            stride: conv1's and the projection's.
            kind: which shortcut.
        """
        self.shape, self.out, self.stride, self.kind = shape, out, stride, kind
        self.sides: list[Block] = []
        self.says: list[str] = []
        self.steps: dict[str, int] = {}
        ways = {
            "plain": "There is one way only, through the layers; no shortcut leads past them.",
            "identity": "It goes two ways, through the layers and past them, and at + the two meet.",
            "projection": "It goes two ways, through the layers and through the projection, and at + the two meet.",
        }
        self._add(
            "x",
            table("x", "CHW", [row("x", shape)], ["C channels of", "H rows and W columns", "in each of N images"]),
            f"x is {written(shape)}: N images, C = {shape[0]} channels, H = {shape[1]} rows, W = {shape[2]} columns. "
            + ways[kind],
        )

    def layers(self) -> None:
        """F(x): conv3×3 with the stride, batch norm, ReLU, conv3×3, batch norm."""
        out, d = self.out, self.out[0]
        why = f"Each number gives one number, so the shape stays {written(out)}"
        self._convolution("conv1", self.shape, 3, self.stride)
        self._add(
            "bn1",
            stays("bn1", out, "each channel by", "itself: − mean,", "÷ deviation, · γ, + β"),
            f"The batch norm bn1 scales and shifts the numbers of each of the {d} channels. {why}.",
        )
        self._add(
            "ReLU 1",
            stays("ReLU", out, "max(t, 0),", "number by number"),
            f"ReLU makes 0 of every negative number. {why}.",
        )
        self._convolution("conv2", out, 3, 1)
        end = "The last ReLU follows."
        below = ["each channel by", "itself, as in bn1"]
        if self.kind != "plain":
            end = "This is F(x), and no ReLU stands between it and the plus sign."
            below = ["no ReLU yet:", "F(x) may be negative"]
        self._add(
            "bn2",
            stays("bn2", out, *below),
            f"bn2 is a batch norm of its own, again for each of the {d} channels, and the shape stays {written(out)}. "
            + end,
        )

    def identity(self) -> None:
        """The shortcut that hands x on as it is."""
        self._add(
            "shortcut",
            stays("identity", self.shape, "nothing is computed,", "nothing is learnt"),
            f"The shortcut carries x to the plus sign as it is: {written(self.shape)}. It has no weights.",
        )

    def projection(self) -> None:
        """The shortcut of a 1×1 convolution with the stride, and a batch norm."""
        self._convolution("shortcut", self.shape, 1, self.stride)
        needless = self.shape == self.out
        self._add(
            "shortcut norm",
            stays("batch norm", self.out, "each channel by", "itself; no ReLU"),
            f"The projection has a batch norm, too, and no ReLU. The shape stays {written(self.out)}"
            + ("; x itself would have fitted as well." if needless else "."),
        )

    def addition(self) -> bool:
        """The plus sign; whether the two shapes are alike."""
        other = "x" if self.kind == "identity" else "skip"
        came = self.shape if self.kind == "identity" else self.out
        differ = _differences(self.out, came)
        alike = ["no" if axis in {name for name, *_ in differ} else "yes" for axis in "CHW"]
        rows = [row("F(x)", self.out), row(other, came), ("alike", alike)]
        if not differ:
            self._add(
                "+",
                table("+", "CHW", [*rows, row("sum", self.out)], ["place by place;", "C does not double"]),
                f"F(x) and {'x' if other == 'x' else 'what the shortcut gives'} are both {written(self.out)}: they "
                f"are added number by number, and the sum has that shape, too; C stays {self.out[0]}.",
            )
            return True
        named = in_a_sentence([f"{axis} ({a} and {b})" for axis, a, b in differ])
        silent = all(1 in (a, b) for _, a, b in differ)
        help_ = f"A projection, {self._projection()}, would make {written(self.out)} of x."
        if silent:
            help_ = f"PyTorch would repeat what is 1 long and not complain; {help_[0].lower()}{help_[1:]}"
        self._add(
            "+",
            table("+", "CHW", rows, ["all have to be alike"]),
            f"The identity does not fit: F(x) and x differ in {named}. {help_}",
        )
        return False

    def end(self) -> None:
        """The last ReLU."""
        where = "It stands at the end" if self.kind == "plain" else "It comes after the addition"
        self._add(
            "ReLU 2",
            stays("ReLU", self.out, "max(t, 0),", "number by number"),
            f"The last ReLU makes 0 of what is negative. {where}; the output is {written(self.out)}.",
        )

    def _projection(self) -> str:
        return f"{self.shape[0]}→{self.out[0]}, 1×1, stride {self.stride}"

    def _convolution(self, name: str, shape: Shape, kernel: int, stride: int) -> None:
        padding = kernel // 2
        result = window(shape[1:], kernel, stride, padding)
        d = self.out[0]
        what = "The shortcut's convolution takes x itself and" if name == "shortcut" else name
        channels = f"so C {'stays' if shape[0] == d else 'becomes'} {d}"
        self._add(
            name,
            table(
                "1×1 convolution" if name == "shortcut" else name,
                "CHW",
                window_rows(shape, d, kernel, stride, padding),
                [f"{d} kernel{'s' if d > 1 else ''}: C is {d}"],
            ),
            f"{what} has {d} kernel{'s' if d > 1 else ''} of {kernel}×{kernel}, {channels}. With padding {padding} and "
            f"stride {stride}, {window_says(shape[1:], kernel, stride, padding)}: the shape is "
            f"{written((d, *result))}{', as that of F(x)' if name == 'shortcut' else ''}.",
        )

    def _add(self, name: str, side: Block, says: str) -> None:
        self.steps[name] = len(self.says)
        self.sides.append(side)
        self.says.append(says)


def _parts(done: _Steps, fits: bool) -> list[Part]:
    """The diagram: the layers on the left, the shortcut on the right."""
    shape, out, steps = done.shape, done.out, done.steps
    never = len(done.says)
    left: list[tuple[str, str, int, Shape]] = [
        ("x", "x", steps["x"], shape),
        ("conv1", f"conv1 {shape[0]}→{out[0]}, 3×3, stride {done.stride}", steps["conv1"], out),
        ("bn1", "bn1", steps["bn1"], out),
        ("ReLU 1", "ReLU", steps["ReLU 1"], out),
        ("conv2", f"conv2 {out[0]}→{out[0]}, 3×3, stride 1", steps["conv2"], out),
        ("bn2", "bn2", steps["bn2"], out),
        *((("+", "+", steps["+"], out),) if done.kind != "plain" else ()),
        ("ReLU 2", "ReLU", steps.get("ReLU 2", never), out),
    ]
    trunk: list[Part] = []
    for number, (name, text, step, result) in enumerate(left):
        known = step if name != "+" or fits else never
        trunk.append(Part("box", 2 * number, TRUNK, text, step))
        trunk.append(Part("wire", 2 * number + 1, TRUNK, "▼", known))
        trunk.append(Part("shape", 2 * number + 1, TRUNK + 3, written(result), known))
    trunk.append(Part("wire", 2 * len(left), TRUNK, "output", steps.get("ReLU 2", never)))
    if done.kind == "plain":
        return trunk
    bn2 = next(part for part in trunk if part.line == PLUS - 1 and part.role == "shape")
    trunk.append(Part("note", PLUS - 1, bn2.end + 1, "F(x)", steps["bn2"]))
    right = max(part.end for part in trunk) + 1
    return [*trunk, *_shortcut_parts(done, right, fits)]


def _shortcut_parts(done: _Steps, column: int, fits: bool) -> list[Part]:
    """The shortcut in this column, and the arrow to the plus sign."""
    steps, shape, out = done.steps, done.shape, done.out
    begin, first = steps["x"], steps["shortcut"]
    last = steps.get("shortcut norm", first)
    across = "─" * (column - TRUNK - 3)
    down = dict.fromkeys(range(1, PLUS), "│")
    parts = [
        Part("wire", 0, TRUNK + 3, f"{across}┐", begin),
        Part("wire", PLUS, TRUNK + 3, f"◄{across[1:]}┘", last),
    ]
    came = shape
    if done.kind == "projection":
        came = out
        # Each box begins right below an arrow, and the arrow that leads to the plus sign turns at its foot.
        down |= {2: "▼", 6: "▼"}
        parts += [
            Part("shape", 2, column + 3, written(shape), begin),
            Part("box", 3, column, f"{shape[0]}→{out[0]}, 1×1, stride {done.stride}", first),
            Part("shape", 6, column + 3, written(out), first),
            Part("box", 7, column, "batch norm", last),
        ]
        since = {line: begin if line < 3 else first if line < 7 else last for line in down}
        del down[3], down[7]
    else:
        parts.append(Part("box", 6, column + 3, "identity", first))
        since = dict.fromkeys(down, first)
    parts += [Part("wire", line, column, text, since[line]) for line, text in down.items()]
    middle = TRUNK + 4 + (column - TRUNK - 4 - len(written(came))) // 2
    parts.append(Part("shape", PLUS, middle, written(came), last))
    if not fits:
        differ = _differences(out, came)
        notes = [*(f"{axis}: {a} in F(x) ≠ {b} in x" for axis, a, b in differ), "what helps: a projection"]
        parts += [Part("note", PLUS + 1 + number, TRUNK + 11, text, steps["+"]) for number, text in enumerate(notes)]
    return parts


def _differences(one: Shape, other: Shape) -> list[tuple[str, int, int]]:
    return [(axis, a, b) for axis, a, b in zip("CHW", one, other, strict=True) if a != b]


def _shortcut(kind: str) -> str:
    return {"plain": "no shortcut", "identity": "identity shortcut", "projection": "projection shortcut"}[kind]


def shape_of(channels: int, size: int) -> Callable[[str], Shape]:
    """Reads C×H×W up to so many channels and rows or columns, as ``64x56x56`` or ``[64, 56, 56]``; N may precede."""

    def read(text: str) -> Shape:
        found = re.fullmatch(
            r"[\s(\[]*(?:N\s*[x×,]\s*)?(\d{1,6})\s*[x×,\s]\s*(\d{1,6})\s*[x×,\s]\s*(\d{1,6})[\s)\]]*", text
        )
        c, h, w = map(int, found.groups()) if found else (0, 0, 0)
        if not (1 <= c <= channels and 1 <= h <= size and 1 <= w <= size):
            raise ValueError(f"channels×rows×columns, up to {channels} channels and {size} rows and columns")
        return c, h, w

    return read


BLOCK = Kind(
    "block",
    "Both ways through a residual block, with the shape on every arrow; where they meet, the shapes must be alike",
    (
        Setting("shape", "channels×rows×columns of the input", "64x56x56", shape_of(2048, 1024)),
        Setting("channels", "channels of the output", "128", whole(1, 2048)),
        Setting("stride", "of conv1 and of the projection", "2", whole(1, 5)),
        Setting(
            "kind", "plain, identity or projection shortcut", "projection", choice("plain", "identity", "projection")
        ),
    ),
    draw,
)
