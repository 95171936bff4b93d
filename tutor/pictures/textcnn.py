"""TextCNN (exercise 9) layer by layer: that of Kim (2014, arXiv:1408.5882); shapes and counts are PyTorch's."""

from __future__ import annotations

import random
import re
from itertools import accumulate
from typing import TYPE_CHECKING

from rich.text import Text

from tutor.pictures.grid import counted, grid, in_digits, signed, widest
from tutor.pictures.network import Layer, Network, linear
from tutor.pictures.picture import Block, Frame, Kind, Picture, PictureError, Setting, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.pictures.picture import Pair


Table = list[list[int]]


MAPS: Pair = (6, 12)
"""Lines and columns of the largest stack."""


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
    net = Network()
    _lookup(net, words, embedding, vocabulary)
    features = [
        _branch(net, sentence_table(words, embedding), embedding, k, filters, steps=number == 0)
        for number, k in enumerate(kernel_sizes)
    ]
    _join(net, kernel_sizes, filters, features)
    linear(net, "linear", len(kernel_sizes) * filters, classes, known=False, last=True)
    net.shares()
    title = f"TextCNN: {counted(words, 'word')}, d = {embedding}, kernel sizes {', '.join(map(str, kernel_sizes))}, "
    title += f"{counted(filters, 'filter')} each, {counted(classes, 'class', 'classes')}"
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


def _lookup(net: Network, words: int, d: int, vocabulary: int) -> None:
    """From words to token ids, to rows of the embedding, to the columns that ``nn.Conv1d`` wants."""
    spoken = WORDS[:words]
    widths = max(map(len, spoken))
    ids = [f"{word:<{widths}}  {IDS[word]:>2}" for word in spoken]
    shape_says = f"the shape is [N, {words}]"
    net.add(
        Layer("words", "", (words,)),
        f"A sentence of {counted(words, 'word')}, each with its token id: "
        f"{', '.join(f'{word} {IDS[word]}' for word in spoken)}; {shape_says}.",
        f"{'word':<{widths}}  id",
        "\n".join(ids),
        "",
        f"{counted(vocabulary, 'word')} are known:",
        f"ids from 0 to {vocabulary - 1:,}",
    )
    table = sentence_table(words, d)
    rows = grid("", table, now=_cells(table), side=[f"{line} → " for line in ids])
    product = f"{vocabulary:,}·{d:,}"
    net.add(
        Layer("embedding", f"{vocabulary} × {d}", (words, d), vocabulary * d),
        f"Each id is looked up in a table of {vocabulary:,} rows with {counted(d, 'number')} each; "
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
        f"{_list(turned[0])}. So the {counted(d, 'number')} of a word {'are' if d > 1 else 'is'} the "
        f"{'channels' if d > 1 else 'channel'} of Conv1d.",
        "transpose",
        grid("", table, under=_cells(table), side=[f"{word:<{widths}} " for word in spoken]).body,
        "",
        body,
        *_undrawn(d),
        f"d = {counted(d, 'channel')} for Conv1d",
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


def _branch(net: Network, sentence: Table, d: int, k: int, filters: int, steps: bool) -> list[int]:
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
    says = f"conv k={k}: each of the {filters:,} filters covers {counted(k, 'word')}, so it has "
    says += f"{words} − {k} + 1 = {counted(positions, 'position')}; the shape is {layer.shape_text}."
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


def _relu_then_max(net: Network, conv: Layer, k: int, given: Table, after: Table, width: int) -> None:
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
        f"Max over time for k={k}: each filter keeps the largest of its {counted(positions, 'number')}. Filter 1: "
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


def _join(net: Network, kernel_sizes: tuple[int, ...], filters: int, features: Table) -> None:
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


def _cells(table: Sequence[Sequence[int]]) -> list[Pair]:
    return [(r, c) for r, row in enumerate(table) for c in range(len(row))]


def _list(numbers: Sequence[int]) -> str:
    return ", ".join(in_digits(number) for number in numbers)


def _kernel_sizes(text: str) -> tuple[int, ...]:
    """Reads one to five whole numbers, as ``3,4,5``, ``3 4 5`` or ``(3, 4, 5)``."""
    if not re.fullmatch(r"\s*[(\[]?\s*\d{1,6}(?:(?:\s*,\s*|\s+)\d{1,6})*\s*,?\s*[)\]]?\s*", text):
        raise ValueError("kernel sizes with commas between them")
    sizes = tuple(int(number) for number in re.findall(r"\d+", text))
    if len(sizes) > 5 or not all(1 <= size <= len(WORDS) for size in sizes):
        raise ValueError(f"one to five kernel sizes, each from 1 to {len(WORDS)}")
    return sizes


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
