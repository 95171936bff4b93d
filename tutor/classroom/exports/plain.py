"""Words and numbers as they may stand in a file that another program reads, whoever wrote them."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

from tutor.draw.plain import in_one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FORMULA = ("=", "+", "-", "@", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}",
           "\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}")  # fmt: skip
"""How a formula begins, in the spreadsheets that a teacher opens a table with (OWASP, CSV injection)."""

SURROGATE = re.compile("[\ud800-\udfff]")
"""Half of a character: how Python spells the bytes of a file's name that are no UTF-8. It cannot be written."""

TERMINAL = re.compile(r"[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""What JSON leaves as it is, and a terminal may obey."""


def one_line(text: str) -> str:
    """A text in one line, without what a terminal would obey."""
    return SURROGATE.sub("\ufffd", in_one_line(text)).strip()


def cell(text: str) -> str:
    """A text as a cell of a table: no spreadsheet takes it for a formula."""
    line = one_line(text)
    return f"'{line}" if line.startswith(FORMULA) else line


def number(value: float) -> str:
    """A number of points, with two decimals at most: Canvas compares no more."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def csv_lines(rows: Iterable[Sequence[str]]) -> str:
    """A table as RFC 4180 has it, but for the ends of its lines."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def json_text(data: Any) -> str:
    """Data as JSON that can be written as UTF-8 and shown in a terminal."""
    text = SURROGATE.sub("\ufffd", json.dumps(data, indent=2, ensure_ascii=False))
    return TERMINAL.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"
