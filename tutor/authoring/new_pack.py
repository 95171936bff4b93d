"""Laying down a pack: an ordinary package around a course with one exercise, to be edited. Imports no torch."""

from __future__ import annotations

import keyword
import shutil
import tempfile
from pathlib import Path

from tutor.authoring.new import SUFFIX, TEMPLATES, Wish, filled_in, lay_down
from tutor.course.packs import BUILTIN, NAME
from tutor.errors import UsageError

FIRST = Wish("my-layer", "implement")
"""A course has one exercise at least."""


def lay_down_pack(root: Path, name: str) -> tuple[Path, ...]:
    """Lay down a pack in a folder that does not exist or is empty.

    Returns:
        Its files.

    Raises:
        UsageError: the name or the folder will not do; nothing is changed.
    """
    package = name.replace("-", "_").replace(".", "_")
    if not NAME.fullmatch(name) or not package.isidentifier() or keyword.iskeyword(package) or name == BUILTIN:
        raise UsageError(
            f"`{name}` is no name for a pack",
            "Small letters, digits and single hyphens, a letter first, and not cnn-tutor's own: vision-lab, say.",
        )
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise UsageError(f"{root} is there already, and not empty", "Name a new folder: nothing is ever overwritten.")
    values = {"NAME": name, "PACKAGE": package}
    templates = TEMPLATES / "pack"
    scratch = None
    try:
        root.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".cnn-tutor-new-", dir=root.parent))
        made = scratch / "pack"
        for template in templates.rglob(f"*{SUFFIX}"):
            inside = str(template.relative_to(templates)).removesuffix(SUFFIX).replace("PACKAGE", package)
            path = made / inside
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(filled_in(template.read_text(encoding="utf-8"), **values), encoding="utf-8")
        lay_down(made / package, FIRST)
        if root.exists():
            root.rmdir()
        made.rename(root)
    except OSError as error:
        raise UsageError(f"{root}: cannot be written to: {error.strerror}") from None
    finally:
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)
    return tuple(sorted(path for path in root.rglob("*") if path.is_file()))
