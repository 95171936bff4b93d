"""Laying down a new exercise: small, but whole, so that an author edits what is proved already. Imports no torch."""

from __future__ import annotations

import keyword
import re
import shutil
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tutor.course import CourseLocation, load_course
from tutor.errors import UsageError
from tutor.files import write_atomically

Kind = Literal["compute", "implement"]

TEMPLATES = Path(__file__).parent / "templates"
SUFFIX = ".tmpl"
"""Behind every template's name: without it they would be programs of ours, which they are not."""

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
ORDER = re.compile(r"(?m)^order\s*=\s*\[(?P<entries>(?:[^\]#\"']|#[^\n]*|\"[^\"\n]*\"|'[^'\n]*')*)\]")
STRING = re.compile(r"#[^\n]*|\"(?P<double>[^\"\n]*)\"|'(?P<single>[^'\n]*)'")


@dataclass(frozen=True)
class Wish:
    """What is asked for.

    Attributes:
        number: None for the next that is free.
        part: None for the course's last.
        title: empty for one made of the slug.
    """

    slug: str
    kind: Kind
    number: int | None = None
    part: int | None = None
    title: str = ""


@dataclass(frozen=True)
class LaidDown:
    """What was laid down.

    Attributes:
        files: all new files, course.toml too where there was none.
        course_is_new: whether there was none.
    """

    files: tuple[Path, ...]
    course_is_new: bool


def lay_down(root: Path, wish: Wish) -> LaidDown:
    """Lay down an exercise, and a course around it where there is none; what is there already is never overwritten.

    Args:
        root: the course's folder, with ``exercises/`` and ``solutions/``.

    Raises:
        UsageError: the slug, the number or the part will not do, or something is there already; nothing is changed.
        ManifestError: the course cannot be loaded.
    """
    _refuse_slug(wish.slug)
    location = CourseLocation(root / "exercises", root / "solutions")
    toml = location.exercises / "course.toml"
    course_is_new = not toml.exists()
    if course_is_new:
        number, part = wish.number or 1, wish.part or 1
        text = filled_in((TEMPLATES / "course" / f"course.toml{SUFFIX}").read_text(encoding="utf-8"), PART=part)
        numbers: dict[str, int] = {}
    else:
        course = load_course(location)
        numbers = {exercise.slug: exercise.number for exercise in course.exercises}
        parts = [part.number for part in course.manifest.part]
        number = wish.number or max(numbers.values()) + 1
        part = wish.part or parts[-1]
        _refuse_taken(wish.slug, number, numbers)
        if part not in parts:
            raise UsageError(f"the course has no part {part}", f"It has: {', '.join(map(str, parts))}; see {toml}")
        text = toml.read_text(encoding="utf-8")
    text = with_exercise(text, wish.slug, number, numbers)
    module = wish.slug.replace("-", "_")
    values = {
        "SLUG": wish.slug,
        "MODULE": module,
        "NUMBER": number,
        "PART": part,
        "TITLE": _in_toml(wish.title or wish.slug.replace("-", " ").capitalize()),
    }
    folder = f"{number:02d}_{module}"
    places = {"exercise": location.exercises / folder, "solution": location.solutions / folder}
    for place in places.values():
        if place.exists():
            raise UsageError(f"{place} is there already", "It is left as it is. Choose another slug or number.")
    try:
        files = _write(TEMPLATES / wish.kind, places, values)
        write_atomically(toml, text)
    except OSError as error:
        for place in places.values():
            shutil.rmtree(place, ignore_errors=True)
        raise UsageError(f"{root}: cannot be written to: {error.strerror}") from None
    return LaidDown((*([toml] if course_is_new else []), *files), course_is_new)


