"""What the doctor found, as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from tutor.doctor.examine import Finding

SIGNS = {"good": ("✓", "green"), "note": ("!", "yellow"), "bad": ("✗", "red")}
TOPIC_WIDTH = 9


def finding_view(finding: Finding) -> Table:
    """One finding: sign, topic, what was found, and below it what to do."""
    table = Table.grid(padding=(0, 1))
    table.add_column(width=1)
    table.add_column(width=TOPIC_WIDTH)
    table.add_column(ratio=1, overflow="fold")
    sign, style = SIGNS[finding.state]
    table.add_row(Text(sign, style), Text(finding.topic, "bold"), Text(finding.says))
    if finding.remedy:
        table.add_row("", "", Text(f"→ {finding.remedy}"))
    return table
