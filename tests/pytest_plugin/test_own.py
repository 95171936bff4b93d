"""One's own workspace, one's own project with submissions in it, and projects that have nothing to do with us."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from .conftest import ADDS, COURSE, RIGHT, by_hand, environment, hand_in

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Run

OWN_TEST = "def test_own():\n    pass\n"


def test_a_workspaces_exercises_are_judged_beside_ones_own_tests(plain: Run, workspace: Path) -> None:
    own = {"exercises/02_scale/scale.py": RIGHT, "exercises/02_scale/test_mine.py": OWN_TEST}
    hand_in(workspace, {**own, "exercises/01_sum_by_hand/sum_by_hand.py": by_hand("ada")})
    done = plain("exercises", COURSE, "-rA", cwd=workspace)
    assert done.returncode == 1
    for line in (
        # Drawn from the name that the workspace has.
        "PASSED exercises/01_sum_by_hand/sum_by_hand.py::q3",
        "PASSED exercises/02_scale/scale.py::values",
        "PASSED exercises/02_scale/test_mine.py::test_own",
        "FAILED exercises/03_affine/affine.py::forward",
        "SKIPPED [1] exercises/03_affine/affine.py:1: ",
    ):
        assert line in done.stdout
    assert "ada: exercise 3, affine, forward" in done.stdout


@pytest.mark.parametrize("selector", ["2", "scale"])
def test_one_exercise_alone_can_be_asked_for(plain: Run, workspace: Path, selector: str) -> None:
    hand_in(workspace, {"exercises/02_scale/test_mine.py": OWN_TEST, "conftest.py": "import collections as own\n"})
    done = plain("--cnn-tutor-exercise", selector, COURSE, "--collect-only", "-q", cwd=workspace)
    assert done.stdout.splitlines()[0] == "exercises/02_scale/scale.py::values"
    assert "::test_own" not in done.stdout


def test_a_workspace_is_found_by_what_is_named_too(plain: Run, workspace: Path) -> None:
    done = plain("mine/exercises", COURSE, "--collect-only", "-q", cwd=workspace.parent)
    assert "mine/exercises/01_sum_by_hand/sum_by_hand.py::q1" in done.stdout


def test_a_file_of_that_name_elsewhere_in_a_workspace_is_no_submission(plain: Run, workspace: Path) -> None:
    hand_in(workspace, {"scale.py": RIGHT, "notes/test_scale.py": OWN_TEST})
    done = plain(".", COURSE, "--collect-only", "-q", cwd=workspace)
    assert not [line for line in done.stdout.splitlines() if line.startswith("scale.py")]
    assert "notes/test_scale.py::test_own" in done.stdout


def test_what_trains_is_said_before_and_can_be_left_out(plain: Run, tmp_path: Path) -> None:
    # The course that ships: the small one trains nothing.
    hand_in(
        tmp_path,
        {"submissions/ada/20_dropout_network/dropout_network.py": "", "submissions/ada/03_conv2d/conv2d.py": ""},
    )
    every = plain("--cnn-tutor", "submissions", "--collect-only", cwd=tmp_path)
    assert "networks are trained for 1 of these submissions, which takes minutes: dropout-network" in every.stdout
    others = plain(
        *("--cnn-tutor", "submissions", "--collect-only", "-q", "-m", "not cnn_tutor(kind='train')"), cwd=tmp_path
    )
    assert "conv2d.py::window" in others.stdout
    assert "dropout_network.py" not in others.stdout


def test_last_failed_works(plain: Run, workspace: Path) -> None:
    hand_in(workspace, {"exercises/02_scale/scale.py": ADDS})
    assert plain("--cnn-tutor-exercise=2", COURSE, "-q", cwd=workspace).returncode == 1
    again = plain("--cnn-tutor-exercise=2", COURSE, "-q", "--lf", "--collect-only", cwd=workspace)
    assert "exercises/02_scale/scale.py::values" in again.stdout


def test_a_project_says_once_where_submissions_lie(plain: Run, class_folder: Path) -> None:
    project = class_folder.parent
    hand_in(
        project,
        {
            "pytest.ini": f"[pytest]\ncnn_tutor_submissions = submissions\naddopts = {COURSE}\n",
            "conftest.py": "import pytest\n\n\n@pytest.fixture\ndef own():\n    return 1\n",
            "tests/test_own.py": "def test_own(own):\n    assert own == 1\n",
            "submissions/bob/test_theirs.py": OWN_TEST,
        },
    )
    done = plain("-rA", cwd=project)
    assert done.returncode == 1
    for line in (
        "PASSED submissions/ada/02_scale/scale.py::values",
        "FAILED submissions/bob/exercises/02_scale/scale.py::values",
        "PASSED tests/test_own.py::test_own",
    ):
        assert line in done.stdout
    assert "test_theirs" not in done.stdout


def test_other_projects_are_left_alone(plain: Run, tmp_path: Path) -> None:
    hand_in(
        tmp_path,
        {
            "scale.py": "x = 1\n",
            "exercises/02_scale/scale.py": "x = 1\n",
            "exercises/02_scale/test_scale.py": "from scale import x\n\n\ndef test_x():\n    assert x == 1\n",
            "exercises/02_scale/conftest.py": "own = 1\n",
        },
    )
    done = plain("-q", "-p", "no:cacheprovider", cwd=tmp_path)
    assert (done.returncode, done.stdout.splitlines()[-1].split(" in ")[0]) == (0, "1 passed")
    # One that is named and of that name is an ordinary module too.
    named = plain("-q", "scale.py", cwd=tmp_path)
    assert named.returncode == 5


@pytest.mark.parametrize(("named", "is_told"), [("submissions", True), (".", False)])
def test_where_nothing_is_found_it_is_said_how_to_judge(
    plain: Run, class_folder: Path, named: str, *, is_told: bool
) -> None:
    done = plain("-q", named, cwd=class_folder.parent)
    assert done.returncode == 5
    assert ("cnn-tutor pytest FOLDER" in done.stdout) is is_told


def test_the_plugin_imports_next_to_nothing() -> None:
    code = (
        "import sys, pytest, _pytest.config; before = set(sys.modules)\n"
        "import tutor.pytest_plugin\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["tutor", "tutor.pytest_plugin"]


def test_a_run_that_has_no_submissions_imports_no_more_of_it(plain: Run, tmp_path: Path) -> None:
    hand_in(
        tmp_path,
        {
            "test_own.py": "import sys\n\n\ndef test_own():\n"
            "    ours = {name for name in sys.modules if name.startswith('tutor')}\n"
            "    assert ours == {'tutor', 'tutor.pytest_plugin'}\n"
            "    assert not {'torch', 'textual', 'click', 'msgspec'} & set(sys.modules)\n"
        },
    )
    done = plain("-q", "-p", "no:xdist", cwd=tmp_path, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    assert done.returncode == 0, done.stdout


def test_the_command_says_what_to_do_where_there_is_no_pytest(tmp_path: Path) -> None:
    code = (
        "import sys, importlib.abc\n"
        "class NoPytest(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'pytest':\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, NoPytest())\n"
        "import importlib.util\n"
        "found = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, package=None: None if name == 'pytest' else found(name, package)\n"
        "sys.argv[1:] = ['pytest', 'submissions']\n"
        "from tutor.cli import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment(), capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install 'cnn-tutor[pytest]'" in done.stderr
