"""What `watch` shows: the verdict, what to do next, and at the bottom how far one is, and the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

WIDEST_BAR = 60
KEYS = {
    "n": "next",
    "p": "previous",
    "h": "hint",
    "l": "list",
    "c": "check all",
    "x": "reset",
    "r": "run again",
    "?": "help",
    "q": "quit",
}
KEYS_IN_FULL = {
    "n": "go on to the next exercise that is not passed",
    "p": "go back to the exercise before this one",
    "h": "show the next hint",
    "l": "list the exercises; type a number and Enter to go to one",
    "c": "check all exercises",
    "x": "put the starter back; your text is kept",
    "r": "run the checks again",
    "q": "quit (so does ctrl+c)",
}


class ProgressBar:
    """How many of the exercises are passed: a bar and the figures."""

    def __init__(self, passed: int, total: int) -> None:
        self._passed = passed
        self._total = total

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it for the width that there is."""
        figures = f" {self._passed}/{self._total}"
        width = min(options.max_width, WIDEST_BAR) - len(figures) - len("[]")
        done = width * self._passed // self._total
        tip = ">" if done < width else ""
        yield Text.assemble("[", ("#" * done + tip, "green"), "·" * (width - done - len(tip)), "]", (figures, "bold"))


class KeyLine:
    """The keys in a few words; a line ends between two keys."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw them for the width that there is."""
        line = Text()
        for key, says in KEYS.items():
            item = Text.assemble((key, "bold"), f" {says}")
            if line and len(line) + 2 + len(item) > options.max_width:
                yield line
                line = Text()
            line = Text("  ").join([line, item]) if line else item
        yield line


def key_help() -> RenderableType:
    """Every key and what it does."""
    return Group(*(Text.assemble((f"  {key}  ", "bold"), says) for key, says in KEYS_IN_FULL.items()))


def hints_view(hints: Sequence[str], shown: int) -> RenderableType:
    """The hints seen so far."""
    return Group(
        *(
            Text.assemble((f"Hint {number} of {len(hints)}: ", "bold"), hint.strip())
            for number, hint in enumerate(hints[:shown], start=1)
        )
    )
