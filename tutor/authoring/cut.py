"""Cutting checks out of an author's ``checks.py``, with all that only they need, and every comment. Imports no torch.

The program is read, never run. What is left is written anew by :func:`ast.unparse`, so that no comment and no docstring
stays that could speak of what is gone.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tutor.errors import ManifestError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

WORKED = "worked"


def with_checks_only(path: Path, keep: Collection[str], every: Collection[str]) -> str:
    """The program with these checks alone, and with what they need.

    Args:
        keep: the ids of the checks to keep.
        every: the ids of all that the manifest has.

    Raises:
        ManifestError: the file cannot be read, or one of the checks is not found in it; names the line where it can.
    """
    tree = _parsed(path)
    found = {name: node for node in tree.body if (name := _check_id(node, every))}
    if missing := sorted(set(every) - set(found)):
        raise ManifestError(
            f"{path}: check `{missing[0]}` is not made by a statement of its own at the top level",
            "Only such a check can be left out of a released course: write it so.",
        )
    gone = [node for name, node in found.items() if name not in keep]
    rest = [node for node in tree.body if node not in gone]
    kept = _needed(rest, [found[name] for name in keep])
    names = {name for node in gone for name in _bound(node)} - {name for node in kept for name in _bound(node)}
    for node in kept:
        if used := sorted(_used(node) & names):
            raise ManifestError(
                f"{path}: line {node.lineno} needs `{used[0]}`, a check that a released course has not",
                "Let checks share a function that is none.",
            )
    return _written(kept)


def without_worked(path: Path, says: str) -> str:
    """A ``questions.py`` that asks, but does not show how its questions are worked out.

    Args:
        says: what is shown instead.

    Raises:
        ManifestError: the file cannot be read, or has no function ``worked``.
    """
    tree = _parsed(path)
    worked = next((node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == WORKED), None)
    if worked is None:
        raise ManifestError(f"{path}: has no function worked(given) at the top level")
    worked.body = [ast.Return(ast.Constant(says))]
    roots = [node for node in tree.body if _bound(node) & {"SLIDES", "variant", "last_variant", "prompt", "blanks"}]
    return _written(_needed(tree.body, [*roots, worked]))


def without_comments(path: Path) -> str:
    """The program with neither comments nor docstrings.

    Raises:
        ManifestError: the file cannot be read.
    """
    return _written(_parsed(path).body)


def _parsed(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise ManifestError(f"{path}: cannot be read: {error}") from None
    except SyntaxError as error:
        raise ManifestError(f"{path}: {error.msg} (line {error.lineno})") from None


def _check_id(node: ast.stmt, every: Collection[str]) -> str:
    """The id of the check that a statement makes, by a decorator or by a call; empty where it makes none."""
    match node:
        case ast.FunctionDef(decorator_list=makers):
            pass
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            makers = [one for one in ast.walk(value) if isinstance(one, ast.Call)]
        case _:
            return ""
    for maker in makers:
        match maker:
            case ast.Call(args=[ast.Constant(value=str(name)), *_]) if name in every:
                return name
    return ""


def _needed(body: list[ast.stmt], roots: list[ast.stmt]) -> list[ast.stmt]:
    """The statements that these need, one by way of another, in their order; and those that bind nothing."""
    kept = [*roots, *(node for node in body if not _bound(node) and not _is_text(node))]
    unseen = list(kept)
    while unseen:
        used = _used(unseen.pop())
        for node in body:
            if node not in kept and _bound(node) & used:
                kept.append(node)
                unseen.append(node)
    return [node for node in body if node in kept]


def _bound(node: ast.AST) -> set[str]:
    """The names of the module that a statement binds, or changes what is under them."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return {(alias.asname or alias.name).partition(".")[0] for alias in names}
        case ast.Name(id=name, ctx=ast.Store()):
            return {name}
        case ast.Assign(targets=targets):
            return {name for target in targets for name in _targets(target)}
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
            return _targets(target)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
            return {name}  # LIST.append(…)
    return {name for child in ast.iter_child_nodes(node) for name in _bound(child)}


def _targets(target: ast.expr) -> set[str]:
    """The names that an assignment is to: of ``a[0]`` and ``a.b`` it is ``a``."""
    match target:
        case ast.Tuple(elts=items) | ast.List(elts=items):
            return {name for item in items for name in _targets(item)}
        case ast.Subscript(value=value) | ast.Attribute(value=value) | ast.Starred(value=value):
            return _targets(value)
        case ast.Name(id=name):
            return {name}
    return set()


def _used(node: ast.stmt) -> set[str]:
    """The names that a statement reads, in quoted annotations too."""
    found = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
    for child in ast.walk(node):
        annotations = [getattr(child, field, None) for field in ("annotation", "returns")]
        for annotation in annotations:
            if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
                found |= {name.id for name in ast.walk(ast.parse(annotation.value)) if isinstance(name, ast.Name)}
    return found


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _written(body: list[ast.stmt]) -> str:
    for node in body:
        for inner in ast.walk(node):
            if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                inner.body = [one for one in inner.body if not _is_text(one)] or [ast.Pass()]
    module = ast.Module([node for node in body if not _is_text(node)], type_ignores=[])
    return ast.unparse(ast.fix_missing_locations(module)) + "\n"
