"""What the lab's panel can show, as tabs: the keys that switch it, and something to click at."""

from __future__ import annotations

from textual.widgets import Static

CURVES = {"loss": "1 Loss", "accuracy": "2 Accuracy", "results": "3 Results"}
INSPECTIONS = {"layers": "4 Layers", "confusion": "5 Confusion", "digits": "6 Digits"}
"""Of the networks, beside their curves."""
VIEWS = CURVES | INSPECTIONS


class ViewTabs(Static):
    """A line of tabs. Where there is room for all curves at once, they are one tab."""

    def __init__(self) -> None:
        super().__init__(id="tabs")
        self._selected = "loss"

    @property
    def selected(self) -> str:
        """Which of the views is shown."""
        return self._selected

    @property
    def next(self) -> str:
        """The view behind it; behind the last, the first."""
        tabs = list(self._tabs())
        return tabs[(tabs.index(self._tab()) + 1) % len(tabs)]

    def select(self, view: str) -> None:
        """Light another tab."""
        self._selected = view
        self._draw()

    def on_resize(self) -> None:
        """There may be room for all curves now, or none."""
        self._draw()

    def _tabs(self) -> dict[str, str]:
        return VIEWS if self.screen.has_class("-narrow") else {"loss": "1 Curves"} | INSPECTIONS

    def _tab(self) -> str:
        """The tab of the view that is shown."""
        return self._selected if self._selected in self._tabs() else "loss"

    def _draw(self) -> None:
        lit = self._tab()
        tabs = (
            f"[@click=screen.tab('{name}')]{'[b reverse]' if name == lit else '[$secondary]'} {title} [/][/]"
            for name, title in self._tabs().items()
        )
        self.update("  ".join(tabs))
