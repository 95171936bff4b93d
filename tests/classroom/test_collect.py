"""What a class handed in, as Moodle, Canvas, GitHub and folders have it."""

from __future__ import annotations

import os
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.classroom.test_members import zipped
from tutor.classroom.collect import Collected, collect
from tutor.classroom.people import Person
from tutor.classroom.roster import Roster
from tutor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tutor.course import Course

NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


def laid_out(root: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return root


def sources(found: Collected) -> dict[tuple[str, str], str]:
    return {(one.learner, one.exercise.slug): one.source for one in found.handed_in}


def said(found: Collected, kind: str) -> list[tuple[str, str, str]]:
    return [(one.learner, one.exercise, one.says) for one in found.findings if one.kind == kind]


def test_a_folder_for_each_learner_whatever_lies_in_it(tmp_path: Path, small_course: Course) -> None:
    laid_out(
        tmp_path / "class",
        {
            "ada/exercises/02_scale/scale.py": "hers",
            "ada/README.md": "",
            "bob/scale.py": "his\r\n",
            "bob/deep/in/affine.py": "\ufeffhis too",
            "carl.zip": zipped({"mine/scale.py": b"zipped", "__MACOSX/mine/scale.py": b"\x00"}),
        },
    )
    found = collect([tmp_path / "class"], small_course.exercises, Roster())
    assert sources(found) == {
        ("ada", "scale"): "hers",
        ("bob", "scale"): "his\n",
        ("bob", "affine"): "his too",
        ("carl", "scale"): "zipped",
    }
    assert [person.learner for person in found.people] == ["ada", "bob", "carl"]
    assert ("ada", "affine", "no affine.py") in said(found, "missing")


def test_an_archive_of_all_is_read_as_a_folder_is(tmp_path: Path, small_course: Course) -> None:
    path = tmp_path / "class.zip"
    inner = zipped({"scale.py": b"inner"})
    path.write_bytes(zipped({"ada/scale.py": b"hers", "bob/work.zip": inner, "carl.zip": inner}))
    found = collect([path], small_course.exercises, Roster())
    assert sources(found) == {("ada", "scale"): "hers", ("bob", "scale"): "inner", ("carl", "scale"): "inner"}


def test_what_moodle_exports(tmp_path: Path, small_course: Course) -> None:
    path = tmp_path / "CNN-Assignment 3-17.zip"
    path.write_bytes(
        zipped(
            {
                "Ada Lovelace_17_assignsubmission_file_/scale.py": b"hers",
                "George Boole_18_assignsubmission_file_scale.py": b"his",
                "Ann Lee_19_assignsubmission_file_/scale.py": b"somebody's",
            }
        )
    )
    roster = Roster((Person("ada", "Ada Lovelace"), Person("gb", "George Boole"), Person("absent", "Emmy Noether")))
    found = collect([path], small_course.exercises, roster)
    assert sources(found) == {("ada", "scale"): "hers", ("gb", "scale"): "his", ("Ann Lee", "scale"): "somebody's"}
    assert ("absent", "", "handed nothing in") in said(found, "missing")


def test_what_canvas_exports(tmp_path: Path, small_course: Course) -> None:
    path = tmp_path / "submissions.zip"
    path.write_bytes(
        zipped(
            {
                "lovelaceada_12_345_scale.py": b"hers",
                "boolegeorge_LATE_13_346_scale-2.py": b"his",
                "leeann_14_347_work.zip": zipped({"affine.py": b"zipped"}),
            }
        )
    )
    found = collect([path], small_course.exercises, Roster((Person("ada", canvas_id="12"),)))
    assert sources(found) == {
        ("ada", "scale"): "hers",
        ("boolegeorge", "scale"): "his",
        ("leeann", "affine"): "zipped",
    }
    assert said(found, "late") == [("boolegeorge", "scale", "Canvas says that it is late")]


def test_repositories_are_known_by_their_username(tmp_path: Path, small_course: Course) -> None:
    laid_out(tmp_path, {"cnn-lab-ada-l/scale.py": "hers", "cnn-lab-ada-l/.git/scale.py": "not hers"})
    found = collect([tmp_path], small_course.exercises, Roster((Person("ada", username="ada-l"),)))
    assert sources(found) == {("ada", "scale"): "hers"}


def test_what_came_after_the_deadline_is_late_by_so_much(tmp_path: Path, small_course: Course) -> None:
    laid_out(tmp_path, {"ada/scale.py": "late", "bob/scale.py": "in time"})
    os.utime(tmp_path / "ada/scale.py", (NOON.timestamp() + 5400,) * 2)
    os.utime(tmp_path / "bob/scale.py", (NOON.timestamp(),) * 2)
    found = collect([tmp_path], small_course.exercises, Roster(), deadline=NOON)
    assert said(found, "late") == [("ada", "scale", "late by 1 h 30 min")]
    assert {one.learner: one.late_by_s for one in found.handed_in} == {"ada": 5400, "bob": 0}


def test_of_two_different_files_the_one_in_its_place_counts_else_none(tmp_path: Path, small_course: Course) -> None:
    laid_out(
        tmp_path,
        {
            "ada/02_scale/scale.py": "in place",
            "ada/old/scale.py": "another",
            "bob/new/scale.py": "one",
            "bob/old/scale.py": "another",
            "carl/new/scale.py": "the same",
            "carl/old/scale.py": "the same",
        },
    )
    found = collect([tmp_path], small_course.exercises, Roster())
    assert sources(found) == {("ada", "scale"): "in place", ("carl", "scale"): "the same"}
    assert said(found, "duplicate") == [
        ("ada", "scale", "2 different files are called scale.py; the one in 02_scale/ is judged"),
        ("bob", "scale", "2 different files are called scale.py; none is judged"),
    ]


def test_what_is_named_otherwise_is_reported_and_not_guessed_at(tmp_path: Path, small_course: Course) -> None:
    laid_out(tmp_path, {"ada/Scale.py": "", "ada/helper.py": "", "ada/work.tar.gz": b"", "notes.txt": ""})
    found = collect([tmp_path], small_course.exercises, Roster())
    assert not found.handed_in
    assert said(found, "misnamed") == [
        ("", "", "lies beside the learners' folders: whose is it?"),
        ("ada", "scale", "perhaps meant for scale.py; it is not judged"),
        ("ada", "", "has the name of no exercise's file; it is not judged"),
    ]
    assert said(found, "unreadable") == [("ada", "", "this kind of archive is not read; a zip archive is")]


def test_ten_thousand_files_are_no_flood(tmp_path: Path, small_course: Course) -> None:
    path = tmp_path / "class.zip"
    path.write_bytes(zipped({f"ada/{number}.py": b"" for number in range(10_000)}, zipfile.ZIP_STORED))
    found = collect([path], small_course.exercises, Roster())
    assert len(found.findings) < 20
    assert ("ada", "", "9,990 more files have the name of no exercise's file") in said(found, "misnamed")


def test_text_that_is_none_is_reported(tmp_path: Path, small_course: Course) -> None:
    laid_out(tmp_path, {"ada/scale.py": b"\xff\xfe", "bob/scale.py": bytes((1 << 20) + 1), "carl/x.zip": b"none"})
    found = collect([tmp_path], small_course.exercises, Roster())
    assert not found.handed_in
    assert [(who, says) for who, _, says in said(found, "unreadable")] == [
        ("ada", "is not UTF-8 text (byte 0)"),
        ("bob", "is larger than 1 MiB"),
        ("carl", "cannot be read as a zip archive: File is not a zip file"),
    ]


def test_a_workspace_of_another_name_is_reported(tmp_path: Path, small_course: Course) -> None:
    laid_out(tmp_path, {"ada/.cnn-tutor/learner": "lovelace\n", "ada/sum_by_hand.py": "q1_total = ..."})
    found = collect([tmp_path], small_course.exercises, Roster())
    (finding,) = said(found, "other_name")
    assert "'lovelace'" in finding[2]
    assert "'ada'" in finding[2]


def test_names_that_are_no_text_stay_apart(tmp_path: Path, small_course: Course) -> None:
    for byte in (b"\xfe", b"\xff"):
        folder = tmp_path / os.fsdecode(b"a" + byte)
        folder.mkdir()
        (folder / "scale.py").write_text("x")
    found = collect([tmp_path], small_course.exercises, Roster())
    learners = {one.learner for one in found.handed_in}
    assert len(learners) == 2
    assert all(one.where.encode() for one in found.handed_in)


def test_one_learners_folder_is_none_of_a_class(tmp_path: Path, small_course: Course) -> None:
    laid_out(tmp_path, {"exercises/02_scale/scale.py": "hers"})
    with pytest.raises(UsageError, match="is one learner's folder") as error:
        collect([tmp_path], small_course.exercises, Roster())
    assert "--learner" in error.value.remedy
    found = collect([tmp_path], small_course.exercises, Roster(), learner="ada")
    assert sources(found) == {("ada", "scale"): "hers"}
