"""Courses that are opened by the name of an installed pack or by a folder, and workspaces that remember theirs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tutor.course import CourseLocation, load_course
from tutor.course.packs import Pack, find_course, installed_packs
from tutor.course.remembered import course_of
from tutor.errors import ManifestError, UsageError
from tutor.workspace import make_workspace

SMALL_COURSE = Path(__file__).parents[1] / "small_course"


def install(site: Path, name: str, value: str, *, distribution: str = "a-lab", code: str = "") -> Path:
    """Lay down what pip lays down of a pack; its package is to be filled by the test."""
    info = site / f"{distribution.replace('-', '_')}-1.2.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(f"[cnn_tutor.courses]\n{name} = {value}\n")
    package = site / value.replace(".", "/")
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").write_text(code)
    return package


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


@pytest.fixture(autouse=True)
def user_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the user's own data lie, for as long as a test takes."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "data"


@pytest.fixture
def lab(site: Path) -> Path:
    """An installed pack, a-lab; to import it would fail."""
    package = install(site, "a-lab", "a_lab", code="raise RuntimeError('nobody has to import this')")
    shutil.copytree(SMALL_COURSE, package, dirs_exist_ok=True)
    return package


def cnn_tutor(*words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tutor", *map(str, words)],
        cwd=cwd,
        env={**os.environ, "COLUMNS": "100"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def test_a_pack_is_found_by_its_name_and_not_imported(lab: Path) -> None:
    assert load_course(find_course("a-lab")).manifest.title == "A small course"
    assert find_course("a-lab").exercises == lab / "exercises"


def test_a_package_below_another_is_found_without_importing_that(site: Path) -> None:
    package = install(site, "inner", "outer.inner", code="raise RuntimeError")
    (site / "outer" / "__init__.py").write_text("raise RuntimeError")
    shutil.copytree(SMALL_COURSE, package, dirs_exist_ok=True)
    assert find_course("inner").exercises == package / "exercises"


def test_a_folder_is_a_course_too_and_comes_before_a_pack_of_its_name(
    lab: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = shutil.copytree(SMALL_COURSE, tmp_path / "a-lab")
    assert find_course(str(here)).exercises == here / "exercises"
    monkeypatch.chdir(tmp_path)
    assert find_course("a-lab").exercises == here / "exercises"


def test_a_folder_that_is_no_course_does_not_hide_a_pack_of_its_name(lab: Path, tmp_path: Path) -> None:
    (tmp_path / "a-lab").mkdir()  # that of the package which the pack is made from, say
    made = cnn_tutor("--course", "a-lab", "init", "work", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert "Scale a tensor" in cnn_tutor("list", cwd=tmp_path / "work").stdout


def test_the_course_that_ships_has_a_name_too() -> None:
    assert load_course(find_course("cnn-tutor")).find("conv2d").number == 3


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("b-lab", "not_there", "there is no package not_there"),
        ("b-lab", "json", "json has no exercises/course.toml"),
        ("b-lab", "a_package:course", "its entry point names no package but 'a_package:course'"),
        ("cnn-tutor", "a_package", "this is no name for a course"),
        ("../up", "a_package", "this is no name for a course"),
    ],
)
def test_a_broken_pack_says_what_is_wrong_and_keeps_no_other_from_working(
    lab: Path, site: Path, name: str, value: str, says: str
) -> None:
    package = install(site, name, value, distribution="b-lab")
    if value != "a_package":
        shutil.rmtree(package)
    packs = {pack.distribution: pack for pack in installed_packs()}
    assert says in packs["b-lab 1.2"].fault
    assert packs["a-lab 1.2"] == Pack("a-lab", "a-lab 1.2", find_course("a-lab"))
    if name == "b-lab":
        with pytest.raises(UsageError, match=r"which b-lab 1\.2 offers, cannot be opened"):
            find_course(name)


def test_of_two_packs_of_one_name_neither_is_guessed_at(lab: Path, site: Path) -> None:
    shutil.copytree(SMALL_COURSE, install(site, "a-lab", "another", distribution="z-lab"), dirs_exist_ok=True)
    with pytest.raises(UsageError, match=r"a-lab 1\.2 and z-lab 1\.2 offers, cannot be opened: several"):
        find_course("a-lab")


@pytest.mark.parametrize(
    ("asked", "says"), [("b-lab", "Did you mean a-lab?"), ("nothing", "list --courses"), ("./x", "new my-exercise")]
)
def test_a_course_that_is_not_there_is_said_to_be_not_there(lab: Path, asked: str, says: str) -> None:
    with pytest.raises(UsageError, match="is no course") as error:
        find_course(asked)
    assert says in error.value.remedy


@pytest.mark.parametrize("file", ["course.toml", "02_scale/exercise.toml"])
def test_a_course_for_another_format_says_so_and_what_to_do(lab: Path, file: str) -> None:
    toml = lab / "exercises" / file
    toml.write_text(toml.read_text().replace("format = 1", "format = 2") + "\nunknown_then = 1\n")
    with pytest.raises(ManifestError, match="made for format 2; this cnn-tutor reads 1") as error:
        load_course(find_course("a-lab"))
    assert "pip install -U cnn-tutor" in error.value.remedy


def test_the_list_of_courses_shows_all_of_them_a_broken_one_with_what_is_wrong(
    lab: Path, site: Path, tmp_path: Path
) -> None:
    shutil.rmtree(install(site, "gone", "gone_lab", distribution="gone-lab"))
    odd = install(site, "odd", "odd_lab", distribution="odd-lab")
    shutil.copytree(SMALL_COURSE, odd, dirs_exist_ok=True)
    (odd / "exercises" / "course.toml").write_text("format = 7\n")
    done = cnn_tutor("list", "--courses", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert "cnn-tutor Advanced CNN" in said
    assert "a-lab A small course, 3 exercises (a-lab 1.2)" in said
    assert "gone cannot be opened: there is no package gone_lab (gone-lab 1.2)" in said
    assert "this is made for format 7; this cnn-tutor reads 1" in said
    as_data = json.loads(cnn_tutor("list", "--courses", "--format", "json", cwd=tmp_path).stdout)
    assert [one["name"] for one in as_data] == ["cnn-tutor", "a-lab", "gone", "odd"]
    assert as_data[1]["exercises"] == 3


@pytest.mark.parametrize("by_name", [True, False])
def test_a_workspace_remembers_its_course(lab: Path, tmp_path: Path, *, by_name: bool) -> None:
    asked = "a-lab" if by_name else str(shutil.copytree(SMALL_COURSE, tmp_path / "mine"))
    made = cnn_tutor("--course", asked, "init", "work", "--learner", "ada", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert "Three exercises for the tests." in made.stderr
    work = tmp_path / "work"
    assert "Scale a tensor" in cnn_tutor("list", cwd=work / "exercises").stdout
    assert "Multiply." in cnn_tutor("hint", "scale", cwd=work).stdout
    assert "All exercises were there already." in cnn_tutor("init", "work", cwd=tmp_path).stderr
    # What is asked for in words counts for one command.
    assert "there is no exercise 'scale'" in cnn_tutor("--course", "cnn-tutor", "hint", "scale", cwd=work).stderr


def test_a_relative_folder_is_remembered_wherever_commands_are_given_later(tmp_path: Path) -> None:
    shutil.copytree(SMALL_COURSE, tmp_path / "mine")
    assert cnn_tutor("--course", "mine", "init", "work", cwd=tmp_path).returncode == 0
    assert cnn_tutor("hint", "scale", cwd=tmp_path / "work").returncode == 0


def test_a_workspace_is_of_one_course(lab: Path, tmp_path: Path) -> None:
    shutil.copytree(SMALL_COURSE, tmp_path / "mine")
    assert cnn_tutor("--course", "a-lab", "init", "work", cwd=tmp_path).returncode == 0
    for other in ("mine", "cnn-tutor"):
        done = cnn_tutor("--course", other, "init", "work", cwd=tmp_path)
        assert done.returncode == 2
        assert "is a workspace of the course a-lab" in done.stderr
    assert not list((tmp_path / "work" / "exercises").glob("*conv2d"))
    cnn_tutor("init", "plain", cwd=tmp_path)
    assert "is a workspace of another course" in cnn_tutor("--course", "mine", "init", "plain", cwd=tmp_path).stderr


def test_a_course_that_has_moved_is_said_to_be_gone_and_can_be_named_anew(tmp_path: Path) -> None:
    mine = shutil.copytree(SMALL_COURSE, tmp_path / "mine")
    cnn_tutor("--course", "mine", "init", "work", cwd=tmp_path)
    mine.rename(tmp_path / "elsewhere")
    gone = cnn_tutor("hint", "scale", cwd=tmp_path / "work")
    assert gone.returncode == 2
    assert f"is a workspace of the course {mine}" in gone.stderr
    assert cnn_tutor("--course", "elsewhere", "init", "work", cwd=tmp_path).returncode == 0
    assert cnn_tutor("hint", "scale", cwd=tmp_path / "work").returncode == 0


def test_a_workspace_from_elsewhere_opens_no_folder_that_its_user_never_opened(tmp_path: Path, user_data: Path) -> None:
    """An archive that was handed in can hold both a workspace and the course that it names."""
    evil = shutil.copytree(SMALL_COURSE, tmp_path / "handed-in" / "course")
    work = tmp_path / "handed-in"
    (work / ".cnn-tutor").mkdir()
    (work / ".cnn-tutor" / "learner").write_text("mallory\n")
    (work / ".cnn-tutor" / "course").write_text(f"{evil}\n")
    with pytest.raises(UsageError, match="you have not opened that folder yourself yet"):
        course_of(work)
    make_workspace(tmp_path / "mine", load_course(find_course(str(evil))), "ada")
    assert course_of(work) == find_course(str(evil))


@pytest.mark.parametrize("text", ["", "\n", "\x1b[2J\n", "a\0b", "\udcff"])
def test_what_is_no_name_of_a_course_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / ".cnn-tutor").mkdir()
    (tmp_path / ".cnn-tutor" / "course").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert course_of(tmp_path) == find_course("cnn-tutor")


def test_the_environment_names_the_course_too(lab: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cnn_tutor("init", "work", cwd=tmp_path)
    cnn_tutor("list", cwd=tmp_path / "work")
    monkeypatch.setenv("CNN_TUTOR_COURSE", "a-lab")
    assert "Scale a tensor" in cnn_tutor("list", cwd=tmp_path / "work").stdout


@pytest.fixture
def laid_down(tmp_path: Path) -> Path:
    """A pack as `cnn-tutor new` lays it down."""
    done = cnn_tutor("new", "--pack", "vision-lab", "there", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "there/pyproject.toml" in done.stdout.splitlines()
    assert f"cnn-tutor verify --course {Path('there/vision_lab')}" in done.stderr
    return tmp_path / "there"


def test_a_pack_that_is_laid_down_can_be_installed_and_is_opened_by_its_name(
    laid_down: Path, site: Path, tmp_path: Path
) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--target", site, laid_down], check=True)
    shutil.rmtree(laid_down)
    assert load_course(find_course("vision-lab")).find("my-layer").accepted
    made = cnn_tutor("--course", "vision-lab", "init", "work", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert "My layer" in cnn_tutor("list", cwd=tmp_path / "work").stdout


def test_the_exercise_that_a_pack_begins_with_can_be_deleted_as_its_readme_says(laid_down: Path) -> None:
    package = laid_down / "vision_lab"
    done = cnn_tutor("new", "another-layer", "--course", "vision_lab", cwd=laid_down)
    assert done.returncode == 0, done.stderr
    *folders, toml = (
        laid_down / name for name in re.findall(r"`(vision_lab/\S+)`", (laid_down / "README.md").read_text())
    )
    for folder in folders:
        shutil.rmtree(folder)
    toml.write_text(re.sub(r'\s*"my-layer",?', "", toml.read_text()))
    course = load_course(CourseLocation(package / "exercises", package / "solutions"))
    assert [exercise.slug for exercise in course.exercises] == ["another-layer"]


def test_the_test_of_a_pack_that_is_laid_down_proves_its_exercise(laid_down: Path) -> None:
    test = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(test, cwd=laid_down, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    wrong = laid_down / "vision_lab" / "solutions" / "01_my_layer" / "wrong" / "averaged.py"
    wrong.write_text(wrong.read_text().replace(" / x.shape[1]", ""))
    failed = subprocess.run(test, cwd=laid_down, capture_output=True, text=True)
    assert failed.returncode == 1
    assert "passes: no check catches it" in " ".join(failed.stdout.split())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--pack", "Vision Lab"), "is no name for a pack"),
        (("--pack", "cnn-tutor"), "is no name for a pack"),
        (("--pack", "class"), "is no name for a pack"),
        (("--pack", "vision-lab", "--title", "Mine"), "--pack goes with a folder alone"),
        (("--pack", "vision-lab", "full"), "is there already, and not empty"),
        ((), "the exercise has no name"),
        (("my-net", "--kind", "train"), "is yours to measure first"),
    ],
)
def test_what_cannot_be_laid_down_is_said_and_changes_nothing(
    tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    done = cnn_tutor("new", *words, cwd=tmp_path)
    assert done.returncode == 2
    assert says in " ".join(done.stderr.split())
    assert [path.name for path in tmp_path.rglob("*")] == ["full", "mine"]
