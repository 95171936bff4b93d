"""The files for places where courses are run: each script is run as that place runs it, on the small course."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.classroom.contracts import faults_of_classroom50, faults_of_gradescope, faults_of_prairielearn
from tests.classroom.test_export_for_learners import CLASSROOM50
from tests.conftest import SMALL_COURSE
from tutor.classroom.ready import PLACES, lay_down
from tutor.course import CourseLocation
from tutor.errors import TutorError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

SMALL = CourseLocation(SMALL_COURSE / "exercises", SMALL_COURSE / "solutions")
RIGHT = (SMALL_COURSE / "solutions" / "02_scale" / "scale.py").read_text()
ADDS = (SMALL_COURSE / "solutions" / "02_scale" / "wrong" / "adds.py").read_text()
IMPORTED = "import pathlib\npathlib.Path('{marker}').touch()\n"
BASH = shutil.which("bash")

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="it asks git when a commit was made")
needs_bash = pytest.mark.skipif(BASH is None, reason="its scripts are for bash")


def judged(folder: Path, script: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [script],
        cwd=folder,
        env={**os.environ, "PYTHON": sys.executable, **environment},
        capture_output=True,
        text=True,
    )


def with_traps(folder: Path, marker: Path) -> None:
    """What Python would run, were it started in a learner's folder without care."""
    for name in ("sitecustomize.py", "json.py", "tutor.py", "click.py", "conftest.py"):
        (folder / name).write_text(IMPORTED.format(marker=marker))


# --- Gradescope: autograder_samples/docs/specs.md


@pytest.fixture
def gradescope(tmp_path: Path) -> Callable[[str], Path]:
    """``/autograder``, as Gradescope lays it out, with a submission."""

    def lay_out(source: str) -> Path:
        root = tmp_path / "autograder"
        lay_down("gradescope", root / "source", ["scale"], SMALL)
        (root / "submission").mkdir()
        (root / "submission" / "scale.py").write_text(source)
        with_traps(root / "submission", tmp_path / "imported")
        people = [
            {"email": "zoe@example.org", "id": 2, "name": "Zoe"},
            {"email": "ada@example.org", "id": 1, "name": "A"},
        ]
        metadata = {"id": 1, "created_at": "2026-11-02T12:30:00.000000-08:00", "users": people}
        (root / "submission_metadata.json").write_text(json.dumps(metadata))
        shutil.copy(root / "source" / "run_autograder", root / "run_autograder")
        return root

    return lay_out


def on_gradescope(root: Path) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    done = judged(root, root / "run_autograder", AUTOGRADER=str(root))
    told: dict[str, Any] = json.loads((root / "results" / "results.json").read_text())
    assert faults_of_gradescope(told) == []
    assert done.returncode == 0
    return done, told


@needs_bash
def test_gradescope_judges_a_submission(gradescope: Callable[[str], Path], tmp_path: Path) -> None:
    done, told = on_gradescope(gradescope(ADDS))
    (test,) = told["tests"]
    assert (test["score"], test["max_score"], test["status"]) == (0, 2, "failed")
    assert "Looks like the factor is added; it multiplies." in test["output"]
    assert done.stdout == ""
    assert not (tmp_path / "imported").exists()


@needs_bash
def test_gradescope_gets_a_result_where_there_is_nothing_to_judge(gradescope: Callable[[str], Path]) -> None:
    root = gradescope(RIGHT)
    (root / "submission" / "scale.py").rename(root / "submission" / "homework.py")
    _, told = on_gradescope(root)
    assert sum(test["score"] for test in told.get("tests", [{"score": told.get("score")}])) == 0


@needs_bash
@pytest.mark.parametrize("broken", ["exercises.txt", "metadata", "python"])
def test_gradescope_gets_a_result_where_the_grader_itself_fails(gradescope: Callable[[str], Path], broken: str) -> None:
    root = gradescope(RIGHT)
    match broken:
        case "exercises.txt":
            (root / "source" / "exercises.txt").write_text("no-such-exercise\n")
        case "metadata":
            (root / "submission_metadata.json").write_text("{")
        case _:
            shutil.rmtree(root / "source" / "course" / "solutions")
    done, told = on_gradescope(root)
    assert told["score"] == 0
    assert "you are not to blame" in told["output"]
    assert done.stderr


