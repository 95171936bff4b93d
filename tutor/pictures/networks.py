"""LeNet (exercise 8) and TextCNN (exercise 9) layer by layer: the shape after each layer, and its parameters.

Both are as in the lessons; TextCNN is that of Kim (2014, arXiv:1408.5882). Shapes and counts are PyTorch's.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

from rich.text import Text

from tutor.pictures.grid import NOT_YET, grid, in_digits, signed, widest
from tutor.pictures.picture import Block, Frame, Kind, Picture, PictureError, Setting, pair, places_of, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.pictures.picture import Pair

Table = list[list[int]]


@dataclass(frozen=True)
class Layer:
    """A line of the table of a network.

    Attributes:
        name: as in the lesson.
        detail: what there is to know about it, e.g. ``6 → 16, 5×5``.
        shape: what comes out for each image or sentence, without N.
        parameters: weights and biases.
        until: the detail as long as it is not reached, where something in it is not known before.
    """

    name: str
    detail: str
    shape: tuple[int, ...]
    parameters: int = 0
    until: str = ""

    @property
    def shape_text(self) -> str:
        """The whole batch's shape, as the lessons write it."""
        return f"[{', '.join(['N', *map(str, self.shape)])}]"


@dataclass
class _Network:
    """The layers of a network and the steps in which they are shown."""

    layers: list[Layer] = field(default_factory=list)
    steps: list[tuple[int, Block, str]] = field(default_factory=list)
    """For each frame the layer that is lit, what is drawn beside the table, and what it says."""

    def add(self, layer: Layer, says: str, title: str, *parts: Text | str, product: str = "") -> None:
        """One layer more, shown in one step.

        Args:
            layer: comes after those that are there.
            says: the step; how many parameters there are up to here is added.
            title: stands above the drawing.
            parts: of the drawing, from top to bottom.
            product: how the parameters are counted, if there are any.
        """
        self.layers.append(layer)
        counted = f"Parameters: {product} = {layer.parameters:,}" if product else "No parameters"
        self.more(f"{says} {counted}; {self.total:,} so far.", title, *parts)

    def more(self, says: str, title: str, *parts: Text | str) -> None:
        """One step more in the last layer."""
        self.steps.append((len(self.layers) - 1, _stacked(title, *parts), says))

    @property
    def total(self) -> int:
        """Parameters of all layers."""
        return sum(layer.parameters for layer in self.layers)

    def shares(self) -> None:
        """The last step: which layer has how many of the parameters."""
        heavy = [layer for layer in self.layers if layer.parameters]
        names = max(len(layer.name) for layer in heavy)
        digits = max(len(f"{layer.parameters:,}") for layer in heavy)
        most = max(layer.parameters for layer in heavy)
        lines = []
        for layer in heavy:
            share = f"{100 * layer.parameters / self.total:.1f} %"
            lines.append(f"{layer.name:<{names}}  {layer.parameters:>{digits},}  {share:>7}")
            lines.append(" " * 2 + ("█" * round(24 * layer.parameters / most) or "▏"))
        largest = next(layer for layer in heavy if layer.parameters == most)
        sums = " + ".join(f"{layer.parameters:,}" for layer in heavy)
        says = f"In all {sums} = {self.total:,} parameters; the largest share, {most:,}, is that of {largest.name}."
        self.more(says, "who has the parameters", "\n".join(lines))

    def frames(self) -> tuple[Frame, ...]:
        """The table of layers and, beside it, what happens in the lit one; nothing moves from frame to frame."""
        width = max(block.width for _, block, _ in self.steps)
        height = max(len(block.lines) for _, block, _ in self.steps)
        return tuple(
            Frame((self._table(number, last=step == len(self.steps) - 1), _padded(block, width, height)), says)
            for step, (number, block, says) in enumerate(self.steps)
        )

    def _table(self, lit: int, last: bool) -> Block:
        """Layers, shapes and parameters; what comes after the lit layer is not known yet."""
        pad = max((len(layer.name) for layer in self.layers if layer.detail), default=0) + 1
        width = max(len(_named(layer, pad)) for layer in self.layers)
        shapes = max(len(layer.shape_text) for layer in self.layers)
        counts = max(len(f"{self.total:,}"), len("shape parameters") - shapes - 1)
        body = Text()
        for number, layer in enumerate(self.layers):
            is_lit, is_known = number == lit and not last, number <= lit
            name, result = ("bold yellow", "bold green") if is_lit else ("", "") if is_known else ("dim", "dim")
            # What comes in is no layer: nothing is counted.
            count = f"{layer.parameters:,}" if number else ""
            shape, count = (layer.shape_text, count) if is_known else (NOT_YET, NOT_YET)
            body.append(f"{'▶' if is_lit else ' '} {_named(layer, pad, is_known):<{width}}  ", name)
            body.append(f"{shape:<{shapes}} {count:>{counts}}\n", result)
        known = sum(layer.parameters for layer in self.layers[: lit + 1])
        label = f"{'▶' if last else ' '} {'in all' if last else 'so far'}"
        body.append(f"{label:<{width + shapes + 5}}{known:>{counts},}", "bold green" if last else "bold")
        head = f"  {'layer':<{width}}  shape"
        return Block(head + "parameters".rjust(width + shapes + counts + 5 - len(head)), body)


