"""The questions: the slides' two blocks, and blocks that need all kinds of shortcuts. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tutor.course import Blank

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

Shape = tuple[int, ...]
"""Images, channels, rows, columns."""

Conv = tuple[int, int, int, int, int]
"""In, out, kernel, stride, padding, as ``nn.Conv2d`` takes them."""

IDENTITY = (0, 0, 0, 0, 0)

SLIDES: dict[str, Any] = {
    "a": {"x": (128, 3, 64, 64), "conv1": (3, 10, 3, 1, 1), "conv2": (10, 3, 3, 1, 1), "kernel": 3},
    "b": {"x": (128, 3, 64, 64), "conv1": (3, 10, 3, 1, 1), "conv2": (10, 3, 3, 2, 1), "kernel": 3},
    "whole": ("a", "b"),
}
"""Each block with its input, its two convolutions, and the kernel that a shortcut gets which is no identity.

Of the blocks in ``whole`` every shape is asked, of all of them which shortcut fits.
"""

IMAGES = (8, 16, 32, 64, 100, 128)
CHANNELS = (3, 6, 10, 12, 20, 24, 48, 64, 96)

EVIDENCE = 3
"""How many numbers a mistake must spoil to be named; see :data:`FEW`."""

FEW = (
    *("shortcut-from-hidden", "shortcut-channels-reversed", "shortcut-padding-forgotten"),
    *("shortcut-to-hidden", "shortcut-padding-always-1", "skip-not-projected"),
    *("concatenated", "shortcut-applied-to-f"),
)
"""Mistakes that may spoil one or two numbers of a question, and so are named by all three questions together."""

STRIDES, PADDINGS = range(1, 10), range(12)
"""Among these no other stride or padding of a shortcut gives the right size."""


def variant(rng: random.Random) -> dict[str, Any]:
    """The slides' kind of block with other numbers, one that keeps its shape, one with other channels, and one more."""
    while True:
        others = [
            _identity(rng, _even_size(rng)),
            _channels_alone(rng, _even_size(rng)),
            rng.choice((_slides_kind(rng), _identity(rng, _even_size(rng)), _channels_alone(rng, _even_size(rng)))),
        ]
        rng.shuffle(others)
        given = _given(rng, [_slides_kind(rng), *others])
        if given:
            return given


def last_variant(rng: random.Random) -> dict[str, Any]:
    """ResNet's kind of block, where conv1 has the stride, on odd sizes; and three more, of which one just shrinks."""
    while True:
        others = [
            _shrinking(rng),
            _stride_alone(rng),
            rng.choice((_identity, _channels_alone))(rng, _size(rng)),
        ]
        rng.shuffle(others)
        given = _given(rng, [_resnets_kind(rng), *others])
        if given:
            return given


def prompt(given: dict[str, Any]) -> str:
    """The question in words, with three lines for each block."""
    blocks = _blocks(given)
    lines = [f"{'Two' if len(blocks) == 2 else 'Four'} residual blocks, ReLU(shortcut(x) + conv2(ReLU(conv1(x)))):"]
    for name, block in blocks.items():
        lines.append(f"  block {name}: x {list(block.x)}; a projection would be {block.kernel}×{block.kernel}")
        lines += [f"    {layer} {_in_words(conv)}" for layer, conv in (("conv1", block.conv1), ("conv2", block.conv2))]
    every = "block a" if len(given["whole"]) == 1 else "blocks a and b"
    lines += [
        "Which shortcut does each block need? For a projection its five numbers:",
        "in, out, kernel, stride, padding; for the identity five zeros. All shapes",
        f"of {every} as well: after conv1, after conv2, of what the shortcut",
        "gives (skip), and of the output.",
    ]
    return "\n".join(lines)


def blanks(given: dict[str, Any]) -> list[Blank]:
    """For a block that is asked whole four shapes and the shortcut; for any other the shortcut alone."""
    asked = []
    for name in _blocks(given):
        for suffix, label in (
            ("conv1", "shape after conv1"),
            ("conv2", "shape after conv2"),
            ("shortcut", "in, out, kernel, stride, padding of the shortcut"),
            ("skip", "shape of what the shortcut gives"),
            ("output", "shape of the output"),
        ):
            if suffix == "shortcut":
                asked.append(Blank(f"{name}_shortcut", f"block {name}: {label}", (5,)))
            elif name in given["whole"]:
                asked.append(Blank(f"{name}_{suffix}", f"block {name}: {label}", (4,)))
    return asked


