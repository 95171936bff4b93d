"""What was seen in the networks beside their curves: their layers, what they confuse, where they are most wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.widgets import Static

from tutor.draw.confusion import ConfusionMatrices
from tutor.draw.layer_table import LayerTable
from tutor.draw.worst_digits import WorstDigits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import ConsoleRenderable
    from textual.app import ComposeResult

    from tutor.draw.inspected import Inspected

DRAWN: dict[str, tuple[str, Callable[[Sequence[Inspected]], ConsoleRenderable]]] = {
    "layers": ("What a batch does in each layer", LayerTable),
    "confusion": ("What is taken for what", ConfusionMatrices),
    "digits": ("The digits on which they are most wrong", WorstDigits),
}


class InspectionPane(VerticalScroll):
    """One of these pictures, of all networks."""

    def __init__(self) -> None:
        super().__init__(id="inspection", classes="pane")
        self._shown: tuple[str, Sequence[Inspected]] | None = None

    def compose(self) -> ComposeResult:
        """The picture."""
        yield Static("", id="inspected")

    def show(self, view: str, networks: Sequence[Inspected]) -> None:
        """Draw what was seen until now; the same again is not drawn anew."""
        if (view, networks) == self._shown:
            return
        if self._shown is None or view != self._shown[0]:
            self.scroll_home(animate=False)
        self._shown = (view, networks)
        self.border_title, picture = DRAWN[view]
        self.query_one("#inspected", Static).update(picture(networks))
