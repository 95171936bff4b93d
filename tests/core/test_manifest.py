"""Manifests: what is wrong is said with the file and the field."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tutor.course import Course, CourseLocation, load_course
from tutor.errors import ManifestError

SMALL_COURSE = Path(__file__).parents[1] / "small_course"


@pytest.fixture
def course_copy(tmp_path: Path) -> Path:
    """A copy of the small course to be broken."""
    return shutil.copytree(SMALL_COURSE, tmp_path / "course")


def load(root: Path) -> Course:
    return load_course(CourseLocation(root / "exercises", root / "solutions"))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('title = "Scale a tensor"', 'titel = "Scale"', r"unknown field `titel`; did you mean `title`\?"),
        ('title = "Scale a tensor"', 'title = ""', "field `title`"),
        ('title = "Scale a tensor"', "", "missing required field `title`"),
        ("timeout_s = 3", "timeout_s = 0", "field `timeout_s`"),
        ("timeout_s = 3", 'timeout_s = "3"', "field `timeout_s`"),
        ("format = 1", "format = 2", "field `format`"),
        ('kind = "implement"', 'kind = "essay"', "field `kind`"),
        ('slug = "scale"', 'slug = "Scale It"', "field `slug`"),
        ("points = 2\nsymbols", "points = 3\nsymbols", "add up to 2, but `points` is 3"),
        ('id = "values"', 'id = "values"\nafter = ["none"]', "comes after `none`, which is no earlier check"),
        ('id = "values"\n', 'id = "values"\nshows = true\n', "only those that train measure"),
        ('id = "values"\nsays', 'id = "values"\nsayz', "unknown field `sayz` in check `values`; did you mean `says`"),
        ('id = "squares"', 'id = "adds"', "two misconceptions have the id `adds`"),
        ('says = "float64, nearly exact"', 'says = "x"\nrtoll = 1', "`rtoll` in `tolerance`; did you mean `rtol`"),
        ("number = 2", "number = 5", "ask for the folder name `05_scale`, not `02_scale`"),
        ('requires = ["sum-by-hand"]', 'requires = ["affine"]', "`affine` is no earlier exercise"),
        ("part = 1", "part = 9", "the course has no part 9"),
        ("format = 1", "format = ", "is no valid TOML"),
    ],
)  # fmt: skip
def test_a_fault_in_a_manifest_names_file_and_field(course_copy: Path, old: str, new: str, says: str) -> None:
    path = course_copy / "exercises" / "02_scale" / "exercise.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(ManifestError, match=says) as error:
        load(course_copy)
    assert str(path) in str(error.value)


def test_an_exercise_that_the_order_forgets_is_named(course_copy: Path) -> None:
    path = course_copy / "exercises" / "course.toml"
    path.write_text(path.read_text().replace('"scale", ', ""))
    with pytest.raises(ManifestError, match="do not agree on: scale"):
        load(course_copy)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("def scale(x, factor):", "its first line must read"),
        ("# expect: check=nothing misconception=adds", "expects check `nothing`, which exercise.toml has not"),
        ("# expect: check=values misconception=none", "shows misconception `none`, which exercise.toml has not"),
    ],
)
def test_a_wrong_answer_must_say_what_is_expected_of_it(course_copy: Path, line: str, says: str) -> None:
    path = course_copy / "solutions" / "02_scale" / "wrong" / "adds.py"
    path.write_text(line + "\n" + path.read_text().split("\n", 1)[1])
    with pytest.raises(ManifestError, match=says):
        _ = load(course_copy).find("scale").wrong


def test_questions_that_cannot_be_drawn_name_their_file(course_copy: Path) -> None:
    path = course_copy / "solutions" / "01_sum_by_hand" / "questions.py"
    path.write_text("SLIDES = {}\n")
    with pytest.raises(ManifestError, match=r"questions.py: has no function variant\(rng\)"):
        load(course_copy).find("1").questions("ada")
