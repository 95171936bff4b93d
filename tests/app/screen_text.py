"""The screen as text: what a person sees, and below it what is coloured to be seen."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from textual._compositor import LayoutUpdate
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rich.color import Color
    from rich.segment import Segment
    from textual.app import App

ROLES = ("error", "success", "warning")
"""The theme's colours that say something by themselves."""
SCROLLBAR = " ▁▂▃▄▅▆▇█"


def screen_text(app: App[int]) -> str:
    """The lines of the screen, without the blanks at their ends; below them, by line, what is coloured."""
    lines = _lines(app)
    shown = "".join(f"{strip.text.rstrip()}\n" for strip in lines)
    role = _role_in(app)
    coloured = "".join(
        f"{number:3}  {words}\n" for number, strip in enumerate(lines, 1) if (words := _coloured(strip, role))
    )
    return f"{shown}{'─' * app.size.width}\n{coloured}"


def _lines(app: App[int]) -> list[Strip]:
    # What Textual's own screenshots are made of; there is no public way to the cells.
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    assert isinstance(update, LayoutUpdate)
    return [Strip.join(strips) for strips in update.strips]


def _role_in(app: App[int]) -> Callable[[Segment], str]:
    variables = app.get_css_variables()
    # A style sheet's colours come a trifle off from the theme's own, which pictures and tables are drawn in.
    theme = {role: getattr(app.current_theme, role) for role in ROLES}
    names = {colour.lower(): role for role in ROLES for colour in (theme[role], variables[role])}
    cursor = variables["block-cursor-background"].lower()

    def role(segment: Segment) -> str:
        style = segment.style
        if style is None:
            return ""
        if style.reverse or _hex(style.bgcolor) == cursor:
            return "cursor"
        return names.get(_hex(style.color), "")

    return role


def _coloured(strip: Iterable[Segment], role: Callable[[Segment], str]) -> str:
    runs = ((name, "".join(segment.text for segment in run).strip(SCROLLBAR)) for name, run in groupby(strip, role))
    return "  ".join(f"{name} ‹{words}›" for name, words in runs if name and words)


def _hex(colour: Color | None) -> str:
    return colour.get_truecolor().hex.lower() if colour is not None else ""
