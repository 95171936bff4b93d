"""A convolution: the window moves over the padded input, channel by channel, and each position gives one number."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from rich.text import Text

from tutor.pictures.grid import grid, in_digits, signed, widest
from tutor.pictures.picture import Block, Frame, Kind, Picture, PictureError, Setting, pair, places_of, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.pictures.picture import Pair

Table = list[list[int]]

SLIDES_INPUT: Table = [[0, 3, 1, 1], [3, 1, 2, 0], [3, 4, 2, 3], [3, 0, 0, 2]]
SLIDES_KERNEL: Table = [[1, 1, 1], [1, 1, 1], [0, 1, 0]]


def draw(
    input: Pair,  # noqa: A002 - the field's word
    kernel: Pair,
    padding: Pair,
    stride: Pair,
    dilation: Pair,
    channels: int,
    bias: int,
) -> Picture:
    """The picture for these sizes; with the slides' numbers where the sizes are the slides'.

    Raises:
        PictureError: the window does not fit into the padded input.
    """
    shape = output_shape(input, kernel, padding, stride, dilation)
    inputs, kernels = _numbers(input, kernel, channels)
    padded = [_padded(table, padding) for table in inputs]
    output: list[list[int | None]] = [[None] * shape[1] for _ in range(shape[0])]
    places = [(r, c) for r in range(shape[0]) for c in range(shape[1])]
    results = {place: _sum(padded, kernels, place, stride, dilation) + bias for place in places}
    width = max(widest(table) for table in (*padded, *kernels))
    out_width = widest([list(results.values())])
    products = {place: _products(padded, kernels, place, stride, dilation, bias) for place in places}
    products_width = max(len(line) for text in products.values() for line in text.splitlines())

    def blocks(place: Pair | None) -> Iterator[Block]:
        taps = _taps(place, kernel, stride, dilation) if place else []
        faint = {
            (r, c) for r in range(len(padded[0])) for c in range(len(padded[0][0])) if _is_padding(r, c, input, padding)
        }
        for number, (table, weights) in enumerate(zip(padded, kernels, strict=True), start=1):
            of = f" {number}" if channels > 1 else ""
            what = "padded input" if padding != (0, 0) else "input"
            yield grid(f"{what}{', channel' if of else ''}{of}", table, under=taps, faint=faint, width=width)
            yield grid(f"kernel{of}", weights, width=width)
        yield grid("output", output, now=[place] if place else [], width=out_width)
        if place:
            yield Block("products", Text(products[place]), products_width)

    p, q = padding
    begin = f"The input is {input[0]}×{input[1]}"
    begin += f", with padding ({p}, {q}) {input[0] + 2 * p}×{input[1] + 2 * q}" if padding != (0, 0) else ""
    begin += f". The output will be {shape[0]}×{shape[1]}."
    frames = [Frame(tuple(blocks(None)), begin)]
    for place in places:
        output[place[0]][place[1]] = results[place]
        frames.append(Frame(tuple(blocks(place)), _says(place, results[place], kernel, stride, dilation, bias)))
    return Picture(_title(input, kernel, padding, stride, dilation, channels), tuple(frames))


def output_shape(input: Pair, kernel: Pair, padding: Pair, stride: Pair, dilation: Pair) -> Pair:  # noqa: A002
    """Rows and columns of the output: ⌊(n + 2p − d(k−1) − 1)/s⌋ + 1 on each axis (PyTorch's ``nn.Conv2d``).

    Raises:
        PictureError: there would be none.
    """
    sizes = []
    for axis, n, k, p, s, d in zip(("rows", "columns"), input, kernel, padding, stride, dilation, strict=True):
        span = d * (k - 1) + 1
        if span > n + 2 * p:
            raise PictureError(
                f"the window covers {span} {axis}, and the input has {n + 2 * p}{', padding included' if p else ''}",
                "Choose a smaller kernel or dilation, or a larger input or padding.",
            )
        sizes.append(places_of(n, k, s, p, d))
    return sizes[0], sizes[1]


def _numbers(input: Pair, kernel: Pair, channels: int) -> tuple[list[Table], list[Table]]:  # noqa: A002
    """Inputs and kernels by channel: small whole numbers, the same ones every time."""
    rng = random.Random(1)
    inputs = [[[rng.randint(0, 4) for _ in range(input[1])] for _ in range(input[0])] for _ in range(channels)]
    kernels = [[[rng.randint(-1, 2) for _ in range(kernel[1])] for _ in range(kernel[0])] for _ in range(channels)]
    if input == (4, 4):
        inputs[0] = SLIDES_INPUT
    if kernel == (3, 3):
        kernels[0] = SLIDES_KERNEL
    return inputs, kernels


def _padded(table: Table, padding: Pair) -> Table:
    p, q = padding
    columns = len(table[0]) + 2 * q
    middle = [[0] * q + row + [0] * q for row in table]
    return [*([0] * columns for _ in range(p)), *middle, *([0] * columns for _ in range(p))]


def _is_padding(r: int, c: int, input: Pair, padding: Pair) -> bool:  # noqa: A002
    return not (padding[0] <= r < padding[0] + input[0] and padding[1] <= c < padding[1] + input[1])


def _taps(place: Pair, kernel: Pair, stride: Pair, dilation: Pair) -> list[Pair]:
    """Which entries of the padded input the window meets, kernel entry by kernel entry."""
    top, left = place[0] * stride[0], place[1] * stride[1]
    return [(top + i * dilation[0], left + j * dilation[1]) for i in range(kernel[0]) for j in range(kernel[1])]


def _sum(padded: list[Table], kernels: list[Table], place: Pair, stride: Pair, dilation: Pair) -> int:
    return sum(sum(_terms(x, w, place, stride, dilation)) for x, w in zip(padded, kernels, strict=True))


def _terms(x: Table, weights: Table, place: Pair, stride: Pair, dilation: Pair) -> list[int]:
    taps = _taps(place, (len(weights), len(weights[0])), stride, dilation)
    flat = [weight for row in weights for weight in row]
    return [x[r][c] * weight for (r, c), weight in zip(taps, flat, strict=True)]


def _products(padded: list[Table], kernels: list[Table], place: Pair, stride: Pair, dilation: Pair, bias: int) -> str:
    """Every product, a line for each row of the kernel, and the sum."""
    lines: list[str] = []
    sums = []
    for number, (x, weights) in enumerate(zip(padded, kernels, strict=True), start=1):
        columns = len(weights[0])
        taps = _taps(place, (len(weights), columns), stride, dilation)
        for i, row in enumerate(weights):
            factors = zip(taps[i * columns : (i + 1) * columns], row, strict=True)
            products = " + ".join(f"{in_digits(x[r][c])}·{signed(weight)}" for (r, c), weight in factors)
            lines.append(f"{'+ ' if i else '  '}{products}")
        sums.append(sum(_terms(x, weights, place, stride, dilation)))
        lines.append(f"= {in_digits(sums[-1])}" + (f"  (channel {number})" if len(padded) > 1 else ""))
    if len(sums) > 1 or bias:
        added = [in_digits(sums[0]), *map(signed, sums[1:]), *([f"{signed(bias)} (bias)"] if bias else [])]
        lines.append(f"{' + '.join(added)} = {in_digits(sum(sums) + bias)}")
    return "\n".join(lines)


def _says(place: Pair, result: int, kernel: Pair, stride: Pair, dilation: Pair, bias: int) -> str:
    taps = _taps(place, kernel, stride, dilation)
    rows, columns = sorted({r + 1 for r, _ in taps}), sorted({c + 1 for _, c in taps})
    return (
        f"Output row {place[0] + 1}, column {place[1] + 1}: the window lies on rows {_listed(rows)}, "
        f"columns {_listed(columns)}; the products{f' and the bias {in_digits(bias)}' if bias else ''} add up to "
        f"{in_digits(result)}."
    )


def _listed(numbers: list[int]) -> str:
    if len(numbers) > 1 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{numbers[0]} to {numbers[-1]}"
    return ", ".join(map(str, numbers))


def _title(input: Pair, kernel: Pair, padding: Pair, stride: Pair, dilation: Pair, channels: int) -> str:  # noqa: A002
    parts = [f"Convolution: input {input[0]}×{input[1]}", f"kernel {kernel[0]}×{kernel[1]}"]
    parts += [f"padding {padding}"] if padding != (0, 0) else []
    parts += [f"stride {stride}"] if stride != (1, 1) else []
    parts += [f"dilation {dilation}"] if dilation != (1, 1) else []
    parts += [f"{channels} channels"] if channels > 1 else []
    return ", ".join(parts)


CONVOLUTION = Kind(
    "convolution",
    "A window moves over the padded input; its products add up to one number of the output",
    (
        Setting("input", "rows×columns of the input", "4x4", pair(1, 16)),
        Setting("kernel", "rows×columns of the kernel", "3x3", pair(1, 7)),
        Setting("padding", "zeros above and below, left and right", "1", pair(0, 4)),
        Setting("stride", "how far the window moves, down and across", "2", pair(1, 5)),
        Setting("dilation", "how far apart the window's entries lie", "1", pair(1, 4)),
        Setting("channels", "channels that are added up", "1", whole(1, 4)),
        Setting("bias", "added at the end", "1", whole(-9, 9)),
    ),
    draw,
)
