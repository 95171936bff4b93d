"""What a learner types in practice, turned into the program that is judged. Imports no torch.

Numbers are taken as people write them: ``2 2.5 1``, ``2, 5/2, 1``, ``[2, 5/2, 1]`` and ``7 × 5`` are rows. What they
come to, the engine's worker calculates.
"""

from __future__ import annotations

import ast
import builtins
import re
from typing import TYPE_CHECKING

from tutor.course.answer_file import cell_fault
from tutor.draw.plain import without_controls
from tutor.errors import UsageError

if TYPE_CHECKING:
    from tutor.course import NamedBlank, Question
    from tutor.verdict import Verdict

SEEDS = 1_000_000
"""How many variants there are."""

MINUSES = str.maketrans({"−": "-", "–": "-", "·": "*"})
SHAPE_SIGN = re.compile(r"\d+(\s*[x×]\s*\d+)+")
DECIMAL_COMMAS = re.compile(r"[-+]?\d+(,\d+)?(\s+[-+]?\d+(,\d+)?)+")


class NotUnderstood(UsageError):
    """What was typed is no answer to what was asked; says why, in words."""


def as_python(typed: str, shape: tuple[int, ...]) -> str:
    """The expression that a learner means.

    Args:
        typed: a line of text.
        shape: what is asked: () for a number, (n,) for a row, (m, n) for a table in brackets.

    Raises:
        NotUnderstood: it is none; says why.
    """
    text = typed.strip().rstrip(",").translate(MINUSES)
    if not shape:
        return _entry(text)
    value = _parsed(text)
    if isinstance(value, ast.List | ast.Tuple):
        entries = [_source(text, element) for element in value.elts]
        if len(shape) == 2:
            if len(entries) != shape[0]:
                raise NotUnderstood(f"{len(entries)} rows; {shape[0]} are asked")
            return f"[{', '.join(as_python(entry, shape[1:]) for entry in entries)}]"
    elif value is not None and _is_call_or_list(value):
        # Anything that Python makes a list of: the worker finds out.
        if names := _unknown(value):
            raise NotUnderstood(f"`{names[0]}` is no number")
        return text
    else:
        entries = re.split(r"\s*[x×]\s*", text) if SHAPE_SIGN.fullmatch(text) else _apart(text)
    for entry in entries:
        _entry(entry)
    if len(entries) != shape[-1]:
        numbers = "1 number" if len(entries) == 1 else f"{len(entries)} numbers"
        raise NotUnderstood(f"{numbers}; {shape[-1]} are asked, with blanks or commas between them")
    return f"[{', '.join(entries)}]"


def _entry(text: str) -> str:
    """An entry as it was typed.

    Raises:
        NotUnderstood: it is no expression, or one that takes more than numbers to calculate.
    """
    if fault := cell_fault(text):
        raise NotUnderstood(fault)
    value = _parsed(text)
    if value is not None and (names := [value.id] if isinstance(value, ast.Name) else _unknown(value)):
        raise NotUnderstood(f"`{names[0]}` is no number")
    return text


def _unknown(value: ast.expr) -> list[str]:
    """The names in an expression that stand for nothing, such as the x of ``7 x 5``: only Python's own do."""
    nodes = list(ast.walk(value))
    names = [node for node in nodes if isinstance(node, ast.Name)]
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    bound |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    return [node.id for node in names if node.id not in bound and not hasattr(builtins, node.id)]


def is_table(typed: str) -> bool:
    """Whether a text is rows in brackets, not one row."""
    value = _parsed(typed.strip())
    return isinstance(value, ast.List | ast.Tuple) and any(isinstance(one, ast.List | ast.Tuple) for one in value.elts)


def program(question: Question, answers: dict[str, str]) -> str:
    """The file that would hold these answers, by the blanks' names; a blank without one is unanswered."""
    return "\n".join(f"{blank.name} = {answers.get(blank.name, '...')}" for blank in question.blanks) + "\n"


def what_is_off(question: Question, verdict: Verdict) -> str:
    """The engine's words, with what was asked in the place of the names that a file would have."""
    words = "\n".join(filter(None, (verdict.message, *(check.message for check in verdict.checks))))
    for blank in question.blanks:
        words = re.sub(rf"\b{blank.name} \({re.escape(blank.label)}\)", blank.label, words)
    if verdict.looks_like:
        words += f"\nLooks like {verdict.looks_like}"
    return without_controls(words)


def what_is_asked(blank: NamedBlank) -> str:
    """A blank in words: what, and how many numbers."""
    match blank.shape:
        case ():
            return blank.label
        case (columns,):
            return f"{blank.label} ({columns} numbers)"
        case (rows, columns):
            by_row = "" if "row by row" in blank.label else ", row by row"
            return f"{blank.label}{by_row} ({rows} rows of {columns} numbers)"
        case _:
            raise ValueError(f"{blank.name}: a blank has at most two dimensions, not {len(blank.shape)}")


def _apart(text: str) -> list[str]:
    """A row without brackets, at its commas or else at its blanks."""
    if DECIMAL_COMMAS.fullmatch(text):
        return text.split()
    if "," in text:
        value = _parsed(f"[{text}]")
        if isinstance(value, ast.List):
            return [_source(f"[{text}]", element) for element in value.elts]
        return [part.strip() for part in text.strip(",").split(",")]
    return text.split()


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _source(text: str, node: ast.expr) -> str:
    return ast.get_source_segment(text, node) or ""


def _is_call_or_list(value: ast.expr) -> bool:
    return isinstance(value, ast.ListComp | ast.Call | ast.BinOp) and any(
        isinstance(node, ast.List | ast.ListComp | ast.Tuple) for node in ast.walk(value)
    )
