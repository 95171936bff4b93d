"""Reading and writing the answers in a compute exercise's file, without running it. Imports no torch.

The file assigns each blank once: ``q1_mean = ...`` at first, ``q1_mean = [2.25, 2.5, 1.25]`` when it is answered. Only
the right-hand sides are touched, and of a list that already has the blank's shape only the entries that differ, so that
comments and layout stay.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from tutor.clipping import clipped
from tutor.errors import UsageError

if TYPE_CHECKING:
    from tutor.course.questions import NamedBlank

Index = tuple[int, ...]
Cells = Mapping[Index, str]
"""The entries of a blank as text, by their place in it; an entry that is left out or empty is unanswered."""

UNANSWERED = "..."
CELL_LENGTH = 60
LINE_LENGTH = 100


class UnreadableAnswers(UsageError):
    """The file is no Python, so that the answers in it cannot be found."""


@dataclass(frozen=True)
class WrittenAnswer:
    """What the file says for one blank.

    Attributes:
        cells: the entries that are answered.
        by_hand: what is written instead, where it has not the blank's shape; else empty.
    """

    cells: Cells
    by_hand: str = ""


@dataclass(frozen=True)
class _Span:
    """A stretch of the file, in bytes."""

    start: int
    end: int


class _Source:
    """A program's text with the assignments found in it."""

    def __init__(self, text: str) -> None:
        self.bytes = text.encode()
        try:
            tree = _parse(text)
        except SyntaxError as error:
            raise UnreadableAnswers(f"line {error.lineno}: {error.msg}" if error.lineno else error.msg) from None
        self._line_starts = [0, *(match.end() for match in re.finditer(rb"\r\n|\r|\n", self.bytes))]
        self.values = {name: value for statement in tree.body for name, value in _assigned(statement)}

    def span(self, node: ast.expr) -> _Span:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return _Span(
            self._line_starts[node.lineno - 1] + node.col_offset,
            self._line_starts[node.end_lineno - 1] + node.end_col_offset,
        )

    def text(self, node: ast.expr) -> str:
        span = self.span(node)
        return self.bytes[span.start : span.end].decode()


def indices(shape: tuple[int, ...]) -> Iterator[Index]:
    """The places of a blank's entries, row by row."""
    return product(*(range(size) for size in shape))


def read_answers(source: str, blanks: Iterable[NamedBlank]) -> dict[str, WrittenAnswer]:
    """What a file says for each blank.

    Raises:
        UnreadableAnswers: the file is no Python; names the line.
    """
    parsed = _Source(source)
    return {blank.name: _read(parsed, blank) for blank in blanks}


def write_answers(source: str, blanks: Iterable[NamedBlank], answers: Mapping[str, Cells]) -> str:
    """The file with these answers in place of its own; everything else stays as it is.

    Args:
        source: the file's text.
        blanks: the blanks that ``answers`` is about.
        answers: by blank; a blank that is left out is not touched. Every entry is to be free of faults
            (:func:`cell_fault`).

    Raises:
        UnreadableAnswers: the file is no Python; names the line.
    """
    parsed = _Source(source)
    edits: list[tuple[_Span, str]] = []
    missing: list[str] = []
    for blank in blanks:
        if blank.name not in answers:
            continue
        typed = {index: text.strip() for index, text in answers[blank.name].items()}
        cells = {index: text for index, text in typed.items() if text not in ("", UNANSWERED)}
        value = parsed.values.get(blank.name)
        if value is None:
            missing += [f"{blank.name} = {_as_python(blank, cells)}"] if cells else []
        else:
            edits += _edits(parsed, blank, value, cells)
    text = bytearray(parsed.bytes)
    for span, new in sorted(edits, key=lambda edit: edit[0].start, reverse=True):
        text[span.start : span.end] = new.encode()
    written = text.decode()
    if missing:
        written = "\n".join([written.rstrip("\n"), *missing, ""])
    return written


def cell_fault(text: str) -> str:
    """Why a text is no single Python expression, in words; empty where it is one, or where nothing is typed."""
    text = text.strip()
    if not text:
        return ""
    try:
        # Between brackets, so that a text that closes them, comments the rest out or holds a comma is found out.
        parsed = _parse(f"[{text}, 0]").body
    except SyntaxError:
        parsed = []
    match parsed:
        case [ast.Expr(value=ast.List(elts=[entry, _]))] if not isinstance(entry, ast.Starred | ast.NamedExpr):
            return ""
    if re.fullmatch(r"[-+]?\d+,\d+", text):
        return f"write {text.replace(',', '.')}: Python's decimal sign is the point"
    if "−" in text:
        return f"write {text.replace('−', '-')}: Python's minus is the hyphen"
    return f"`{clipped(text, CELL_LENGTH)}` is no number or expression that Python understands"


def _read(parsed: _Source, blank: NamedBlank) -> WrittenAnswer:
    value = parsed.values.get(blank.name)
    if value is None or _is_unanswered(value):
        return WrittenAnswer({})
    entries = _entries(value, blank.shape)
    if entries is None:
        return WrittenAnswer({}, by_hand=parsed.text(value))
    return WrittenAnswer({index: parsed.text(node) for index, node in entries.items() if not _is_unanswered(node)})


def _edits(parsed: _Source, blank: NamedBlank, value: ast.expr, cells: Cells) -> Iterator[tuple[_Span, str]]:
    entries = None if _is_unanswered(value) else _entries(value, blank.shape)
    if entries is None:
        if cells:
            yield parsed.span(value), _as_python(blank, cells)
        return
    if not cells:
        yield parsed.span(value), UNANSWERED
        return
    for index, node in entries.items():
        new = cells.get(index, UNANSWERED)
        if parsed.text(node) != new:
            yield parsed.span(node), new


def _entries(value: ast.expr, shape: tuple[int, ...]) -> dict[Index, ast.expr] | None:
    """The expressions of a blank's entries, or None where the value has not that shape."""
    if not shape:
        return {(): value}
    if not isinstance(value, ast.List | ast.Tuple) or len(value.elts) != shape[0]:
        return None
    found: dict[Index, ast.expr] = {}
    for position, element in enumerate(value.elts):
        inner = None if isinstance(element, ast.Starred) else _entries(element, shape[1:])
        if inner is None:
            return None
        found |= {(position, *index): node for index, node in inner.items()}
    return found


def _as_python(blank: NamedBlank, cells: Cells) -> str:
    match blank.shape:
        case ():
            return cells.get((), UNANSWERED)
        case (columns,):
            return _row(cells.get((column,), UNANSWERED) for column in range(columns))
        case (rows, columns):
            lines = [_row(cells.get((row, column), UNANSWERED) for column in range(columns)) for row in range(rows)]
            flat = f"[{', '.join(lines)}]"
            if len(blank.name) + len(" = ") + len(flat) <= LINE_LENGTH:
                return flat
            return "[\n" + "".join(f"    {line},\n" for line in lines) + "]"
        case _:
            raise ValueError(f"{blank.name}: a blank has at most two dimensions, not {len(blank.shape)}")


def _row(entries: Iterable[str]) -> str:
    return f"[{', '.join(entries)}]"


def _assigned(statement: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            yield name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, value


def _is_unanswered(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def _parse(text: str) -> ast.Module:
    """Parse a program; what Python only warns of is none of our business.

    Raises:
        SyntaxError: it is no Python, or is nested too deeply for Python to say.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except ValueError as error:
            raise SyntaxError(str(error), (None, 1, None, None)) from None
        except (RecursionError, MemoryError):
            raise SyntaxError("an expression is nested too deeply to be read") from None
