"""Keys that a screen hears before whatever has the focus, an editor or a field."""

from __future__ import annotations

from textual.binding import Binding


def key_everywhere(place: str, key: str, action: str, name: str, tooltip: str, *, show: bool = True) -> Binding:
    """A key that works inside fields and editors too.

    Args:
        place: the screen it belongs to.
        name: what the footer calls it.
        tooltip: what it does, for the help and the palette.
        show: whether it stands in the footer.
    """
    display = key.upper() if key.startswith("f") else None
    return Binding(key, action, name, show, display, priority=True, tooltip=tooltip, id=f"{place}.{name.lower()}")
