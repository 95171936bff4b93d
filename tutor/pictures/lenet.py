"""LeNet (exercise 8) layer by layer, as in the lesson: shapes and counts are PyTorch's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.pictures.grid import counted
from tutor.pictures.network import Layer, Network, dots, linear
from tutor.pictures.picture import Kind, Picture, PictureError, Setting, pair, places_of, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.pictures.picture import Pair


def draw_lenet(input: Pair, channels: int, classes: int) -> Picture:  # noqa: A002 - the field's word
    """LeNet for N images (channels, rows, columns).

    Raises:
        PictureError: a layer has no output.
    """
    net = Network()
    longest = max(input)
    shape: tuple[int, ...] = (channels, *input)
    net.add(
        Layer("image", "", shape),
        f"N images arrive, each of {counted(channels, 'channel')}, {counted(input[0], 'row')} and "
        f"{counted(input[1], 'column')}: {_product(shape)} numbers.",
        "image",
        *_with_shape(_maps(shape, longest), shape),
        "",
        "numbers an image",
        _product(shape),
    )
    for number, (out, padding) in enumerate(((6, 2), (16, 0)), start=1):
        shape = _conv(net, f"conv{number}", shape, out, padding, longest)
        _relu(net, f"conv{number}", shape, longest)
        shape = _max_pool(net, ("the first", "the second")[number - 1], shape, longest)
    shape = _flatten(net, shape, longest)
    for number, out in enumerate((120, 84, classes), start=1):
        linear(net, f"linear{number}", shape[0], out, known=number > 1, last=number == 3)
        shape = (out,)
        if number < 3:
            _relu(net, f"linear{number}", shape, longest)
    net.shares()
    title = f"LeNet: image {channels}×{input[0]}×{input[1]}, {counted(classes, 'class', 'classes')}, "
    return Picture(f"{title}{net.total:,} parameters", net.frames())


def _conv(net: Network, name: str, before: tuple[int, ...], out: int, padding: int, longest: int) -> tuple[int, ...]:
    """A convolution of 5×5 with stride 1; gives the shape after it."""
    channels, *size = before
    sums, after = _positions(name, (size[0], size[1]), 5, padding, 1)
    product = f"{out}·({channels}·5·5 + 1)"
    layer = Layer(name, f"{channels} → {out}, 5×5", (out, *after), out * (channels * 5 * 5 + 1))
    net.add(
        layer,
        f"{name}: {out} filters of {counted(channels, 'channel')} × 5×5, padding {padding}, stride 1. "
        f"{_in_a_line(sums)}, so the shape is {layer.shape_text}.",
        f"{name}: {out} filters, 5×5",
        *_arrow(before, layer.shape, longest),
        "",
        *_written_out(sums, f"K = O = 5, P = {padding}, S = 1"),
        "",
        "out·(in·K·O + 1) parameters",
        f"{product} = {layer.parameters:,}",
        product=product,
    )
    return layer.shape


def _max_pool(net: Network, which: str, before: tuple[int, ...], longest: int) -> tuple[int, ...]:
    """A max pooling of 2×2 with stride 2; gives the shape after it."""
    channels, *size = before
    sums, after = _positions(f"{which} max pool", (size[0], size[1]), 2, 0, 2)
    layer = Layer("max pool", "2×2", (channels, *after))
    net.add(
        layer,
        f"{which.capitalize()} max pool: the largest of each 2×2 window, stride 2, in each of the {channels} channels. "
        f"{_in_a_line(sums)}, so the shape is {layer.shape_text}.",
        "max pool: largest of 2×2",
        *_arrow(before, layer.shape, longest),
        "",
        *_written_out(sums, "K = O = 2, P = 0, S = 2"),
        "",
        "nothing to learn",
        "0 parameters",
    )
    return layer.shape


def _relu(net: Network, where: str, shape: tuple[int, ...], longest: int) -> None:
    """ReLU, which leaves the shape as it is."""
    is_row = len(shape) == 1
    layer = Layer("ReLU", "", shape)
    net.add(
        layer,
        f"ReLU after {where}: max(t, 0) of each of the {_product(shape)} numbers t; the shape stays "
        f"{layer.shape_text}.",
        f"ReLU after {where}",
        *((dots(shape[0]), "  │", "  ▼", dots(shape[0])) if is_row else _arrow(shape, shape, longest)),
        "",
        "each number t → max(t, 0)",
        "   3 → 3",
        "  −2 → 0",
        "",
        f"{_product(shape)} numbers" if is_row else _product(shape),
        "0 parameters",
    )


def _flatten(net: Network, before: tuple[int, ...], longest: int) -> tuple[int, ...]:
    """All channels in one row; gives the shape after it."""
    layer = Layer("flatten", "", (_times(before),))
    net.add(
        layer,
        f"Flatten: the {before[0]} channels of {before[1]}×{before[2]} are laid out in one row of {_product(before)} "
        f"numbers; the shape is {layer.shape_text}.",
        "flatten",
        *_with_shape(_maps(before, longest), before),
        "  │ channel by channel,",
        "  ▼ each row by row",
        dots(layer.shape[0]),
        "",
        _product(before),
        "0 parameters",
    )
    return layer.shape


def _positions(
    which: str,
    before: Pair,
    kernel: int,
    padding: int,
    stride: int,
) -> tuple[list[tuple[str, str, str]], Pair]:
    """Rows and columns after a window that moves, with the formula filled in, once where both are alike.

    Raises:
        PictureError: the window fits nowhere.
    """
    sums = []
    after = []
    for axis, n in zip(("rows", "columns"), before, strict=True):
        if kernel > n + 2 * padding:
            raise PictureError(
                f"{which} has no output: its window covers {kernel} {axis}, and there {_arrive(n + 2 * padding)}",
                "Choose an input of at least 12×12.",
            )
        after.append(places_of(n, kernel, stride, padding))
        sums.append((axis, f"floor(({n} + 2·{padding} − {kernel})/{stride}) + 1", str(after[-1])))
    if before[0] == before[1]:
        sums = [("rows and columns", *sums[0][1:])]
    return sums, (after[0], after[1])


def _arrive(n: int) -> str:
    return "is only 1" if n == 1 else f"are only {n}"


def _in_a_line(sums: list[tuple[str, str, str]]) -> str:
    text = "; ".join(f"{axis}: {formula} = {result}" for axis, formula, result in sums)
    return text[0].upper() + text[1:]


def _written_out(sums: list[tuple[str, str, str]], sizes: str) -> list[str]:
    """The formula filled in, as it stands beside the table."""
    if len(sums) == 1:
        _, formula, result = sums[0]
        return [sizes, "floor((M + 2P − K)/S) + 1", formula, f"= {result}"]
    return [sizes, *(line for axis, formula, result in sums for line in (formula, f"= {result} {axis}"))]


SHEETS = 3
"""So many maps of a stack are drawn at most."""
MAPS: Pair = (6, 12)
"""Lines and columns of the largest stack."""


def _maps(shape: Sequence[int], longest: int) -> list[str]:
    """A stack of feature maps (channels, rows, columns), the larger the more rows and columns they have.

    Args:
        shape: channels, rows, columns.
        longest: what the largest map of the picture has on its longer side.
    """
    channels, rows, columns = shape
    height, width = 2 + round(2 * rows / longest), 2 + round(6 * columns / longest)
    sheets = min(channels, SHEETS)
    canvas = [[" "] * MAPS[1] for _ in range(MAPS[0])]
    for sheet in reversed(range(sheets)):
        top, left = MAPS[0] - height - sheet, 2 * sheet
        for r in range(height):
            edges = "┌─┐" if r == 0 else "└─┘" if r == height - 1 else "│ │"
            canvas[top + r][left : left + width] = edges[0] + edges[1] * (width - 2) + edges[2]
    return ["".join(line) for line in canvas]


def _with_shape(drawing: list[str], shape: Sequence[int]) -> list[str]:
    return [*drawing, "×".join(map(str, shape))]


def _arrow(before: Sequence[int], after: Sequence[int], longest: int) -> list[str]:
    """Two stacks of feature maps with an arrow between them."""
    left, right = (_with_shape(_maps(shape, longest), shape) for shape in (before, after))
    lines = []
    for number, (one, other) in enumerate(zip(left, right, strict=True)):
        middle = "→" if number == MAPS[0] - 1 else " "
        lines.append(f"{one:<{MAPS[1]}} {middle} {other}".rstrip())
    return lines


def _times(numbers: Sequence[int]) -> int:
    product = 1
    for number in numbers:
        product *= number
    return product


def _product(numbers: Sequence[int]) -> str:
    """Factors and result; one number stays as it is."""
    if len(numbers) == 1:
        return f"{numbers[0]:,}"
    return f"{'·'.join(map(str, numbers))} = {_times(numbers):,}"


LENET = Kind(
    "lenet",
    "LeNet layer by layer: the shape after each layer and how its parameters are counted",
    (
        Setting("input", "rows×columns of the image", "28x28", pair(1, 256)),
        Setting("channels", "channels of the image", "1", whole(1, 64)),
        Setting("classes", "how many logits come out", "10", whole(1, 1000)),
    ),
    draw_lenet,
)