def _named(layer: Layer, pad: int, is_known: bool = True) -> str:
    detail = layer.detail if is_known or not layer.until else layer.until
    return f"{layer.name:<{pad}}{detail}" if detail else layer.name


# LeNet


def draw_lenet(input: Pair, channels: int, classes: int) -> Picture:  # noqa: A002 - the field's word
    """LeNet for N images (channels, rows, columns).

    Raises:
        PictureError: a layer has no output.
    """
    net = _Network()
    longest = max(input)
    shape: tuple[int, ...] = (channels, *input)
    net.add(
        Layer("image", "", shape),
        f"N images arrive, each of {_counted(channels, 'channel')}, {_counted(input[0], 'row')} and "
        f"{_counted(input[1], 'column')}: {_product(shape)} numbers.",
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
        _linear(net, f"linear{number}", shape[0], out, known=number > 1, last=number == 3)
        shape = (out,)
        if number < 3:
            _relu(net, f"linear{number}", shape, longest)
    net.shares()
    title = f"LeNet: image {channels}×{input[0]}×{input[1]}, {_counted(classes, 'class', 'classes')}, "
    return Picture(f"{title}{net.total:,} parameters", net.frames())


def _conv(net: _Network, name: str, before: tuple[int, ...], out: int, padding: int, longest: int) -> tuple[int, ...]:
    """A convolution of 5×5 with stride 1; gives the shape after it."""
    channels, *size = before
    sums, after = _positions(name, (size[0], size[1]), 5, padding, 1)
    product = f"{out}·({channels}·5·5 + 1)"
    layer = Layer(name, f"{channels} → {out}, 5×5", (out, *after), out * (channels * 5 * 5 + 1))
    net.add(
        layer,
        f"{name}: {out} filters of {_counted(channels, 'channel')} × 5×5, padding {padding}, stride 1. "
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


def _max_pool(net: _Network, which: str, before: tuple[int, ...], longest: int) -> tuple[int, ...]:
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


def _relu(net: _Network, where: str, shape: tuple[int, ...], longest: int) -> None:
    """ReLU, which leaves the shape as it is."""
    is_row = len(shape) == 1
    layer = Layer("ReLU", "", shape)
    net.add(
        layer,
        f"ReLU after {where}: max(t, 0) of each of the {_product(shape)} numbers t; the shape stays "
        f"{layer.shape_text}.",
        f"ReLU after {where}",
        *((_dots(shape[0]), "  │", "  ▼", _dots(shape[0])) if is_row else _arrow(shape, shape, longest)),
        "",
        "each number t → max(t, 0)",
        "   3 → 3",
        "  −2 → 0",
        "",
        f"{_product(shape)} numbers" if is_row else _product(shape),
        "0 parameters",
    )


def _flatten(net: _Network, before: tuple[int, ...], longest: int) -> tuple[int, ...]:
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
        _dots(layer.shape[0]),
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


# TextCNN

WORDS = ("a", "not", "good", "film", "with", "good", "music", "and", "a", "good", "end", "too")
IDS = {"a": 0, "good": 1, "film": 2, "not": 3, "with": 4, "music": 5, "and": 6, "end": 7, "too": 8}
EMBEDDING = {
    "a": [0, 1],
    "not": [2, 0],
    "good": [1, 3],
    "film": [0, 1],
    "with": [1, 0],
    "music": [2, 1],
    "and": [0, 0],
    "end": [3, 1],
    "too": [1, 2],
}
"""The first two numbers of a word; those of the first four words are the lesson's."""

COLUMNS = 2
"""So many of the d columns are drawn; the drawn filters have the weight 0 in all others."""
FILTERS = 3
"""So many of the filters have numbers."""
DROPOUT = 0.5
"""As by default in exercise 9."""

WIDE = 999
"""Columns enough for any blocks to lie side by side."""


def draw_textcnn(
    words: int,
    embedding: int,
    kernel_sizes: tuple[int, ...],
    filters: int,
    classes: int,
    vocabulary: int,
) -> Picture:
    """TextCNN for N sentences of so many words, with the numbers of one sentence and of the first filters.

    Raises:
        PictureError: a kernel covers more words than there are.
    """
    for k in kernel_sizes:
        if k > words:
            raise PictureError(
                f"conv k={k} has no output: its kernel covers {k} words, and the sentence has {words}",
                "Choose more words, or smaller kernels.",
            )
    net = _Network()
    _lookup(net, words, embedding, vocabulary)
    features = [
        _branch(net, sentence_table(words, embedding), embedding, k, filters, steps=number == 0)
        for number, k in enumerate(kernel_sizes)
    ]
    _join(net, kernel_sizes, filters, features)
    _linear(net, "linear", len(kernel_sizes) * filters, classes, known=False, last=True)
    net.shares()
    title = f"TextCNN: {_counted(words, 'word')}, d = {embedding}, kernel sizes {', '.join(map(str, kernel_sizes))}, "
    title += f"{_counted(filters, 'filter')} each, {_counted(classes, 'class', 'classes')}"
    return Picture(title, net.frames())


def sentence_table(words: int, embedding: int) -> Table:
    """The drawn columns of the embedding, (words, at most COLUMNS)."""
    return [EMBEDDING[word][:embedding] for word in WORDS[:words]]


def filter_of(k: int, number: int, columns: int) -> tuple[Table, int]:
    """Weights (k, columns) and bias of a drawn filter, numbered from 1: small whole numbers, always the same ones.

    The first one fires at "not good" and what follows; with k = 2 it is the lesson's.
    """
    if number == 1:
        rows, bias = ([[1, 0], [0, 1]], -2) if k == 2 else ([[1, -1], [0, 1], *([[-1, 0], [0, 1]] * k)][:k], -1)
    else:
        rng = random.Random(260 + 10 * k + number)
        rows, bias = [[rng.randint(-1, 1) for _ in range(COLUMNS)] for _ in range(k)], rng.randint(0, 2)
    return [row[:columns] for row in rows], bias


def answers(sentence: Table, weights: Table, bias: int) -> list[int]:
    """What a filter gives at each position, before ReLU: (words − k + 1,)."""
    k = len(weights)
    return [
        sum(x * w for xs, ws in zip(sentence[at : at + k], weights, strict=True) for x, w in zip(xs, ws, strict=True))
        + bias
        for at in range(len(sentence) - k + 1)
    ]


def _lookup(net: _Network, words: int, d: int, vocabulary: int) -> None:
    """From words to token ids, to rows of the embedding, to the columns that ``nn.Conv1d`` wants."""
    spoken = WORDS[:words]
    widths = max(map(len, spoken))
    ids = [f"{word:<{widths}}  {IDS[word]:>2}" for word in spoken]
    shape_says = f"the shape is [N, {words}]"
    net.add(
        Layer("words", "", (words,)),
        f"A sentence of {_counted(words, 'word')}, each with its token id: "
        f"{', '.join(f'{word} {IDS[word]}' for word in spoken)}; {shape_says}.",
        f"{'word':<{widths}}  id",
        "\n".join(ids),
        "",
        f"{_counted(vocabulary, 'word')} are known:",
        f"ids from 0 to {vocabulary - 1:,}",
    )
    table = sentence_table(words, d)
    rows = grid("", table, now=_cells(table), side=[f"{line} → " for line in ids])
    product = f"{vocabulary:,}·{d:,}"
    net.add(
        Layer("embedding", f"{vocabulary} × {d}", (words, d), vocabulary * d),
        f"Each id is looked up in a table of {vocabulary:,} rows with {_counted(d, 'number')} each; "
        f"{', '.join(f'{word} gives {_row(row, d)}' for word, row in zip(spoken, table, strict=True))}. "
        f"The shape is [N, {words}, {d}].",
        f"{'word':<{widths}}  id   row of the table",
        rows.body,
        *_undrawn(d),
        "",
        "a row for each known word",
        f"{product} = {vocabulary * d:,}",
        product=product,
    )
    turned = [[row[c] for row in table] for c in range(len(table[0]))]
    fits = 8
    across = grid(
        "", [row[:fits] for row in turned], now=_cells(turned), side=[f"d {c + 1} " for c in range(len(turned))]
    )
    body = Text("\n").join(line + Text(" …" if words > fits else "") for line in across.body.split("\n"))
    net.add(
        Layer("transpose", "", (d, words)),
        f"Rows and columns change places: [N, {words}, {d}] becomes [N, {d}, {words}], and its first row is "
        f"{_list(turned[0])}. So the {_counted(d, 'number')} of a word {'are' if d > 1 else 'is'} the "
        f"{'channels' if d > 1 else 'channel'} of Conv1d.",
        "transpose",
        grid("", table, under=_cells(table), side=[f"{word:<{widths}} " for word in spoken]).body,
        "",
        body,
        *_undrawn(d),
        f"d = {_counted(d, 'channel')} for Conv1d",
    )


def _undrawn(d: int) -> list[str]:
    if d <= COLUMNS:
        return []
    return [f"({_others(d)} not drawn)"]


def _others(d: int) -> str:
    """The columns that are not drawn."""
    return f"column {d}" if d == COLUMNS + 1 else f"columns {COLUMNS + 1} to {d}"


def _row(row: list[int], d: int) -> str:
    return f"[{', '.join(map(str, row))}{', …' if d > COLUMNS else ''}]"


def _branch(net: _Network, sentence: Table, d: int, k: int, filters: int, steps: bool) -> list[int]:
    """Convolution, ReLU and max over time for one kernel size.

    Args:
        net: gets the layers.
        sentence: the drawn columns, (words, columns).
        d: numbers of a word.
        k: words that the kernel covers.
        filters: how many of this size.
        steps: whether the first filter goes from position to position.

    Returns:
        The features of the drawn filters.
    """
    columns = len(sentence[0])
    words = len(sentence)
    shown = [filter_of(k, number, columns) for number in range(1, min(filters, FILTERS) + 1)]
    given = [answers(sentence, weights, bias) for weights, bias in shown]
    weights, bias = shown[0]
    positions = len(given[0])
    width = max(widest(given), 2)

    def tables(until: int, at: int | None) -> Text:
        """Sentence, filter 1 and its output, of which the first numbers are there."""
        weighted = grid("filter 1", weights, width=2)
        under = [(r, c) for r in range(at, at + k) for c in range(columns)] if at is not None else []
        side = [f"{word:<{max(map(len, WORDS[:words]))}} " for word in WORDS[:words]]
        output = [[value if number < until else None] for number, value in enumerate(given[0])]
        now = [(at, 0)] if at is not None else [(r, 0) for r in range(until)]
        blocks = (
            grid("sentence", sentence, under=under, side=side),
            Block(weighted.title, weighted.body + Text(f"\nbias {in_digits(bias)}")),
            grid("output", output, now=now, width=width),
        )
        return Frame(blocks, "").drawing(WIDE)

    product = f"{filters:,}·({d:,}·{k} + 1)"
    count = filters * (d * k + 1)
    layer = Layer(f"conv k={k}", f"{d} → {filters}", (filters, positions), count)
    says = f"conv k={k}: each of the {filters:,} filters covers {_counted(k, 'word')}, so it has "
    says += f"{words} − {k} + 1 = {_counted(positions, 'position')}; the shape is {layer.shape_text}."
    says = says.replace("each of the 1 filters", "the one filter")
    net.add(
        layer,
        says if steps else f"{says} {_described(weights, bias)} gives {_list(given[0])}.",
        f"conv k={k}: filter 1 of {filters:,}",
        tables(0 if steps else positions, None),
        *([f"({_others(d)}: weight 0)"] if d > COLUMNS else []),
        "",
        f"L − k + 1 = {words} − {k} + 1 = {positions}",
        "F·(d·k + 1) parameters",
        f"{product} = {count:,}",
        product=product,
    )
    for at in range(positions if steps else 0):
        lines = [
            f"{'+ ' if i else '  '}{' + '.join(f'{x}·{signed(w)}' for x, w in zip(xs, ws, strict=True))}"
            for i, (xs, ws) in enumerate(zip(sentence[at : at + k], weights, strict=True))
        ]
        longest = max(map(len, [*lines, f"+ {signed(bias)}"]))
        together = f"{' '.join(lines).strip()} + {signed(bias)} = {in_digits(given[0][at])}"
        lines = [f"{line:<{longest}}   {word}" for line, word in zip(lines, WORDS[at : at + k], strict=True)]
        net.more(
            f"Filter 1 at position {at + 1}, on “{' '.join(WORDS[at : at + k])}”: {together}; {in_digits(bias)} is the "
            "bias.",
            f"conv k={k}: filter 1 of {filters:,}",
            tables(at + 1, at),
            "",
            *lines,
            f"+ {signed(bias)}".ljust(longest) + "   bias",
            f"= {in_digits(given[0][at])}",
        )
    after = [[max(value, 0) for value in row] for row in given]
    _relu_then_max(net, layer, k, given, after, width)
    return [max(row) for row in after]


def _described(weights: Table, bias: int) -> str:
    rows = ", ".join(f"[{_list(row)}]" for row in weights)
    return f"Filter 1, with the weights {rows} and the bias {in_digits(bias)},"


def _relu_then_max(net: _Network, conv: Layer, k: int, given: Table, after: Table, width: int) -> None:
    """ReLU and max over time of the drawn filters, (filters, positions) each."""
    filters, positions = conv.shape
    side = [f"{at + 1:<4}" for at in range(positions)]
    head = [str(number) for number in range(1, len(given) + 1)]
    note = [
        f"rows: positions 1 to {positions}" if positions > 1 else "row: the only position",
        f"columns: filters 1 to {len(given)} of {filters:,}" if len(given) > 1 else "column: filter 1",
    ]
    rows, results = ([list(row) for row in zip(*table, strict=True)] for table in (given, after))
    cut = [(r, c) for r, row in enumerate(rows) for c, value in enumerate(row) if value < 0]
    net.add(
        Layer("ReLU", "", conv.shape),
        f"ReLU for k={k}: numbers below 0 become 0. Filter 1: {_list(given[0])} become {_list(after[0])}; the shape "
        f"stays {conv.shape_text}.",
        f"ReLU, k={k}: max(t, 0)",
        *note,
        "",
        Frame(
            (
                grid("before", rows, under=cut, width=width, side=side, head=head),
                grid("after", results, now=cut, width=width, head=head),
            ),
            "",
        ).drawing(WIDE),
    )
    best = [max(row) for row in after]
    where = [row.index(value) for row, value in zip(after, best, strict=True)]
    phrase = " ".join(WORDS[where[0] : where[0] + k])
    others = " and ".join(f"filter {number} keeps {value}" for number, value in enumerate(best[1:], start=2))
    at = f"at position {where[0] + 1}, on “{phrase}”" if best[0] else "it found nothing"
    net.add(
        Layer("max over time", "", (filters,)),
        f"Max over time for k={k}: each filter keeps the largest of its {_counted(positions, 'number')}. Filter 1: "
        f"max({_list(after[0])}) = {best[0]}, {at}{f'; {others}' if others else ''}. The shape is [N, {filters}].",
        f"max over time, k={k}",
        *note,
        "",
        grid("", results, under=[(r, c) for c, r in enumerate(where)], width=width, side=side, head=head).body,
        Text(" " * 4 + "─" * ((width + 2) * len(best)), "dim"),
        grid("", [best], now=_cells([best]), width=width, side=["max "]).body,
        "",
        "filter 1:",
        f"max({_list(after[0])})",
        f"= {best[0]}" + (f"   {phrase}" if best[0] else "   (found nothing)"),
    )


def _join(net: _Network, kernel_sizes: tuple[int, ...], filters: int, features: Table) -> None:
    """Concatenation and dropout of the features, (kernel sizes, drawn filters)."""
    every = len(kernel_sizes) * filters
    sizes = len(str(max(kernel_sizes)))
    side = [f"k={k:<{sizes}} " for k in kernel_sizes]
    ends = list(accumulate([filters] * len(kernel_sizes)))
    places = [f"{end - filters + 1} to {end}" if filters > 1 else str(end) for end in ends]
    more = ", …" if filters > FILTERS else ""
    gap = "… " if more else ""
    product = f"{len(kernel_sizes)}·{filters:,} = {every:,}"
    width = widest([[2 * value for value in row] for row in features])
    written = "; ".join(
        f"k={k} at {place} ({_list(row)}{more})" for k, place, row in zip(kernel_sizes, places, features, strict=True)
    )
    net.add(
        Layer("concatenate", "", (every,)),
        f"The features of all sizes are written one after the other: {written}. {product} numbers; the shape is "
        f"[N, {every}].",
        "concatenate",
        Frame(
            (
                grid("features", features, now=_cells(features), width=width, side=side),
                Block(" " * len(gap) + "places", Text("\n".join(gap + place for place in places))),
            ),
            "",
        ).drawing(WIDE),
        "",
        product,
    )
    rng = random.Random(2)
    kept = [[rng.random() >= DROPOUT for _ in row] for row in features]
    dropped = [
        [2 * value if keep else 0 for value, keep in zip(*rows, strict=True)]
        for rows in zip(features, kept, strict=True)
    ]
    example = "; ".join(
        f"of k={k}, ({_list(one)}{more}) may become ({_list(other)}{more})"
        for k, one, other in zip(kernel_sizes, features, dropped, strict=True)
    )
    gone = [(r, c) for r, row in enumerate(kept) for c, keep in enumerate(row) if not keep]
    net.add(
        Layer("dropout", "", (every,)),
        f"Dropout with p = {DROPOUT}: in train mode each number becomes 0 with this probability and the others are "
        f"multiplied by 1/(1 − {DROPOUT}) = 2: {example}. In eval mode all stay. The shape stays [N, {every}].",
        f"dropout, p = {DROPOUT}",
        grid("", features, width=width, side=side, under=gone).body,
        "│ train mode, for example:",
        f"▼ [ ] → 0, others · 1/(1 − {DROPOUT})",
        grid("", dropped, width=width, side=side, now=_cells(dropped)).body,
        "",
        "eval mode: all stay",
    )


# Both


def _linear(net: _Network, name: str, into: int, out: int, *, known: bool, last: bool) -> None:
    """A linear layer; whether the number of inputs is known before, and whether its outputs are the logits."""
    count = out * (into + 1)
    product = f"{out:,}·({into:,} + 1)"
    each = f"each of the {out:,} outputs has a weight for each of the {into:,} inputs and a bias"
    each = each.replace("each of the 1 outputs", "the one output").replace("each of the 1 inputs", "the one input")
    net.add(
        Layer(name, f"{into} → {out}", (out,), count, "" if known else f"? → {out}"),
        f"{name}: {each}; the shape is [N, {out}]{', the logits' if last else ''}.",
        f"{name}: {into:,} → {out:,}",
        f"{_dots(into)}",
        f"{into:,} in",
        "  │ each output sees",
        "  ▼ every input",
        f"{_dots(out)}",
        f"{out:,} out" + (": the logits" if last else ""),
        "",
        "out·(in + 1) parameters",
        f"{product} = {count:,}",
        product=product,
    )


def _dots(n: int) -> str:
    return " ".join("○" * n) if n <= 10 else "○ ○ ○ ○ ○ ○ ○ … ○ ○"


def _stacked(title: str, *parts: Text | str) -> Block:
    """A block of lines and of what is drawn already, from top to bottom."""
    return Block(title, Text("\n").join(Text(part) if isinstance(part, str) else part for part in parts))


def _padded(block: Block, width: int, height: int) -> Block:
    """The same block in so many columns and lines."""
    body = block.body.copy()
    body.append("\n" * (height - len(block.lines)))
    return Block(block.title, body, width)


def _cells(table: Sequence[Sequence[int]]) -> list[Pair]:
    return [(r, c) for r, row in enumerate(table) for c in range(len(row))]


def _list(numbers: Sequence[int]) -> str:
    return ", ".join(in_digits(number) for number in numbers)


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


def _counted(n: int, one: str, many: str = "") -> str:
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def _kernel_sizes(text: str) -> tuple[int, ...]:
    """Reads one to five whole numbers, as ``3,4,5``, ``3 4 5`` or ``(3, 4, 5)``."""
    if not re.fullmatch(r"\s*[(\[]?\s*\d{1,6}(?:(?:\s*,\s*|\s+)\d{1,6})*\s*,?\s*[)\]]?\s*", text):
        raise ValueError("kernel sizes with commas between them")
    sizes = tuple(int(number) for number in re.findall(r"\d+", text))
    if len(sizes) > 5 or not all(1 <= size <= len(WORDS) for size in sizes):
        raise ValueError(f"one to five kernel sizes, each from 1 to {len(WORDS)}")
    return sizes


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

TEXTCNN = Kind(
    "textcnn",
    "TextCNN layer by layer: a sentence becomes rows of numbers, filters slide over it, each keeps its maximum",
    (
        Setting("words", "words in the sentence, L", "7", whole(1, len(WORDS))),
        Setting("embedding", "numbers for each word, d", "2", whole(1, 1024)),
        Setting("kernel_sizes", "words that a kernel covers, by size", "3,4,5", _kernel_sizes),
        Setting("filters", "kernels of each size, F", "100", whole(1, 1000)),
        Setting("classes", "how many logits come out", "2", whole(1, 1000)),
        Setting("vocabulary", "words that are known", "1000", whole(len(IDS), 100_000)),
    ),
    draw_textcnn,
)
