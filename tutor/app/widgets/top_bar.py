"""The line above every screen: where one is, and how things stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.widgets import Label

if TYPE_CHECKING:
    from textual.app import ComposeResult


class TopBar(Horizontal):
    """Where one is, from the course down; on the right how things stand."""

    def __init__(self, *place: str, standing: str = "") -> None:
        super().__init__()
        self._place = place
        self._standing = standing

    def compose(self) -> ComposeResult:
        """Two labels."""
        *above, here = self._place
        yield Label("".join(f"[$secondary]{word} ›[/] " for word in above) + f"[b]{here}[/]", id="place")
        yield Label(self._standing, id="standing", markup=False)

    def set_standing(self, text: str) -> None:
        """Say how things stand."""
        self.query_one("#standing", Label).update(text)
