"""Courses to be proved: `cnn-tutor new` lays down sound exercises, and a test spoils one thing in each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tutor.authoring.new import Kind, Wish, lay_down

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Edit = tuple[str, str] | str | None
"""(old, new) text in a file, the whole text of a new or replaced one, or None to remove it."""

NAME = "NAME"
"""Stands for the exercise's module in the names and texts of files."""


@dataclass(frozen=True)
class Spoilt:
    """An exercise in which one thing is not as it should be.

    Attributes:
        slug: says which.
        edits: by file: ``exercise/…`` or ``solution/…``.
        says: what a problem with it says, among other things.
        file: the end of the name of the file that the problem is found in.
        is_fault: whether that is a fault, or a warning.
    """

    slug: str
    kind: Kind
    edits: Mapping[str, Edit]
    says: str
    file: str
    is_fault: bool = True
    problems: int = field(default=1)


def lay_down_spoilt(root: Path, spoilt: Spoilt) -> None:
    """Lay down a sound exercise, then spoil it."""
    lay_down(root, Wish(spoilt.slug, spoilt.kind))
    module = spoilt.slug.replace("-", "_")
    folders = {place: next((root / f"{place}s").glob(f"*_{module}")) for place in ("exercise", "solution")}
    for name, edit in spoilt.edits.items():
        place, _, inside = name.partition("/")
        path = folders[place] / inside.replace(NAME, module)
        match edit:
            case None:
                path.unlink()
            case str():
                path.write_text(edit.replace(NAME, module))
            case (old, new):
                text = path.read_text()
                old, new = old.replace(NAME, module), new.replace(NAME, module)
                assert old in text, (path, old)
                path.write_text(text.replace(old, new, 1))
