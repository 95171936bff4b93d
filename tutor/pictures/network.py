"""A network layer by layer: the shape after each layer, and its parameters, in a table beside what is drawn of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from rich.text import Text

from tutor.pictures.grid import NOT_YET
from tutor.pictures.picture import Block, Frame


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
class Network:
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
        self.steps.append((len(self.layers) - 1, stacked(title, *parts), says))

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


def linear(net: Network, name: str, into: int, out: int, *, known: bool, last: bool) -> None:
    """A linear layer; whether the number of inputs is known before, and whether its outputs are the logits."""
    count = out * (into + 1)
    product = f"{out:,}·({into:,} + 1)"
    each = f"each of the {out:,} outputs has a weight for each of the {into:,} inputs and a bias"
    each = each.replace("each of the 1 outputs", "the one output").replace("each of the 1 inputs", "the one input")
    net.add(
        Layer(name, f"{into} → {out}", (out,), count, "" if known else f"? → {out}"),
        f"{name}: {each}; the shape is [N, {out}]{', the logits' if last else ''}.",
        f"{name}: {into:,} → {out:,}",
        f"{dots(into)}",
        f"{into:,} in",
        "  │ each output sees",
        "  ▼ every input",
        f"{dots(out)}",
        f"{out:,} out" + (": the logits" if last else ""),
        "",
        "out·(in + 1) parameters",
        f"{product} = {count:,}",
        product=product,
    )


def dots(n: int) -> str:
    """A row of units; of many, the first and the last."""
    return " ".join("○" * n) if n <= 10 else "○ ○ ○ ○ ○ ○ ○ … ○ ○"


def stacked(title: str, *parts: Text | str) -> Block:
    """A block of lines and of what is drawn already, from top to bottom."""
    return Block(title, Text("\n").join(Text(part) if isinstance(part, str) else part for part in parts))


def _padded(block: Block, width: int, height: int) -> Block:
    """The same block in so many columns and lines."""
    body = block.body.copy()
    body.append("\n" * (height - len(block.lines)))
    return Block(block.title, body, width)
