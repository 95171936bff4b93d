"""The app's own themes; all of Textual's are there as well, the terminal's own colours among them (``ansi-dark``)."""

from __future__ import annotations

from dataclasses import replace

from rich.color import parse_rgb_hex
from rich.terminal_theme import TerminalTheme
from textual.theme import BUILTIN_THEMES, Theme

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
    secondary="#556274",
    accent="#96490a",
    success="#256d3a",
    warning="#6f5000",
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


DARK_CONTRAST = Theme(
    name="cnn-contrast-dark",
    primary="#66d9ff",
    secondary="#d0d0d0",
    accent="#ffd75f",
    success="#5fff87",
    warning="#ffff5f",
    error="#ff9c9c",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#262626",
    dark=True,
    variables={
        "border-blurred": "#a8a8a8",
        "footer-key-foreground": "#ffd75f",
        "block-cursor-background": "#ffffff",
        "block-cursor-foreground": "#000000",
        "scrollbar": "#a8a8a8",
        "scrollbar-hover": "#ffffff",
        "scrollbar-active": "#ffffff",
        "scrollbar-background": "#000000",
        "scrollbar-background-hover": "#000000",
        "scrollbar-background-active": "#000000",
    },
)

LIGHT_CONTRAST = Theme(
    name="cnn-contrast-light",
    primary="#003a8c",
    secondary="#333333",
    accent="#6b2f00",
    success="#004d1a",
    warning="#5c3d00",
    error="#8b0000",
    foreground="#000000",
    background="#ffffff",
    surface="#ffffff",
    panel="#e6e6e6",
    dark=False,
    variables={
        "border-blurred": "#555555",
        "footer-key-foreground": "#6b2f00",
        "block-cursor-background": "#000000",
        "block-cursor-foreground": "#ffffff",
        "scrollbar": "#555555",
        "scrollbar-hover": "#000000",
        "scrollbar-active": "#000000",
        "scrollbar-background": "#ffffff",
        "scrollbar-background-hover": "#ffffff",
        "scrollbar-background-active": "#ffffff",
    },
)

OWN_THEMES = (DARK, LIGHT, DARK_CONTRAST, LIGHT_CONTRAST)


def _with_visible_borders(theme: Theme, colour: str) -> Theme:
    """Textual's themes of the terminal's own colours draw what has no focus as dark as the paper, or as bright."""
    return replace(theme, variables={**theme.variables, "border-blurred": colour})


TERMINAL_THEMES = (
    _with_visible_borders(BUILTIN_THEMES["ansi-dark"], "ansi_bright_black"),
    _with_visible_borders(BUILTIN_THEMES["ansi-light"], "ansi_bright_black"),
)


def default_theme(colour_system: str | None) -> str:
    """What suits a terminal: one of sixteen colours shows its own best.

    Args:
        colour_system: as Rich names it.
    """
    return "ansi-dark" if colour_system == "standard" else DARK.name


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
