"""Every fault that keeps a course from being read is listed, each with its file: not only the first."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tutor.authoring.pack import manifest_faults
from tutor.course import CourseLocation

SMALL_COURSE = Path(__file__).parents[1] / "small_course"

SCALE = "exercises/02_scale/exercise.toml"
SUM = "exercises/01_sum_by_hand/exercise.toml"
COURSE = "exercises/course.toml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return shutil.copytree(SMALL_COURSE, tmp_path / "course", ignore=shutil.ignore_patterns("__pycache__"))


def faults(root: Path) -> list[tuple[str, str]]:
    found = manifest_faults(CourseLocation(root / "exercises", root / "solutions"))
    assert all(problem.is_fault for problem in found)
    return [(problem.file, problem.says) for problem in found]


def edit(root: Path, file: str, *edits: tuple[str, str]) -> None:
    text = (root / file).read_text()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    (root / file).write_text(text)


def test_a_course_without_fault_has_none(root: Path) -> None:
    assert faults(root) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (SCALE, "title =", "titel =", "unknown field `titel`; did you mean `title`?"),
        (SCALE, "level = 1\n", "", "missing required field `level`"),
        (SCALE, "timeout_s = 3", "timeout_s = 0", "field `timeout_s`: Expected `float` > 0.0"),
        (SCALE, "points = 2\nsymbols", "points = 3\nsymbols", "add up to 2, but `points` is 3"),
        (SCALE, "hints =", 'forbid = ["torch.conv2d"]\nhints =', "did you mean `torch.nn.functional.conv2d`?"),
        (
            SCALE,
            "hints =",
            'forbid = ["torch.nn.functional.conv9d"]\nhints =',
            "cannot be forbidden; did you mean `torch",
        ),
        (
            SCALE,
            "hints =",
            'forbid = ["torch.nn.functional.group_norm"]\nhints =',
            "mean `torch.nn.functional.batch_norm`?",
        ),
        (
            SCALE,
            "hints =",
            'forbid = ["torch.relu"]\nhints =',
            "what can be: `torch.nn.functional.conv2d` (conv1d, conv2d",
        ),
        (SUM, "hints =", 'forbid = ["torch.nn.functional.conv2d"]\nhints =', "may use anything"),
        (SCALE, 'id = "squares"', 'id = "adds"', "two misconceptions have the id `adds`"),
        (SUM, 'id = "q3"', 'id = "q2"', "two checks have the id `q2`"),
        (SCALE, "number = 2", "number = 5", "ask for the folder name `05_scale`"),
        (SCALE, "format = 1", "format =", "is no valid TOML"),
        (SCALE, "part = 1", "part = 4", "the course has no part 4"),
        (SCALE, '"sum-by-hand"', '"sum"', "`sum` is no earlier exercise"),
        (COURSE, '"scale", ', "", "do not agree on: scale"),
        (COURSE, "farewell =", "goodbye =", "unknown field `goodbye`"),
        ("solutions/02_scale/wrong/adds.py", "check=values", "check=value", "expects check `value`"),
        ("solutions/02_scale/wrong/adds.py", "=adds", "=add", "shows misconception `add`"),
        ("solutions/02_scale/wrong/adds.py", "# expect", "# expects", "its first line must read"),
    ],
)
def test_a_fault_names_its_file(root: Path, file: str, old: str, new: str, says: str) -> None:
    edit(root, file, (old, new))
    assert [(name, says in words) for name, words in faults(root)][:1] == [(file, True)], faults(root)


def test_all_faults_of_all_files_are_listed_at_once(root: Path) -> None:
    edit(root, SCALE, ("level = 1", "level = 9"), ("minutes", "minuets"), ("atol = 1e-9", "atol = -1"))
    edit(root, SUM, ("points = 1", "points = 0"), ("kind = ", "sort = "))
    edit(root, COURSE, ('title = "A small course"', "title = 7"))
    (root / "exercises" / "04_empty").mkdir()
    edit(root, "solutions/03_affine/wrong/detached.py", ("check=gradients", "check=gradient"))
    found = faults(root)
    assert [name for name, _ in found] == [
        COURSE,
        *3 * [SUM],
        *4 * [SCALE],
        "exercises/04_empty",
        "solutions/03_affine/wrong/detached.py",
    ]
    assert {words for name, words in found if name == SCALE} == {
        "missing required field `minutes`",
        "field `level`: Expected `int` <= 5 (line 7)",
        "field `tolerance.atol`: Expected `float` >= 0.0 (line 18)",
        "unknown field `minuets`; did you mean `minutes`? (line 8)",
    }
    assert "field `points` of check `q1`: Expected `float` > 0.0 (line 23)" in {
        words for name, words in found if name == SUM
    }


def test_what_does_not_fit_together_is_all_listed(root: Path) -> None:
    edit(root, SCALE, ("part = 1", "part = 4"), ('"sum-by-hand"', '"sum"'))
    edit(root, COURSE, ('"affine"', '"affine", "more"'))
    assert {words for _, words in faults(root)} == {
        "field `order` and the exercises' folders do not agree on: more",
        "field `part`: the course has no part 4",
        "field `requires`: `sum` is no earlier exercise",
    }


def test_a_file_that_is_no_text_is_a_fault(root: Path) -> None:
    (root / SCALE).write_bytes(b"\xff\xfe")
    assert [(name, words.startswith("cannot be read")) for name, words in faults(root)] == [(SCALE, True)]


def test_exercises_that_share_a_number_or_a_slug_are_named(root: Path) -> None:
    for parent in ("exercises", "solutions"):
        shutil.copytree(root / parent / "02_scale", root / parent / "02_other")
        shutil.copytree(root / parent / "02_scale", root / parent / "07_scale")
    edit(root, "exercises/02_other/exercise.toml", ('slug = "scale"', 'slug = "other"'))
    edit(root, "exercises/07_scale/exercise.toml", ("number = 2", "number = 7"))
    for parent in ("exercises", "solutions"):
        (root / parent / "02_other" / "scale.py").rename(root / parent / "02_other" / "other.py")
    edit(root, COURSE, ('"scale"', '"scale", "other"'))
    assert [(file, says) for file, says in faults(root) if "have the same" in says] == [
        ("exercises", "02_other and 02_scale have the same number, 2"),
        ("exercises", "02_scale and 07_scale have the same slug, scale"),
    ]
