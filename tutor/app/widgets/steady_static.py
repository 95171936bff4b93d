"""Words that are drawn now and then, and seldom differ from those that stand there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Static

if TYPE_CHECKING:
    from textual.visual import VisualType


class SteadyStatic(Static):
    """Has the screen laid out anew only where its content is another."""

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Show this, unless it stands there."""
        if content != self.content:
            super().update(content, layout=layout)
