"""Who is in a class, as instructors have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tutor.classroom.roster import read_roster
from tutor.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,CNN 03 (17)
    Points Possible,,,,,9
"Lovelace, Ada",12,u1,ada,CNN-1,
"Boole, George",13,u2,george,CNN-1,7
"Student, Test",99,,,CNN-1,
"""
MOODLE = """\
First name;Last name;ID number;Email address
Ada;Lovelace;u1;ada@example.org
George;Boole;u2;george@example.org
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "roster.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_canvas_own_export_is_a_roster(tmp_path: Path) -> None:
    roster = read_roster(written(tmp_path, CANVAS))
    assert [person.learner for person in roster.people] == ["ada", "george"]
    ada = roster.find(canvas_id="12")
    assert ada is not None
    assert (ada.name, ada.id_number, ada.sis_login_id, ada.section) == ("Lovelace, Ada", "u1", "ada", "CNN-1")


def test_moodles_own_export_is_a_roster(tmp_path: Path) -> None:
    roster = read_roster(written(tmp_path, f"\ufeff{MOODLE}"))
    ada = roster.find(name="Ada Lovelace")
    assert ada is not None
    assert (ada.learner, ada.id_number, ada.email) == ("ada@example.org", "u1", "ada@example.org")


def test_a_column_says_whose_questions_were_drawn(tmp_path: Path) -> None:
    roster = read_roster(written(tmp_path, "Learner,GitHub username\nada,lovelace\nboole,george\n"))
    found = roster.find(username="LOVELACE")
    assert found is not None
    assert found.learner == "ada"


def test_who_could_be_two_is_nobody(tmp_path: Path) -> None:
    roster = read_roster(written(tmp_path, "learner,name\na,Ann Lee\nb,Ann Lee\n"))
    assert roster.find(name="Ann Lee") is None
    assert roster.find(name="") is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no CSV"),
        ("colour\nred\n", "names nobody"),
        ("learner\nada\nada\n", "ada stands there more than once"),
    ],
)
def test_what_is_no_roster_says_why(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_roster(written(tmp_path, text))


def test_a_file_that_is_no_text_says_how_to_export_it(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes("Student\nAdèle\n".encode("latin-1"))
    with pytest.raises(UsageError, match="not UTF-8") as error:
        read_roster(path)
    assert "CSV UTF-8" in error.value.remedy
