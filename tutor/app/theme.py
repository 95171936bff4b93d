"""The app's own two themes; all of Textual's are there as well, in the palette."""

from __future__ import annotations

from rich.color import parse_rgb_hex
from rich.terminal_theme import TerminalTheme
from textual.theme import Theme

DARK = Theme(
    name="cnn-dark",
    primary="#7ab8f5",
    secondary="#8d9bb0",
    accent="#f0b268",
    success="#86cf94",
    warning="#e6c56f",
    error="#f28b82",
    foreground="#d8dee8",
    background="#12161d",
    surface="#181e27",
    panel="#222a36",
    dark=True,
    variables={
        "border-blurred": "#3a4656",
        "footer-key-foreground": "#f0b268",
        "block-cursor-background": "#274a70",
        "block-cursor-foreground": "#ffffff",
        "scrollbar": "#3a4656",
        "scrollbar-hover": "#56667c",
        "scrollbar-active": "#7ab8f5",
        "scrollbar-background": "#12161d",
        "scrollbar-background-hover": "#12161d",
        "scrollbar-background-active": "#12161d",
    },
)

LIGHT = Theme(
    name="cnn-light",
    primary="#1d5fa6",
    secondary="#5d6a7c",
    accent="#a4540c",
    success="#256d3a",
    warning="#7d5a00",
    error="#b3261e",
    foreground="#222831",
    background="#f6f6f2",
    surface="#fdfdfb",
    panel="#e7e7e0",
    dark=False,
    variables={
        "border-blurred": "#c3c6c9",
        "footer-key-foreground": "#a4540c",
        "block-cursor-background": "#cfe0f3",
        "block-cursor-foreground": "#10233a",
        "scrollbar": "#c3c6c9",
        "scrollbar-hover": "#9aa2ab",
        "scrollbar-active": "#1d5fa6",
        "scrollbar-background": "#f6f6f2",
        "scrollbar-background-hover": "#f6f6f2",
        "scrollbar-background-active": "#f6f6f2",
    },
)


def terminal_colours(theme: Theme) -> TerminalTheme | None:
    """What the sixteen colours that our pictures are drawn in look like in a theme; None where that is unknown.

    The pictures are the command line's too, and know no theme.
    """
    names = (
        *(theme.background, theme.foreground, theme.surface, theme.error, theme.success),
        *(theme.warning, theme.primary, theme.accent, theme.secondary, theme.foreground),
    )
    known = [_rgb(name) for name in names if name and len(name) == len("#rrggbb") and name.startswith("#")]
    if len(known) < len(names):
        return None
    background, foreground, *colours = known
    return TerminalTheme(background, foreground, colours, colours)


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = parse_rgb_hex(colour.removeprefix("#"))
    return red, green, blue