@needs_bash
def test_gradescope_builds_its_image_with_the_first_python_that_is_new_enough(tmp_path: Path) -> None:
    lay_down("gradescope", tmp_path / "source", [], None)
    (tmp_path / "source" / "cnn_tutor-0.1-py3-none-any.whl").touch()
    said = tmp_path / "said"
    programs = tmp_path / "programs"
    programs.mkdir()
    # python3.14 is there and has no ensurepip, as Debian ships it; python3.13 makes an environment with itself in it.
    for name, status in (("python3.14", 1), ("python3.13", 0)):
        program = programs / name
        program.write_text(
            f'#!/bin/sh\necho "{name} $@" >> {said}\n'
            f'[ "$1 $2" = "-m venv" ] && mkdir -p "$3/bin" && cp "$0" "$3/bin/python"\nexit {status}\n'
        )
        program.chmod(0o755)
    for name in ("env", "bash", "sh", "mkdir", "cp"):
        (programs / name).symlink_to(shutil.which(name) or name)
    done = judged(tmp_path, tmp_path / "source" / "setup.sh", AUTOGRADER=str(tmp_path), PATH=str(programs))
    assert done.returncode == 0, done.stderr
    lines = said.read_text().splitlines()
    assert f"python3.13 -m venv {tmp_path}/venv" in lines
    assert lines[-1].endswith(f"-m pip install --no-cache-dir {tmp_path}/source/cnn_tutor-0.1-py3-none-any.whl")


# --- PrairieLearn: docs/externalGrading.md


@pytest.fixture
def prairielearn(tmp_path: Path) -> Callable[[str], Path]:
    """``/grade``, as PrairieLearn lays it out, with a submission."""

    def lay_out(source: str) -> Path:
        root = tmp_path / "grade"
        lay_down("prairielearn", tmp_path / "ready", ["scale"], SMALL)
        for folder in ("student", "data", "tests"):
            (root / folder).mkdir(parents=True)
        (root / "student" / "scale.py").write_text(source)
        with_traps(root / "student", tmp_path / "imported")
        (root / "data" / "data.json").write_text(json.dumps({"params": {"learner": "ada"}, "submitted_answers": {}}))
        shutil.copy(tmp_path / "ready" / "exercises.txt", root / "tests")
        shutil.copytree(tmp_path / "ready" / "course", root / "tests" / "course")
        return root

    return lay_out


def on_prairielearn(root: Path) -> dict[str, Any]:
    done = judged(root, root.parent / "ready" / "entrypoint.sh", GRADE=str(root))
    assert done.returncode == 0
    told: dict[str, Any] = json.loads((root / "results" / "results.json").read_text())
    assert faults_of_prairielearn(told) == []
    return told


@needs_bash
def test_prairielearn_judges_a_submission(prairielearn: Callable[[str], Path], tmp_path: Path) -> None:
    told = on_prairielearn(prairielearn(RIGHT))
    assert (told["gradable"], told["score"], told["tests"][0]["points"]) == (True, 1, 2)
    assert not (tmp_path / "imported").exists()


@needs_bash
def test_prairielearn_takes_no_attempt_for_a_fault_of_ours_or_of_grammar(prairielearn: Callable[[str], Path]) -> None:
    root = prairielearn("def scale(x, factor)\n    return x")
    told = on_prairielearn(root)
    assert told["gradable"] is False
    assert "SyntaxError" in told["format_errors"][0]
    (root / "data" / "data.json").unlink()
    assert on_prairielearn(root)["gradable"] is False


# --- Classroom 50: runner.py, which starts autograder.py in the checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Callable[[str], Path]:
    """A student's repository, with one commit; the bundle lies elsewhere."""

    def lay_out(source: str) -> Path:
        lay_down("classroom50", tmp_path / "bundle", ["scale"], SMALL)
        root = tmp_path / "checkout"
        (root / "exercises").mkdir(parents=True)
        (root / "exercises" / "scale.py").write_text(source)
        with_traps(root, tmp_path / "imported")
        who = ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL")
        identity = dict.fromkeys(who, "x")
        settings = {"GIT_COMMITTER_DATE": "2026-11-02T13:30:00+01:00", "GIT_CONFIG_GLOBAL": os.devnull}
        for call in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "work"]):
            subprocess.run(["git", *call], cwd=root, check=True, env={**os.environ, **identity, **settings})
        return root

    return lay_out


def on_classroom50(root: Path) -> subprocess.CompletedProcess[str]:
    variables = {name: value for name, value in CLASSROOM50.items() if name != "COMMIT_DATE"}
    return subprocess.run(
        [sys.executable, root.parent / "bundle" / "autograder.py"],
        cwd=root,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
    )


@needs_git
def test_classroom50_judges_a_checkout(checkout: Callable[[str], Path], tmp_path: Path) -> None:
    root = checkout(ADDS)
    # They may have put a link where the result goes.
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    (root / "result.json").symlink_to(elsewhere)
    done = on_classroom50(root)
    assert done.returncode == 0, done.stderr
    told = json.loads((root / "result.json").read_text())
    assert faults_of_classroom50(told) == []
    assert (told["score"], told["max-score"], told["owner"]) == (0, 2, "ada")
    assert told["datetime"] == "2026-11-02T12:30:00Z"
    assert elsewhere.read_text() == "mine"
    assert not (tmp_path / "imported").exists()


