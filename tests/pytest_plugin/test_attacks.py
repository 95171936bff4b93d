"""Nothing that learners hand in is executed where pytest runs: each file would leave a mark, and none is left.

For each it is shown, too, that pytest without all this would have executed it.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from tutor.commands.pytest import environment

from .conftest import COURSE, RIGHT, hand_in, run

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Done, Run

MARKS = "CNN_TUTOR_TEST_MARKS"


def marks(name: str) -> str:
    """A program that shows that it was executed; it goes on as if nothing was."""
    return f"import os\nopen(os.path.join(os.environ[{MARKS!r}], {name!r}), 'w').close()\n"


TEST = "\n\ndef test_something():\n    pass\n"

IMPORTED = {
    "conftest.py": marks("conftest"),
    "bob/conftest.py": marks("conftest of bob"),
    "testing/conftest.py": marks("conftest of testing"),
    "bob/test_scale.py": marks("test") + TEST,
    "bob/02_scale/__init__.py": marks("package"),
    "bob/02_scale/test_in_package.py": TEST,
    "__init__.py": marks("package above"),
    "test_at_the_top.py": TEST,
}
"""What pytest imports of itself."""

CONFIGURATIONS = {
    "pytest.ini": "[pytest]\naddopts = -p evil\npythonpath = .\n",
    ".pytest.ini": "[pytest]\naddopts = -p evil\npythonpath = .\n",
    "pytest.toml": '[pytest]\naddopts = ["-p", "evil"]\npythonpath = ["."]\n',
    "tox.ini": "[pytest]\naddopts = -p evil\npythonpath = .\n",
    "setup.cfg": "[tool:pytest]\naddopts = -p evil\npythonpath = .\n",
    "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "-p evil"\npythonpath = ["."]\n',
}
EVIL = {"evil.py": marks("evil")}

SHADOWS = {
    f"{name}.py": marks(f"shadow of {name}")
    for name in ("pytest", "tutor", "torch", "json", "queue", "struct", "execnet", "xdist", "sitecustomize", "site")
}
"""What Python would import where the current folder is a place to import from."""


@pytest.fixture
def marked(tmp_path: Path) -> Path:
    """Where marks are left."""
    folder = tmp_path / "marks"
    folder.mkdir()
    return folder


def left(marked: Path) -> list[str]:
    return sorted(path.name for path in marked.iterdir())


@pytest.fixture
def submissions(tmp_path: Path) -> Path:
    return hand_in(tmp_path / "submissions", {"bob/02_scale/scale.py": RIGHT, "testing/02_scale/scale.py": RIGHT})


def unprotected(*arguments: str, cwd: Path, marked: Path) -> Done:
    return run(
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cnn-tutor",
        "-q",
        *arguments,
        cwd=cwd,
        CNN_TUTOR_TEST_MARKS=str(marked),
    )


def test_each_of_these_would_be_executed(submissions: Path, marked: Path) -> None:
    hand_in(submissions, IMPORTED)
    unprotected("submissions", cwd=submissions.parent, marked=marked)
    assert left(marked) == sorted(
        ["conftest", "conftest of bob", "conftest of testing", "test", "package", "package above"]
    )


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_each_configuration_would_be_read(submissions: Path, marked: Path, name: str) -> None:
    hand_in(submissions / "bob", {name: CONFIGURATIONS[name], **EVIL})
    unprotected("submissions/bob", cwd=submissions.parent, marked=marked)
    assert left(marked) == ["evil"]


def test_modules_of_these_names_would_be_imported(submissions: Path, marked: Path) -> None:
    hand_in(submissions, {"json.py": SHADOWS["json.py"]})
    unprotected(".", cwd=submissions, marked=marked)
    assert left(marked) == ["shadow of json"]


@pytest.mark.parametrize(
    ("inside", "arguments"),
    [
        ("", ["submissions"]),
        ("", ["submissions/bob"]),
        ("", ["submissions/bob/02_scale/scale.py"]),
        ("", ["submissions/bob/02_scale/scale.py", "submissions/bob/test_scale.py"]),
        ("submissions", []),
        ("submissions/bob", ["."]),
        ("submissions/bob/02_scale", ["scale.py", "--doctest-modules"]),
    ],
)
def test_the_command_executes_none_of_them(
    hardened: Run, submissions: Path, marked: Path, inside: str, arguments: list[str]
) -> None:
    for folder in (submissions, submissions / "bob", submissions / "bob" / "02_scale"):
        hand_in(folder, {**CONFIGURATIONS, **EVIL, **SHADOWS})
    hand_in(submissions, IMPORTED)
    cwd = submissions.parent / inside
    done = hardened(
        *arguments, COURSE, "--collect-only", "-q", cwd=cwd, CNN_TUTOR_TEST_MARKS=str(marked), PYTEST_ADDOPTS="-p evil"
    )
    assert "scale.py::values" in done.stdout, done.stdout + done.stderr
    assert "test_something" not in done.stdout
    assert left(marked) == []


def test_nor_does_it_while_it_judges_in_two_processes(hardened: Run, submissions: Path, marked: Path) -> None:
    hand_in(submissions, {**IMPORTED, **CONFIGURATIONS, **EVIL, **SHADOWS})
    before = sorted(submissions.rglob("*"))
    done = hardened(COURSE, "-q", "-n", "2", cwd=submissions, CNN_TUTOR_TEST_MARKS=str(marked), PYTEST_PLUGINS="evil")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout
    assert left(marked) == []
    assert sorted(submissions.rglob("*")) == before


def test_a_file_that_is_named_like_an_option_is_none(hardened: Run, submissions: Path, marked: Path) -> None:
    hand_in(submissions, {"-pevil/02_scale/scale.py": RIGHT, "@bob/02_scale/scale.py": RIGHT, **EVIL})
    names = sorted(path.name for path in submissions.iterdir())
    done = hardened(*names, COURSE, "--collect-only", "-q", cwd=submissions, CNN_TUTOR_TEST_MARKS=str(marked))
    assert "-pevil/02_scale/scale.py::values" in done.stdout
    assert "@bob/02_scale/scale.py::values" in done.stdout
    assert left(marked) == []


def test_no_variable_decides_what_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTHONPATH", "PYTHONSTARTUP", "PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        monkeypatch.setenv(name, ".")
    monkeypatch.setenv("PYTHONSAFEPATH", "")
    kept = environment(os.environ)
    assert {name: value for name, value in kept.items() if name.startswith(("PYTHON", "PYTEST"))} == {
        "PYTHONSAFEPATH": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    assert kept["PATH"] == os.environ["PATH"]


def test_what_is_named_and_is_no_exercises_file_fails(hardened: Run, submissions: Path) -> None:
    hand_in(submissions, {"bob/my_scale.py": RIGHT})
    done = hardened("submissions/bob/my_scale.py", COURSE, "-q", cwd=submissions.parent)
    assert done.returncode == 1
    assert "my_scale.py: has not the name of an exercise's file; nothing can judge it" in done.stdout


BY_INI = ["-o", "cnn_tutor_submissions=submissions"]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--cnn-tutor"], ["submissions"]),
        (["--cnn-tutor"], ["submissions/bob/02_scale"]),
        (["--cnn-tutor-exercise", "2"], ["."]),
        (BY_INI, ["."]),
        (BY_INI, ["submissions"]),
        (BY_INI, ["submissions/bob"]),
    ],
)
def test_the_plugin_alone_imports_nothing_either(
    plain: Run, submissions: Path, marked: Path, options: list[str], named: list[str]
) -> None:
    hand_in(submissions, IMPORTED)
    done = plain(
        *named, *options, COURSE, "--collect-only", "-q", cwd=submissions.parent, CNN_TUTOR_TEST_MARKS=str(marked)
    )
    assert "submissions/bob/02_scale/scale.py::values" in done.stdout, done.stdout + done.stderr
    assert "test_" not in done.stdout
    assert left(marked) == []


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_a_configuration_of_theirs_is_refused(plain: Run, submissions: Path, marked: Path, name: str) -> None:
    hand_in(submissions / "bob", {name: CONFIGURATIONS[name], **EVIL})
    done = plain(
        "submissions/bob/02_scale", "--cnn-tutor", COURSE, cwd=submissions.parent, CNN_TUTOR_TEST_MARKS=str(marked)
    )
    assert done.returncode == 4
    assert f"submissions/bob/{name}, which may be a learner's" in done.stderr
    assert "cnn-tutor pytest" in done.stderr


def test_the_plugin_alone_writes_nothing_beside_the_submissions(plain: Run, submissions: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (submissions / "bob" / ".pytest_cache").symlink_to(tmp_path / "elsewhere")
    # Nothing is judged, but pytest keeps in its cache what there was to run.
    done = plain("--cnn-tutor", COURSE, "-q", "-k", "nothing", cwd=submissions / "bob")
    assert done.returncode == 5, done.stdout + done.stderr
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_one_that_names_itself_is_refused_too(plain: Run, submissions: Path) -> None:
    hand_in(submissions / "bob", {"pytest.ini": "[pytest]\naddopts = -c submissions/bob/pytest.ini\n"})
    done = plain("submissions/bob", "--cnn-tutor", COURSE, cwd=submissions.parent)
    assert (done.returncode, "cnn-tutor pytest" in done.stderr) == (4, True)


def test_ones_own_configuration_is_read(plain: Run, submissions: Path, marked: Path) -> None:
    hand_in(submissions.parent, {"pytest.ini": CONFIGURATIONS["pytest.ini"], **EVIL})
    done = plain(
        "submissions",
        "--cnn-tutor",
        COURSE,
        "--collect-only",
        "-q",
        cwd=submissions.parent,
        CNN_TUTOR_TEST_MARKS=str(marked),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert left(marked) == ["evil"]