def with_exercise(toml: str, slug: str, number: int, numbers: dict[str, int]) -> str:
    """``course.toml`` with an exercise more in ``order``, before the first with a higher number; comments stay.

    Args:
        numbers: the course's exercises.

    Raises:
        UsageError: the field cannot be found in the text.
    """
    asked: list[str] = list(tomllib.loads(toml).get("order", []))
    place = next((at for at, other in enumerate(asked) if numbers[other] > number), len(asked))
    found = ORDER.search(toml)
    if found:
        start, entries = found.start("entries"), found["entries"]
        strings = [match for match in STRING.finditer(entries) if not match[0].startswith("#")]
        edited = _inserted(entries, [match.span() for match in strings], place, slug)
        toml = toml[:start] + edited + toml[found.end("entries") :]
    asked.insert(place, slug)
    if not found or tomllib.loads(toml)["order"] != asked:
        raise UsageError(
            "course.toml's field `order` is written in a way that cannot be edited here",
            'Write it as a plain list of strings, order = ["one", "two"], and try again.',
        )
    return toml


def _inserted(entries: str, spans: list[tuple[int, int]], place: int, slug: str) -> str:
    """The text between the brackets with one entry more, on a line of its own where the others have one."""
    if not spans:
        return f'"{slug}"{entries}'
    has_lines = "\n" in entries[: spans[0][0]]
    if place == 0:
        at = spans[0][0]
        indent = entries[entries.rfind("\n", 0, at) + 1 : at] if has_lines else ""
        return entries[:at] + f'"{slug}",' + (f"\n{indent}" if has_lines else " ") + entries[at:]
    begin, end = spans[place - 1]
    rest = entries[end:]
    if not has_lines:
        return entries[:end] + f', "{slug}"' + rest
    indent = entries[entries.rfind("\n", 0, begin) + 1 : begin]
    if not re.match(r"\s*,", rest):
        rest = f",{rest}"
    # Behind the comma and whatever comment stands on the same line.
    line_end = rest.find("\n") if "\n" in rest else len(rest)
    return entries[:end] + rest[:line_end] + f'\n{indent}"{slug}",' + rest[line_end:]


def _refuse_slug(slug: str) -> None:
    module = slug.replace("-", "_")
    if not SLUG.fullmatch(slug) or keyword.iskeyword(module) or keyword.issoftkeyword(module):
        raise UsageError(
            f"`{slug}` is no slug",
            "Small letters, digits and single hyphens, a letter first, and no word of Python's own: max-pool2d, say.",
        )


def _refuse_taken(slug: str, number: int, numbers: dict[str, int]) -> None:
    if slug in numbers:
        raise UsageError(f"the course has an exercise `{slug}` already", "Choose another slug; it is left as it is.")
    taken = next((other for other, its in numbers.items() if its == number), None)
    if taken is not None:
        free = max(numbers.values()) + 1
        raise UsageError(f"number {number} is {taken}'s already", f"The next that is free: --number {free}")


def _write(templates: Path, places: dict[str, Path], values: dict[str, Any]) -> list[Path]:
    """Write both folders beside their places first, so that they appear whole or not at all."""
    written: list[Path] = []
    with tempfile.TemporaryDirectory(prefix="cnn-tutor-new-") as scratch:
        for name, place in places.items():
            for template in sorted((templates / name).rglob(f"*{SUFFIX}")):
                inside = template.relative_to(templates / name)
                path = inside.with_name(inside.name.removesuffix(SUFFIX).replace("MODULE", values["MODULE"]))
                target = Path(scratch) / name / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(filled_in(template.read_text(encoding="utf-8"), **values), encoding="utf-8")
                written.append(place / path)
        for name, place in places.items():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(Path(scratch) / name, place)
    return written


def filled_in(template: str, **values: Any) -> str:
    """A template with values in place of ``@NAME@`` and the like."""
    return re.sub(r"@([A-Z]+)@", lambda match: str(values[match[1]]), template)


def _in_toml(title: str) -> str:
    """A title that stands between quotes in a TOML file and alone in a Markdown heading.

    Raises:
        UsageError: it cannot.
    """
    if not title.strip() or any(sign in title for sign in '"\\\n') or not title.isprintable():
        raise UsageError("a title is one line without quotes and backslashes")
    return title
