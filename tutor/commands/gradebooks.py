"""What the commands about a class share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tutor.classroom.exports.table import class_lines, class_table
from tutor.commands.common import console, print_lines
from tutor.draw import linear

if TYPE_CHECKING:
    from tutor.classroom.results import ClassResults

BOOK = Path("gradebook.sqlite")
"""Where a class is kept, unless another file is named."""


def print_class(results: ClassResults) -> None:
    """How everybody stands, on stdout."""
    if linear.is_wanted():
        print_lines(class_lines(results))
    else:
        console().print(class_table(results))
