"""What `cnn-tutor new` lays down, and what it leaves alone."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from tutor.authoring.new import Kind, Wish, lay_down, with_exercise
from tutor.authoring.pack import ENOUGH_WRONG, facts, manifest_faults
from tutor.course import CourseLocation, Exercise, builtin_course, load_course
from tutor.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

KINDS: tuple[Kind, ...] = ("compute", "implement")


def location(root: Path) -> CourseLocation:
    return CourseLocation(root / "exercises", root / "solutions")


def files(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): path.read_text() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_exercise_has_all_that_it_needs(tmp_path: Path, kind: Kind) -> None:
    done = lay_down(tmp_path, Wish("my-layer", kind, title="My own layer: γ"))
    assert done.course_is_new
    assert {path.relative_to(tmp_path).as_posix() for path in done.files} == set(files(tmp_path))
    assert manifest_faults(location(tmp_path)) == []
    exercise = load_course(location(tmp_path)).find("my-layer")
    assert (exercise.number, exercise.title, exercise.manifest.kind) == (1, "My own layer: γ", kind)
    assert facts(exercise, tmp_path) == []
    assert not [name for name, text in files(tmp_path).items() if "@" in name or "@MODULE@" in text or "tmpl" in name]


def test_a_long_slug_still_fits_the_terminal(tmp_path: Path) -> None:
    for kind in KINDS:
        lay_down(tmp_path, Wish(f"{kind}-of-a-rather-long-name-indeed", kind))
    for exercise in load_course(location(tmp_path)).exercises:
        assert facts(exercise, tmp_path) == []


def test_exercises_are_numbered_on_and_sorted_in(tmp_path: Path) -> None:
    for slug, number in [("one", None), ("ten", 10), ("eleven", None), ("five", 5)]:
        lay_down(tmp_path, Wish(slug, "implement", number))
    course = load_course(location(tmp_path))
    assert [(exercise.slug, exercise.number) for exercise in course.exercises] == [
        ("one", 1),
        ("five", 5),
        ("ten", 10),
        ("eleven", 11),
    ]


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        (Wish("My Layer", "implement"), "`My Layer` is no slug"),
        (Wish("my--layer", "implement"), "is no slug"),
        (Wish("2d-layer", "implement"), "is no slug"),
        (Wish("lambda", "implement"), "is no slug"),
        (Wish("../up", "implement"), "is no slug"),
        (Wish("first", "compute"), "has an exercise `first` already"),
        (Wish("second", "compute", number=1), "number 1 is first's already"),
        (Wish("second", "compute", part=7), "the course has no part 7"),
        (Wish("second", "compute", title='say "hello"'), "a title is one line without quotes"),
        (Wish("second", "compute", number=3), "03_second is there already"),
    ],
)
def test_what_cannot_be_laid_down_changes_nothing(tmp_path: Path, wish: Wish, says: str) -> None:
    lay_down(tmp_path, Wish("first", "implement"))
    (tmp_path / "solutions" / "03_second").mkdir()
    (tmp_path / "solutions" / "03_second" / "notes.md").write_text("mine")
    before = files(tmp_path)
    with pytest.raises(UsageError, match=says):
        lay_down(tmp_path, wish)
    assert files(tmp_path) == before


def test_nothing_is_left_half_laid_down_where_it_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_down(tmp_path, Wish("first", "implement"))
    before = files(tmp_path)

    def full(path: Path, text: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tutor.authoring.new.write_atomically", full)
    with pytest.raises(UsageError, match="No space left on device"):
        lay_down(tmp_path, Wish("second", "implement"))
    assert files(tmp_path) == before


NUMBERS = {"a": 1, "c": 3}


@pytest.mark.parametrize(
    ("before", "number", "after"),
    [
        ('order = ["a", "c"]  # two', 2, 'order = ["a", "new", "c"]  # two'),
        ('order = ["a", "c"]', 9, 'order = ["a", "c", "new"]'),
        ("order = ['a', 'c',]", 9, "order = ['a', 'c', \"new\",]"),
        (
            'order = [\n  "a",  # the "first" ]\n  # between\n  "c"\n]\n',
            9,
            'order = [\n  "a",  # the "first" ]\n  # between\n  "c",\n  "new",\n]\n',
        ),
        (
            'order = [\n  "a",  # the "first" ]\n  "c",\n]\n',
            2,
            'order = [\n  "a",  # the "first" ]\n  "new",\n  "c",\n]\n',
        ),
        ('order=[\n\t"a",\n\t"c", ]\n', 0, 'order=[\n\t"new",\n\t"a",\n\t"c", ]\n'),
        ('# order = ["x"]\norder = ["a", "c"]\n', 0, '# order = ["x"]\norder = ["new", "a", "c"]\n'),
    ],
)
def test_the_order_keeps_its_comments_and_its_lines(before: str, number: int, after: str) -> None:
    edited = with_exercise(before, "new", number, NUMBERS)
    assert edited == after
    assert len(tomllib.loads(edited)["order"]) == 3


def test_an_order_that_cannot_be_edited_is_not_guessed_at() -> None:
    with pytest.raises(UsageError, match="cannot be edited here"):
        with_exercise('"order" = ["a", "c"]\n', "new", 2, NUMBERS)


@pytest.mark.parametrize(("kept", "is_fault"), [(1, True), (2, False)])
def test_two_wrong_answers_are_enough_to_begin_with(tmp_path: Path, kept: int, *, is_fault: bool) -> None:
    lay_down(tmp_path, Wish("my-layer", "implement"))
    for path in sorted((tmp_path / "solutions" / "01_my_layer" / "wrong").iterdir())[kept:]:
        path.unlink()
    exercise = load_course(location(tmp_path)).find("my-layer")
    (problem,) = [one for one in facts(exercise, tmp_path) if one.says.startswith("holds ")]
    assert problem.is_fault == is_fault


@pytest.mark.parametrize("exercise", load_course(builtin_course()).exercises, ids=lambda one: one.slug)
def test_of_the_course_that_ships_more_is_asked(exercise: Exercise) -> None:
    assert len(exercise.wrong) >= ENOUGH_WRONG[exercise.manifest.kind]
