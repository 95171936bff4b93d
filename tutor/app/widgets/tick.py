"""A box to tick: told by its sign, not by its colour alone, and deaf to Enter, which is the form's."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.visual import VisualType


class Tick(Static, can_focus=True):
    """Something that is wanted or not. Posts :class:`Changed`.

    Args:
        label: what it is.
    """

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "tick", "Tick", show=False)]

    class Changed(Message):
        """It was ticked, or is not any more."""

    ticked: reactive[bool] = reactive(False, init=False)

    def __init__(self, label: str, *, name: str) -> None:
        super().__init__(markup=False, name=name)
        self._label = label

    def render(self) -> VisualType:
        """The box and its label."""
        return f"[{'✓' if self.ticked else ' '}] {self._label}"

    def watch_ticked(self) -> None:
        """Tell whose form it is."""
        self.post_message(self.Changed())

    def action_tick(self) -> None:
        """Tick it, or take the tick away."""
        self.ticked = not self.ticked

    def on_click(self) -> None:
        """As with the keys."""
        self.action_tick()
