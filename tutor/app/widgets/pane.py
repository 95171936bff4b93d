"""A framed part of a screen, whose frame shows whether one types in it."""

from __future__ import annotations

from textual.containers import Vertical


class Pane(Vertical):
    """A pane with something in it that can have the focus."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id, classes="pane")

    # A rule for `:focus-within` would do the same, but restyles all that is in the pane at every move of the focus.
    def on_descendant_focus(self) -> None:
        """Light the frame."""
        self.add_class("-focused")

    def on_descendant_blur(self) -> None:
        """Put the light out, unless the focus has only moved."""
        self.set_class(self.has_focus_within, "-focused")