@needs_git
def test_classroom50_hears_where_the_grader_itself_fails(checkout: Callable[[str], Path]) -> None:
    root = checkout(RIGHT)
    (root.parent / "bundle" / "exercises.txt").write_text("no-such-exercise\n")
    assert on_classroom50(root).returncode != 0
    assert not (root / "result.json").exists()


# --- GitLab, GitHub, containers: read by others' programs


@pytest.mark.parametrize("place", PLACES)
def test_every_file_is_laid_down_once(place: str, tmp_path: Path) -> None:
    written = lay_down(place, tmp_path / "here", [], None)
    assert all(path.is_file() for path in written)
    assert sorted(written) == sorted(path for path in (tmp_path / "here").rglob("*") if path.is_file())
    for path in written:
        assert os.access(path, os.X_OK) == path.read_text().startswith("#!")
    with pytest.raises(UsageError, match="there already"):
        lay_down(place, tmp_path / "here", [], None)


@pytest.mark.parametrize("place", ["gitlab", "github", "container"])
def test_what_takes_no_exercises_says_so(place: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no exercises"):
        lay_down(place, tmp_path / "here", ["scale"], None)


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    (tmp_path / "here").write_text("a file")
    with pytest.raises(TutorError, match="cannot be written"):
        lay_down("gitlab", tmp_path / "here", [], None)


def script_of(place: str, tmp_path: Path) -> Any:
    yaml = pytest.importorskip("yaml")
    (path,) = lay_down(place, tmp_path, [], None)
    return yaml.safe_load(path.read_text())


def run_lines(lines: list[str], folder: Path, **environment: str) -> None:
    """As a runner does: one shell for all lines, which ends at the first that fails."""
    done = subprocess.run(
        [BASH or "bash", "-euo", "pipefail", "-c", "\n".join(lines)],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def submission(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "conv2d.py").write_text("def conv2d(): ...\n")
    with_traps(folder, tmp_path / "imported")
    return folder


@needs_bash
def test_gitlab_shows_each_check(tmp_path: Path) -> None:
    job = script_of("gitlab", tmp_path / "ready")["cnn-tutor"]
    assert job["artifacts"]["reports"]["junit"] == "cnn-tutor.xml"
    folder = submission(tmp_path)
    program = Path(sys.executable).parent / "cnn-tutor"
    lines = [line.replace("/opt/cnn-tutor/bin/cnn-tutor", str(program)).replace("cd /opt", f"cd {tmp_path}")
             for line in job["script"] if "venv" not in line and "pip" not in line]  # fmt: skip
    lines = [line.replace("--format", "--exercise conv2d --format") for line in lines]
    run_lines(lines, folder, CI_PROJECT_DIR=str(folder), LEARNER="ada")
    assert 'name="ada: conv2d: ' in (folder / "cnn-tutor.xml").read_text()
    assert not (tmp_path / "imported").exists()


@needs_bash
def test_github_shows_how_it_stands(tmp_path: Path) -> None:
    workflow = script_of("github", tmp_path / "ready")
    assert workflow["permissions"] == {"contents": "read"}
    steps = {step.get("name"): step for step in workflow["jobs"]["grade"]["steps"]}
    folder, temp = submission(tmp_path), tmp_path / "temp"
    (temp / "env" / "bin").mkdir(parents=True)
    (temp / "env" / "bin" / "cnn-tutor").symlink_to(Path(sys.executable).parent / "cnn-tutor")
    script = steps["Judge"]["run"].replace("--format junit", "--exercise conv2d --format junit")
    run_lines([script], temp, GITHUB_WORKSPACE=str(folder), GITHUB_STEP_SUMMARY=str(temp / "summary"), LEARNER="ada")
    assert 'name="ada: conv2d: ' in (temp / "cnn-tutor.xml").read_text()
    assert "0/1" in (temp / "summary").read_text()
    assert not (tmp_path / "imported").exists()


@pytest.mark.parametrize(("place", "name"), [("container", "Containerfile"), ("prairielearn", "Dockerfile")])
def test_an_image_starts_with_a_known_instruction_in_every_line(place: str, name: str, tmp_path: Path) -> None:
    lay_down(place, tmp_path, [], None)
    text = (tmp_path / name).read_text().replace("\\\n", " ")
    instructions = [line.split()[0] for line in text.splitlines() if line and not line.startswith("#")]
    assert instructions[0] == "FROM"
    assert set(instructions) <= {"FROM", "COPY", "RUN", "WORKDIR", "ENTRYPOINT", "CMD"}


def test_prairielearn_is_asked_for_what_it_allows(tmp_path: Path) -> None:
    lay_down("prairielearn", tmp_path, [], None)
    options = json.loads((tmp_path / "info.json").read_text())["externalGradingOptions"]
    assert options["enabled"] is True
    assert 0 < options["timeout"] <= 600
    assert options["entrypoint"] in (tmp_path / "Dockerfile").read_text()