def worked(given: dict[str, Any]) -> str:
    """One block after the other: its path, then its shortcut."""
    return "\n\n".join(
        "\n".join(_worked_block(name, block, is_whole=name in given["whole"])) for name, block in _blocks(given).items()
    )


def _worked_block(name: str, block: Block, *, is_whole: bool) -> Iterator[str]:
    first, second, shortcut = _shape(block.x, block.conv1), block.f, _fitting(block)
    yield f"**Block {name}**, x is {list(block.x)}"
    yield ""
    yield from _worked_conv("conv1", block.x, block.conv1, is_bold=is_whole)
    yield from _worked_conv("conv2", first, block.conv2, is_bold=is_whole)
    differ = [what for what, is_other in (
        ("the channels", second[1] != block.x[1]), ("the size", second[2:] != block.x[2:]),
    ) if is_other]  # fmt: skip
    if not differ:
        yield f"- F(x) has the shape of x, so the identity fits: **{list(IDENTITY)}**"
    else:
        s1, s2 = block.conv1[3], block.conv2[3]
        yield f"- F(x) differs from x in {' and '.join(differ)}: a convolution is needed"
        yield f"- in and out: {block.x[1]} channels of x, {second[1]} of F(x); kernel {block.kernel} is given"
        yield f"- stride: conv1 steps by {s1}, conv2 by {s2}, together {s1}·{s2} = {shortcut[3]}"
        for padding in range(shortcut[4] + 1):
            yield f"- padding {padding}: {_fit_in_words(block, (*shortcut[:4], padding))}"
        yield f"- the shortcut: **{list(shortcut)}**"
    if is_whole:
        yield f"- what the shortcut gives: **{list(second)}**, the same as F(x)"
        yield f"- output, after + and ReLU: **{list(second)}**"


def _worked_conv(layer: str, shape: Shape, conv: Conv, *, is_bold: bool) -> Iterator[str]:
    rows, columns = (_size_in_words(length, conv) for length in shape[2:])
    out = str(list(_shape(shape, conv)))
    yield f"- after {layer}, {_in_words(conv)}: {f'**{out}**' if is_bold else out}"
    yield f"  - rows {rows}"
    yield f"  - columns {columns}"


def _fit_in_words(block: Block, shortcut: Conv) -> str:
    """The size that a shortcut gives, on the axis on which it does not fit, if there is one."""
    there = _shape(block.x, shortcut)
    axis = 3 if there[2] == block.f[2] and there[3] != block.f[3] else 2
    what = "rows" if axis == 2 else "columns"
    fits = "this fits" if there[2:] == block.f[2:] else f"but F(x) has {block.f[axis]}"
    return f"{_size_in_words(block.x[axis], shortcut)} {what}, {fits}"


def _size_in_words(length: int, conv: Conv) -> str:
    _, _, kernel, stride, padding = conv
    padded = f"{length} + 2·{padding}" if padding else str(length)
    divided = f"floor(({padded} − {kernel}) / {stride})" if stride > 1 else f"{padded} − {kernel}"
    return f"{divided} + 1 = {_size_out(length, kernel, stride, padding)}"


def _in_words(conv: Conv) -> str:
    channels_in, out, kernel, stride, padding = conv
    return f"{channels_in} → {out}, {kernel}×{kernel}, stride {stride}, padding {padding}"


# -- a block and its shapes --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Block:
    """One block: its input, its convolutions, and the kernel of a shortcut that is no identity."""

    x: Shape
    conv1: Conv
    conv2: Conv
    kernel: int

    @property
    def f(self) -> Shape:
        """The shape of F(x)."""
        return _shape(_shape(self.x, self.conv1), self.conv2)

    @property
    def stride(self) -> int:
        """By how much both convolutions step together."""
        return self.conv1[3] * self.conv2[3]

    @property
    def padding(self) -> int:
        """What a shortcut pads that lays its kernel where the two convolutions together have their middle."""
        (_, _, k1, s1, p1), (_, _, k2, _, p2) = self.conv1, self.conv2
        return p1 + s1 * p2 - (k1 + s1 * (k2 - 1) - self.kernel) // 2


def _blocks(given: dict[str, Any]) -> dict[str, Block]:
    return {name: Block(**block) for name, block in given.items() if name != "whole"}


