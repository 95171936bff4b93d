"""The questions: LeNet-5, and two small networks whose layers differ in all their numbers. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tutor.course import Blank

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

Pair = tuple[int, int]
"""Rows, columns."""

Layer = tuple[Any, ...]
"""("conv", channels out, kernel, padding, whether it has a bias), ("pool", kernel), or ("linear", out, bias)."""

SLIDES: dict[str, Any] = {
    "channels": 1,
    "size": (28, 28),
    "layers": [
        ("conv", 6, (5, 5), (2, 2), True),
        ("pool", (2, 2)),
        ("conv", 16, (5, 5), (0, 0), True),
        ("pool", (2, 2)),
        ("linear", 120, True),
        ("linear", 84, True),
        ("linear", 10, True),
    ],
}

MIN_EVIDENCE = 2
"""In how many numbers a mistake shows in one variant, so that the three questions make three at the least."""

CHANNELS = (4, 5, 6, 8, 10, 12, 16)
CLASSES = (2, 3, 5, 7, 10)


def variant(rng: random.Random) -> dict[str, Any]:
    """A network with one pooling; the second convolution has no bias."""

    def layers() -> list[Layer]:
        first, second = rng.sample(CHANNELS, 2)
        return [
            ("conv", first, _kernel(rng), _padding(rng), True),
            ("pool", (2, 2)),
            ("conv", second, _kernel(rng), (0, 0), False),
            ("linear", rng.choice(CLASSES), True),
        ]

    return _draw(rng, layers)


def last_variant(rng: random.Random) -> dict[str, Any]:
    """A larger network, with a rectangular pooling and two linear layers; two layers have no bias."""

    def layers() -> list[Layer]:
        first, second = rng.sample(CHANNELS, 2)
        return [
            ("conv", first, _kernel(rng), _padding(rng), False),
            ("pool", rng.choice(((2, 3), (3, 2)))),
            ("conv", second, _kernel(rng), (0, 0), True),
            ("pool", (2, 2)),
            ("linear", rng.choice((20, 24, 30, 32)), True),
            ("linear", rng.choice(CLASSES), False),
        ]

    return _draw(rng, layers)


def prompt(given: dict[str, Any]) -> str:
    """The question in words: the network, a line for each layer."""
    (m, n), channels = given["size"], given["channels"]
    name = "LeNet-5" if given["layers"] == SLIDES["layers"] else "A small network"
    lines = [f"{name}, on images with {channels} channel{'s' if channels > 1 else ''}, {m}×{n}:"]
    for number, layer in enumerate(_flow(given), start=1):
        if layer.is_first_linear:
            lines.append("     flatten")
            question = f"How many numbers arrive at layer {number} (flat)? How many weights and how many"
        lines.append(f"  {number}  {layer.in_words()}")
    return "\n".join([*lines, question, "biases has each layer, and how many parameters has the whole network?"])


def blanks(given: dict[str, Any]) -> list[Blank]:
    """The flattened size, two rows with a number for each layer, and the sum of all."""
    layers = len(given["layers"])
    return [
        Blank("flat", "numbers that arrive at the first linear layer", ()),
        Blank("weights", "weights of each layer", (layers,)),
        Blank("biases", "biases of each layer", (layers,)),
        Blank("total", "parameters of the whole network", ()),
    ]


def worked(given: dict[str, Any]) -> str:
    """The shape on its way through the network, then the parameters layer by layer, then their sum."""
    flow = _flow(given)
    (m, n) = given["size"]
    lines = ["**The size on the way**", "", f"- the image: {_shape(given['channels'], (m, n))}"]
    lines += [_worked_size(number, layer) for number, layer in enumerate(flow, start=1) if not layer.is_linear]
    first = _first_linear(flow)
    lines += [f"- flatten: {first.channels}·{first.size[0]}·{first.size[1]} = **{first.inputs}**"]
    lines += ["", "**Weights and biases**", ""]
    lines += [_worked_parameters(number, layer) for number, layer in enumerate(flow, start=1)]
    parts = [count for layer in flow for count in (_weights(layer), _biases(layer)) if count]
    lines += ["", "**Together**", "", f"{' + '.join(map(str, parts))}", f"= **{sum(parts)}**"]
    return "\n".join(lines)


def _worked_size(number: int, layer: _Layer) -> str:
    (m, n), (k, o), (p, q) = layer.size, layer.kernel, layer.padding
    if layer.kind == "pool":
        rows, columns = f"{m} // {k} = {layer.size_out[0]}", f"{n} // {o} = {layer.size_out[1]}"
    else:
        rows, columns = (
            f"{length}{f' + 2·{pad}' if pad else ''} − {kernel} + 1 = {out}"
            for length, pad, kernel, out in ((m, p, k, layer.size_out[0]), (n, q, o, layer.size_out[1]))
        )
    return f"- layer {number}, {layer.name}: {rows}; {columns}: {_shape(layer.outputs, layer.size_out)}"


def _worked_parameters(number: int, layer: _Layer) -> str:
    if layer.kind == "pool":
        return f"- layer {number}, {layer.name}: nothing to learn: **0** and **0**"
    if layer.kind == "conv":
        product = f"{layer.outputs}·{layer.channels}·{layer.kernel[0]}·{layer.kernel[1]}"
    else:
        product = f"{layer.outputs}·{layer.inputs}"
    biases = f"one for each output: **{layer.outputs}**" if layer.has_bias else "no bias: **0**"
    return f"- layer {number}, {layer.name}: {product} = **{_weights(layer)}** weights; {biases}"


def _shape(channels: int, size: Pair) -> str:
    return f"{channels} channel{'s' if channels > 1 else ''} of {size[0]}×{size[1]}"


# -- a network, layer by layer -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Layer:
    """One layer, with what arrives at it.

    Attributes:
        channels, size: what arrives; at a second linear layer the outputs of the first, and 1×1.
        outputs: channels, or numbers, that leave it.
        size_out: their size.
    """

    kind: str
    channels: int
    size: Pair
    outputs: int
    size_out: Pair
    kernel: Pair = (1, 1)
    padding: Pair = (0, 0)
    has_bias: bool = False
    is_first_linear: bool = False

    @property
    def is_linear(self) -> bool:
        return self.kind == "linear"

    @property
    def name(self) -> str:
        return "max pool" if self.kind == "pool" else self.kind

    @property
    def inputs(self) -> int:
        """How many numbers arrive."""
        return self.channels * self.size[0] * self.size[1]

    @property
    def area(self) -> int:
        """How many entries one slice of the kernel has."""
        return self.kernel[0] * self.kernel[1]

    def in_words(self) -> str:
        kernel = f"kernel {self.kernel[0]}×{self.kernel[1]}"
        bias = "bias" if self.has_bias else "no bias"
        if self.kind == "conv":
            padding = f"padding {self.padding}" if self.padding != (0, 0) else "no padding"
            return f"conv      {self.channels} → {self.outputs} channels, {kernel}, {padding}, {bias}"
        if self.kind == "pool":
            return f"max pool  {kernel}, stride {self.kernel}"
        return f"linear    {'?' if self.is_first_linear else self.inputs} → {self.outputs}, {bias}"


def _size_out(kind: str, size: Pair, kernel: Pair, padding: Pair) -> Pair:
    (m, n), (k, o), (p, q) = size, kernel, padding
    if kind == "pool":
        return m // k, n // o
    return m + 2 * p - k + 1, n + 2 * q - o + 1


def _flow(given: dict[str, Any], size_out: Callable[[str, Pair, Pair, Pair], Pair] = _size_out) -> tuple[_Layer, ...]:
    """The layers with what arrives at each; of another size where a mistake in the sizes is followed."""
    channels, size = given["channels"], given["size"]
    layers: list[_Layer] = []
    for kind, *numbers in given["layers"]:
        if kind == "conv":
            out, kernel, padding, has_bias = numbers
            size_there = size_out(kind, size, kernel, padding)
            layers.append(_Layer(kind, channels, size, out, size_there, kernel, padding, has_bias))
        elif kind == "pool":
            out, kernel = channels, numbers[0]
            size_there = size_out(kind, size, kernel, (0, 0))
            layers.append(_Layer(kind, channels, size, out, size_there, kernel))
        else:
            out, has_bias = numbers
            is_first = not any(layer.is_linear for layer in layers)
            size_there = (1, 1)
            layers.append(_Layer(kind, channels, size, out, size_there, has_bias=has_bias, is_first_linear=is_first))
        channels, size = out, size_there
    return tuple(layers)


def _weights(layer: _Layer) -> int:
    if layer.kind == "pool":
        return 0
    return layer.outputs * (layer.inputs if layer.is_linear else layer.channels * layer.area)


def _biases(layer: _Layer) -> int:
    return layer.outputs if layer.has_bias else 0


# -- drawing a question ------------------------------------------------------------------------------------------------


def _kernel(rng: random.Random) -> Pair:
    k, o = rng.sample(range(2, 6), 2)
    return k, o


def _padding(rng: random.Random) -> Pair:
    p, q = rng.sample(range(3), 2)
    return p, q


def _draw(rng: random.Random, layers: Callable[[], list[Layer]]) -> dict[str, Any]:
    while True:
        given = {
            "channels": rng.randint(2, 3),
            "size": tuple(rng.sample(range(12, 25), 2)),
            "layers": layers(),
        }
        if _is_valid(given) and _tells_mistakes_apart(given):
            return given


def _is_valid(given: dict[str, Any]) -> bool:
    """Whether the sizes stay large enough to flatten more than a row, and small enough to multiply by hand."""
    first = _first_linear(_flow(given))
    return min(first.size) >= 2 and first.inputs <= 800


def _tells_mistakes_apart(given: dict[str, Any]) -> bool:
    """Whether each mistake shows, and none gives the same numbers as another."""
    truth = _answers(_flow(given))
    seen = [truth]
    for least, answers in _mistaken(given):
        if sum(a != b for a, b in zip(answers, truth, strict=True)) < least or answers in seen:
            return False
        seen.append(answers)
    return True


# -- the ways to count, right and wrong --------------------------------------------------------------------------------


def _answers(
    flow: tuple[_Layer, ...],
    *,
    weights: Callable[[_Layer], int] = _weights,
    biases: Callable[[_Layer], int] = _biases,
    in_total: Callable[[int, int], int] = lambda weights, biases: weights + biases,
) -> list[int]:
    """All numbers of a question in a row."""
    w, b = [weights(layer) for layer in flow], [biases(layer) for layer in flow]
    return [_first_linear(flow).inputs, *w, *b, in_total(sum(w), sum(b))]


def _first_linear(flow: tuple[_Layer, ...]) -> _Layer:
    return next(layer for layer in flow if layer.is_first_linear)


def _with_flat(flow: tuple[_Layer, ...], flat: int) -> tuple[_Layer, ...]:
    """The network as one sees it who takes this many numbers to arrive at the first linear layer."""
    return tuple(replace(layer, channels=flat, size=(1, 1)) if layer.is_first_linear else layer for layer in flow)


def _mistaken(given: dict[str, Any]) -> Iterator[tuple[int, list[int]]]:
    """What each known mistake answers, and in how many numbers it is to show."""
    flow = _flow(given)

    def of_convs(count: Callable[[_Layer], int]) -> list[int]:
        return _answers(flow, weights=lambda layer: count(layer) if layer.kind == "conv" else _weights(layer))

    def of_biases(kinds: tuple[str, ...], count: Callable[[_Layer], int]) -> list[int]:
        return _answers(
            flow,
            biases=lambda layer: count(layer) if layer.kind in kinds and layer.has_bias else _biases(layer),
        )

    yield MIN_EVIDENCE, of_convs(lambda layer: layer.outputs * layer.area)
    yield MIN_EVIDENCE, of_convs(lambda layer: layer.channels * layer.area)
    yield MIN_EVIDENCE, of_convs(lambda layer: (layer.channels + layer.outputs) * layer.area)
    yield MIN_EVIDENCE, of_convs(lambda layer: layer.channels * layer.outputs * layer.kernel[0])
    yield MIN_EVIDENCE, of_convs(lambda layer: _weights(layer) * layer.size_out[0] * layer.size_out[1])
    yield MIN_EVIDENCE, of_convs(lambda layer: layer.outputs * layer.inputs)
    yield (
        MIN_EVIDENCE,
        _answers(flow, weights=lambda layer: layer.inputs + layer.outputs if layer.is_linear else _weights(layer)),
    )
    yield (
        MIN_EVIDENCE,
        _answers(flow, weights=lambda layer: layer.area if layer.kind == "pool" else _weights(layer)),
    )
    yield MIN_EVIDENCE, _answers(flow, biases=lambda layer: 0)  # noqa: ARG005
    yield MIN_EVIDENCE, of_biases(("conv",), lambda layer: layer.channels)
    yield MIN_EVIDENCE, of_biases(("conv",), lambda layer: layer.channels * layer.outputs)
    yield MIN_EVIDENCE, of_biases(("conv", "linear"), _weights)
    yield MIN_EVIDENCE, of_biases(("conv", "linear"), lambda layer: 1)  # noqa: ARG005
    yield MIN_EVIDENCE, of_biases(("linear",), lambda layer: layer.inputs)
    yield MIN_EVIDENCE, _answers(flow, biases=lambda layer: 0 if layer.kind == "pool" else layer.outputs)
    first = _first_linear(flow)
    wrong_sizes = (_pooling_ignored, _padding_ignored, _kernel_ignored)
    wrongly_flat = (_first_linear(_flow(given, wrong_size)).inputs for wrong_size in wrong_sizes)
    for flat in (first.size[0] * first.size[1], first.channels, *wrongly_flat):
        yield MIN_EVIDENCE, _answers(_with_flat(flow, flat))
    yield 1, _answers(flow, in_total=lambda weights, biases: weights)  # noqa: ARG005


def _pooling_ignored(kind: str, size: Pair, kernel: Pair, padding: Pair) -> Pair:
    return size if kind == "pool" else _size_out(kind, size, kernel, padding)


def _padding_ignored(kind: str, size: Pair, kernel: Pair, padding: Pair) -> Pair:  # noqa: ARG001
    return _size_out(kind, size, kernel, (0, 0))


def _kernel_ignored(kind: str, size: Pair, kernel: Pair, padding: Pair) -> Pair:
    return size if kind == "conv" else _size_out(kind, size, kernel, padding)
