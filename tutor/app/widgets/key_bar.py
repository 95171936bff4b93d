"""The keys of the place, on the last line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Footer

if TYPE_CHECKING:
    from textual.screen import Screen


class KeyBar(Footer):
    """A footer that is built anew only when it would show something else.

    Textual's own is built anew at every move of the focus, and the whole screen laid out with it.
    """

    def __init__(self) -> None:
        super().__init__(compact=True)
        self._keys: list[tuple[str, str, bool]] | None = None

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Take in the keys that do something now."""
        active = screen.active_bindings.values()
        keys = [(binding.key, binding.description, enabled) for _, binding, enabled, _ in active if binding.show]
        if keys != self._keys and screen.app.app_focus:
            self._keys = keys
            super().bindings_changed(screen)