def _size_out(length: int, kernel: int, stride: int, padding: int) -> int:
    return (length + 2 * padding - kernel) // stride + 1


def _shape(shape: Shape, conv: Conv, size_out: Callable[[int, int, int, int], int] = _size_out) -> Shape:
    return shape[0], conv[1], *(size_out(length, *conv[2:]) for length in shape[2:])


def _projection(block: Block) -> Conv:
    return block.x[1], block.conv2[1], block.kernel, block.stride, block.padding


def _fitting(block: Block) -> Conv:
    return IDENTITY if block.f == block.x else _projection(block)


# -- drawing a question ------------------------------------------------------------------------------------------------


def _slides_kind(rng: random.Random) -> dict[str, Any]:
    """conv2 has the stride; the channels are in the end what they were."""
    channels, hidden = rng.sample(CHANNELS, 2)
    return _block(rng, _even_size(rng), (channels, hidden, channels), strides=(1, 2))


def _resnets_kind(rng: random.Random) -> dict[str, Any]:
    """conv1 has a stride, conv2 perhaps as well; the channels change. At times the padding keeps no size."""
    block = _block(rng, _size(rng), rng.sample(CHANNELS, 3), strides=(rng.choice((2, 3)), rng.choice((1, 1, 2))))
    *numbers, padding = block["conv1"]
    change = rng.choice((-1, -1, 0, 0, 0, 0, 1))
    return {**block, "conv1": (*numbers, padding + change), "kernel": 3} if change else block


def _identity(rng: random.Random, size: tuple[int, int]) -> dict[str, Any]:
    channels, hidden = rng.sample(CHANNELS, 2)
    return _block(rng, size, (channels, hidden, channels))


def _channels_alone(rng: random.Random, size: tuple[int, int]) -> dict[str, Any]:
    return _block(rng, size, rng.sample(CHANNELS, 3))


def _stride_alone(rng: random.Random) -> dict[str, Any]:
    channels, hidden = rng.sample(CHANNELS, 2)
    strides = rng.choice(((1, 2), (2, 1), (1, 3), (3, 1)))
    return _block(rng, _size(rng), (channels, hidden, channels), strides=strides)


def _shrinking(rng: random.Random) -> dict[str, Any]:
    """No stride, and the channels stay; but a convolution pads too little to keep the size."""
    channels, hidden = rng.sample(CHANNELS, 2)
    block = _block(rng, _size(rng), (channels, hidden, channels), kernels=(3, 5))
    name = rng.choice(("conv1", "conv2"))
    *numbers, padding = block[name]
    return {**block, name: (*numbers, padding - 1), "kernel": 3}


