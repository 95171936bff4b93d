"""Help: every key of the place that it was asked from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.table import Table
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from tutor.app.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from textual.app import ComposeResult


@dataclass(frozen=True)
class Keys:
    """What one key does, or several keys that do the same.

    Attributes:
        where: the screen or the widget that listens.
        keys: as printed on them.
        says: what happens.
    """

    where: str
    keys: str
    says: str


def keys_of(screen: Screen[object]) -> list[Keys]:
    """All keys that do something where the focus is now: those of the app and the screen first."""
    found: dict[tuple[str, str], list[str]] = {}
    for node, binding, _, tooltip in screen.active_bindings.values():
        if node is screen.app or (node is screen and binding.id is None):
            where = "Everywhere"
        elif node is screen:
            where = "Here"
        else:
            where = "Where the cursor is" if binding.id is None else "Here"
        says = binding.description if not tooltip else f"{binding.description}: {tooltip}"
        if says and not binding.system:
            found.setdefault((where, says), []).append(screen.app.get_key_display(binding))
    order = {"Here": 0, "Everywhere": 1}
    rows = [Keys(where, " ".join(dict.fromkeys(keys)), says) for (where, says), keys in found.items()]
    return sorted(rows, key=lambda row: order.get(row.where, 2))


class HelpScreen(ModalScreen[None]):
    """The keys, as a table that scrolls."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close", id="help.close", tooltip="Back to where you were"),
    ]

    def __init__(self, keys: list[Keys]) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """The table."""
        with VerticalScroll(id="help", classes="pane") as pane:
            pane.border_title = "Help: the keys of this place"
            yield Static(self._table())
        yield KeyBar()

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(justify="right", no_wrap=True)
        table.add_column()
        where = None
        for row in self._keys:
            if row.where != where:
                table.add_row("", "" if where is None else " ")
                table.add_row("", Text(row.where, "bold"))
                where = row.where
            table.add_row(Text(row.keys, "bold cyan"), Text(row.says))
        return table
