"""Who is in a class, from a CSV file: one's own, or what Canvas or Moodle export."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import fields

from tutor.classroom.people import Person
from tutor.errors import UsageError
from tutor.files import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

HEADINGS = {
    "learner": ("learner",),
    "name": ("name", "student", "full name", "fullname"),
    "email": ("email", "email address", "e-mail"),
    "username": ("username", "github username", "github_username", "login"),
    "id_number": ("idnumber", "id number", "sis user id"),
    "canvas_id": ("id", "canvas id"),
    "sis_login_id": ("sis login id",),
    "section": ("section",),
}
"""What a column may be called, in any case: our own names, and those of Canvas' and Moodle's exports."""
FIRST_NAME, LAST_NAME = ("first name", "firstname"), ("last name", "surname", "lastname")
NO_PEOPLE = ("points possible", "student, test")
"""What Canvas has in its first column beside people, in lower case."""


@dataclass(frozen=True)
class Roster:
    """The people of a class."""

    people: tuple[Person, ...] = ()

    def find(self, **known: str) -> Person | None:
        """The one person of whom something is known, e.g. ``canvas_id="12"``; None where it is nobody or several."""
        for field, value in known.items():
            if value and (found := self._by(field).get(value.casefold())) is not None:
                return found
        return None

    @cached_property
    def _indexes(self) -> dict[str, Mapping[str, Person]]:
        return {field.name: _unique(self.people, field.name) for field in fields(Person)}

    def _by(self, field: str) -> Mapping[str, Person]:
        return self._indexes[field]


def _unique(people: Iterable[Person], field: str) -> dict[str, Person]:
    by_value = [(str(getattr(person, field)).casefold(), person) for person in people]
    often = Counter(value for value, _ in by_value)
    return {value: person for value, person in by_value if value and often[value] == 1}


def read_roster(path: Path) -> Roster:
    """Read a roster.

    The first row says what the columns are: see :data:`HEADINGS`. A person whose row has no ``learner`` is known by
    their username, login, email or name, the first of these that there is.

    Raises:
        UsageError: it cannot be read, has none of these columns, or two people are the same learner.
    """
    try:
        text = read_text(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8 text (byte {error.start})", "Export it as CSV UTF-8.") from None
    try:
        head, *rows = csv.reader(io.StringIO(text, newline=""), _dialect(text))
    except (csv.Error, ValueError) as error:
        raise UsageError(f"{path}: is no CSV file: {error}") from None
    columns = {heading.strip().casefold(): place for place, heading in reversed(list(enumerate(head)))}
    people = [person for row in rows if (person := _person(columns, row)) is not None]
    if not people:
        known = ", ".join(name for names in HEADINGS.values() for name in names)
        raise UsageError(f"{path}: names nobody", f"Its first row says what the columns are, of: {known}.")
    often = Counter(person.learner for person in people)
    if twice := [learner for learner, count in often.items() if count > 1]:
        raise UsageError(
            f"{path}: {', '.join(twice[:5])} stands there more than once",
            "The column `learner` says under which name each person's questions are drawn.",
        )
    return Roster(tuple(people))


def _dialect(text: str) -> type[csv.Dialect]:
    """Where the decimal sign is a comma, spreadsheets write semicolons."""

    class Dialect(csv.excel):
        delimiter = max(",;\t", key=text.partition("\n")[0].count)

    return Dialect


def _person(columns: Mapping[str, int], row: list[str]) -> Person | None:
    def value(headings: tuple[str, ...]) -> str:
        places = [columns[heading] for heading in headings if heading in columns]
        return next((row[place].strip() for place in places if place < len(row) and row[place].strip()), "")

    its = {field: value(headings) for field, headings in HEADINGS.items()}
    if its["name"].casefold() in NO_PEOPLE:
        return None
    its["name"] = its["name"] or f"{value(FIRST_NAME)} {value(LAST_NAME)}".strip()
    if learner := next(filter(None, map(its.get, ("learner", "username", "sis_login_id", "email", "name"))), None):
        return Person(**{**its, "learner": learner})
    return None