def _block(
    rng: random.Random,
    size: tuple[int, int],
    channels: tuple[int, ...] | list[int],
    strides: tuple[int, int] = (1, 1),
    kernels: tuple[int, ...] = (1, 3, 3, 5),
) -> dict[str, Any]:
    """A block whose paddings keep the size but for the strides."""
    first, second = rng.choice(kernels), rng.choice(kernels)
    start, hidden, end = channels
    return {
        "x": (0, start, *size),
        "conv1": (start, hidden, first, strides[0], first // 2),
        "conv2": (hidden, end, second, strides[1], second // 2),
        "kernel": rng.choice((1, 3)),
    }


def _even_size(rng: random.Random) -> tuple[int, int]:
    rows, columns = rng.sample(range(16, 81, 4), 2)
    return rows, columns


def _size(rng: random.Random) -> tuple[int, int]:
    rows, columns = rng.sample(range(21, 76), 2)
    return rows, columns


def _given(rng: random.Random, blocks: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The question about these blocks, or None where it would hide a mistake or have more than one answer."""
    images = rng.choice(IMAGES)
    given: dict[str, Any] = {"whole": ("a",)}
    for name, block in zip("abcd", blocks, strict=False):
        given[name] = {**block, "x": (images, *block["x"][1:])}
    if all(map(_is_clear, _blocks(given).values())) and _tells_mistakes_apart(given):
        return given
    return None


def _is_clear(block: Block) -> bool:
    """Whether no window sees padding alone, something is left to see, and one shortcut fits and no other."""
    (_, _, k1, _, p1), (_, _, k2, _, p2) = block.conv1, block.conv2
    f = block.f
    if not 0 <= p1 < k1 or p2 >= k2 or not 0 <= block.padding < block.kernel or min(f[2:]) < 4:
        return False
    if f == block.x:
        return True
    (_, _, rows, columns), kernel = block.x, block.kernel
    fits = [
        (stride, padding)
        for stride in STRIDES
        for padding in PADDINGS
        if _size_out(rows, kernel, stride, padding) == f[2] and _size_out(columns, kernel, stride, padding) == f[3]
    ]
    return fits == [(block.stride, block.padding)]


def _tells_mistakes_apart(given: dict[str, Any]) -> bool:
    """Whether each mistake that shows spoils enough numbers, and no two of them give the same ones."""
    right = answers(given)
    seen: list[list[int]] = []
    for misconception, numbers in mistakes(given):
        spoilt = sum(one != other for one, other in zip(numbers, right, strict=True))
        if not spoilt and misconception not in _shown(given):
            continue
        if spoilt < (1 if misconception in FEW else EVIDENCE) or numbers in seen:
            return False
        seen.append(numbers)
    return True


def _shown(given: dict[str, Any]) -> tuple[str, ...]:
    """The mistakes that this question must show: some would be hidden by chance, some by all questions before it."""
    always = (
        *("padding-forgotten", "padding-once", "rounded-up", "not-rounded", "rows-columns-swapped"),
        *("shortcut-padding-forgotten", "shortcut-padding-always-1"),
    )
    if given["a"]["conv1"][3] == 1:
        return (*always, "identity-despite-channels", "shortcut-channels-reversed")
    return (*always, "divided-by-stride", "identity-without-stride", "stride-of-conv2-only")


# -- the ways to answer, right and wrong -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answers:
    """What is answered about one block."""

    conv1: Shape
    conv2: Shape
    shortcut: Conv
    skip: Shape
    output: Shape

    def change_shapes(self, change: Callable[[Shape], Shape]) -> Answers:
        return Answers(change(self.conv1), change(self.conv2), self.shortcut, change(self.skip), change(self.output))


def answers(given: dict[str, Any], answer: Callable[[Block], Answers] | None = None) -> list[int]:
    """All numbers of a question in a row."""
    answer = answer or _answer
    numbers: list[int] = []
    for name, block in _blocks(given).items():
        found = answer(block)
        if name in given["whole"]:
            numbers += [*found.conv1, *found.conv2, *found.shortcut, *found.skip, *found.output]
        else:
            numbers += found.shortcut
    return numbers


def mistakes(given: dict[str, Any]) -> Iterator[tuple[str, list[int]]]:
    """What each known mistake answers, by the misconception's id."""
    for misconception, answer in MISTAKES.items():
        yield misconception, answers(given, answer)


def _answer(
    block: Block,
    *,
    size_out: Callable[[int, int, int, int], int] = _size_out,
    fitting: Callable[[Block], Conv] = _fitting,
) -> Answers:
    """The answers of somebody who has this formula for the size, and this idea of which shortcut fits."""
    first = _shape(block.x, block.conv1, size_out)
    second = _shape(first, block.conv2, size_out)
    shortcut = fitting(block)
    skip = block.x if shortcut == IDENTITY else _shape(block.x, shortcut, size_out)
    return Answers(first, second, shortcut, skip, second)


def _with_stride_on_both(block: Block) -> Answers:
    both = ((*conv[:3], block.stride, conv[4]) for conv in (block.conv1, block.conv2))
    return _answer(Block(block.x, *both, block.kernel))


def _with_hidden_channels(block: Block) -> Answers:
    hidden, _, *numbers = block.conv2
    return _answer(Block(block.x, block.conv1, (hidden, hidden, *numbers), block.kernel))


def _with_channels_in(block: Block) -> Answers:
    found = _answer(block)

    def of(shape: Shape, channels: int) -> Shape:
        return shape[0], channels, *shape[2:]

    start, hidden = block.conv1[:2]
    second = of(found.conv2, hidden)
    return Answers(of(found.conv1, start), second, found.shortcut, of(found.skip, start), second)


def _with_shortcut_applied_to_f(block: Block) -> Answers:
    found = _answer(block)
    skip = found.skip if found.shortcut == IDENTITY else _shape(found.conv2, found.shortcut)
    return Answers(found.conv1, found.conv2, found.shortcut, skip, found.output)


def _with_skip_not_projected(block: Block) -> Answers:
    found = _answer(block)
    return Answers(found.conv1, found.conv2, found.shortcut, block.x, found.output)


def _concatenated(block: Block) -> Answers:
    found = _answer(block)
    images, channels, *size = found.output
    output = images, channels + found.skip[1], *size
    return Answers(found.conv1, found.conv2, found.shortcut, found.skip, output)


def _with_channels_free(block: Block) -> Answers:
    """Only the size has to agree, and the channels are put one after the other."""
    start = block.x[1]
    shortcut = IDENTITY if block.f[2:] == block.x[2:] else (start, start, *_projection(block)[2:])
    found = _answer(block, fitting=lambda _: shortcut)
    output = found.output[0], found.output[1] + start, *found.output[2:]
    return Answers(found.conv1, found.conv2, shortcut, found.skip, output)


def _identity_where(fits: Callable[[Block], bool]) -> Callable[[Block], Answers]:
    def fitting(block: Block) -> Conv:
        return IDENTITY if fits(block) else _projection(block)

    return lambda block: _answer(block, fitting=fitting)


def _projecting_with(change: Callable[[Block, Conv], Conv]) -> Callable[[Block], Answers]:
    def fitting(block: Block) -> Conv:
        shortcut = _fitting(block)
        return shortcut if shortcut == IDENTITY else change(block, shortcut)

    return lambda block: _answer(block, fitting=fitting)


def _sized(size_out: Callable[[int, int, int, int], int]) -> Callable[[Block], Answers]:
    return lambda block: _answer(block, size_out=size_out)


MISTAKES: dict[str, Callable[[Block], Answers]] = {
    "stride-of-conv2-forgotten": lambda b: _answer(Block(b.x, b.conv1, (*b.conv2[:3], 1, b.conv2[4]), b.kernel)),
    "stride-on-both-convs": _with_stride_on_both,
    "shortcut-stride-forgotten": _projecting_with(lambda _, s: (*s[:3], 1, s[4])),
    "stride-of-conv2-only": _projecting_with(lambda b, s: (*s[:3], b.conv2[3], s[4])),
    "shortcut-padding-forgotten": _projecting_with(lambda _, s: (*s[:4], 0)),
    "shortcut-padding-always-1": _projecting_with(lambda _, s: (*s[:4], 1)),
    "shortcut-applied-to-f": _with_shortcut_applied_to_f,
    "skip-not-projected": _with_skip_not_projected,
    "shortcut-from-hidden": _projecting_with(lambda b, s: (b.conv1[1], *s[1:])),
    "shortcut-to-hidden": _projecting_with(lambda b, s: (s[0], b.conv1[1], *s[2:])),
    "shortcut-channels-reversed": _projecting_with(lambda _, s: (s[1], s[0], *s[2:])),
    "padding-forgotten": _sized(lambda m, k, s, _: (m - k) // s + 1),
    "padding-once": _sized(lambda m, k, s, p: (m + p - k) // s + 1),
    "plus-one-forgotten": _sized(lambda m, k, s, p: (m + 2 * p - k) // s),
    "rounded-up": _sized(lambda m, k, s, p: -((m + 2 * p - k) // -s) + 1),
    "not-rounded": _sized(lambda m, k, s, p: (m + 2 * p - k) / s + 1),
    "divided-by-stride": _sized(lambda m, _k, s, _p: m // s),
    "hidden-channels-carried": _with_hidden_channels,
    "in-channels-taken": _with_channels_in,
    "channels-last": lambda b: _answer(b).change_shapes(lambda s: (s[0], s[2], s[3], s[1])),
    "batch-and-channels-swapped": lambda b: _answer(b).change_shapes(lambda s: (s[1], s[0], s[2], s[3])),
    "rows-columns-swapped": lambda b: _answer(b).change_shapes(lambda s: (s[0], s[1], s[3], s[2])),
    "identity-always": _identity_where(lambda _: True),
    "identity-despite-channels": _identity_where(lambda b: b.f[2:] == b.x[2:]),
    "identity-despite-size": _identity_where(lambda b: b.f[1] == b.x[1]),
    "identity-without-stride": _identity_where(lambda b: b.f[1] == b.x[1] and b.stride == 1),
    "projection-always": _identity_where(lambda _: False),
    "concatenated": _concatenated,
    "channels-left-free": _with_channels_free,
}
