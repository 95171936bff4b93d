"""The app's own themes; all of Textual's are there as well, the terminal's own colours among them (``ansi-dark``)."""

from __future__ import annotations

from dataclasses import replace

from rich.color import parse_rgb_hex
from rich.terminal_theme import TerminalTheme
from textual.theme import BUILTIN_THEMES, Theme


def _with_parts(theme: Theme, frame: str, cursor: tuple[str, str], scrollbar: tuple[str, str]) -> Theme:
    """A theme with what it does not derive by itself.

    Args:
        theme: its ten colours.
        frame: what has no focus, and the scrollbar.
        cursor: paper and ink of the line under the cursor.
        scrollbar: under the mouse, and held by it.
    """
    assert theme.background is not None
    assert theme.accent is not None
    paper, ink = cursor
    hover, active = scrollbar
    parts = {
        "border-blurred": frame,
        "footer-key-foreground": theme.accent,
        "block-cursor-background": paper,
        "block-cursor-foreground": ink,
        "scrollbar": frame,
        "scrollbar-hover": hover,
        "scrollbar-active": active,
    }
    behind = dict.fromkeys(
        ("scrollbar-background", "scrollbar-background-hover", "scrollbar-background-active"), theme.background
    )
    return replace(theme, variables=parts | behind)


DARK = _with_parts(
    Theme(
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
    ),
    frame="#3a4656",
    cursor=("#274a70", "#ffffff"),
    scrollbar=("#56667c", "#7ab8f5"),
)

LIGHT = _with_parts(
    Theme(
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
    ),
    frame="#c3c6c9",
    cursor=("#cfe0f3", "#10233a"),
    scrollbar=("#9aa2ab", "#1d5fa6"),
)

DARK_CONTRAST = _with_parts(
    Theme(
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
    ),
    frame="#a8a8a8",
    cursor=("#ffffff", "#000000"),
    scrollbar=("#ffffff", "#ffffff"),
)

LIGHT_CONTRAST = _with_parts(
    Theme(
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
    ),
    frame="#555555",
    cursor=("#000000", "#ffffff"),
    scrollbar=("#000000", "#000000"),
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
