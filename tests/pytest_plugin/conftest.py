"""Running pytest as instructors and learners do, in processes of its own: its plugins are loaded once in each."""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Protocol

import pytest

from tests.conftest import SMALL_COURSE
from tutor.course import CourseLocation, load_course
from tutor.workspace import make_workspace

if TYPE_CHECKING:
    from pathlib import Path

Done = subprocess.CompletedProcess[str]
COURSE = f"--cnn-tutor-course={SMALL_COURSE}"

SOLUTIONS = SMALL_COURSE / "solutions"
SMALL = load_course(CourseLocation(SMALL_COURSE / "exercises", SOLUTIONS))
RIGHT = (SOLUTIONS / "02_scale" / "scale.py").read_text()
ADDS = (SOLUTIONS / "02_scale" / "wrong" / "adds.py").read_text()
AFFINE = (SOLUTIONS / "03_affine" / "affine.py").read_text()
BIAS_IGNORED = (SOLUTIONS / "03_affine" / "wrong" / "bias_ignored.py").read_text()


class Run(Protocol):
    """Runs a command to its end."""

    def __call__(self, *arguments: str | Path, cwd: Path, **environment: str) -> Done: ...


def environment(**more: str) -> dict[str, str]:
    """Without what the pytest around has put there."""
    return {**{name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}, **more}


def run(*command: str | Path, cwd: Path, **more: str) -> Done:
    return subprocess.run(list(map(str, command)), cwd=cwd, env=environment(**more), capture_output=True, text=True)


@pytest.fixture(scope="session")
def plain() -> Run:
    """Runs pytest as its own program does, with the plugin in it however cnn-tutor was installed."""

    def plain(*arguments: str | Path, cwd: Path, **more: str) -> Done:
        # By its name, a plugin is loaded once, whether or not pytest finds it by itself.
        plugin = ("-p", "tutor.pytest_plugin", "-p", "no:cnn-tutor")
        return run(sys.executable, "-P", "-m", "pytest", *plugin, *arguments, cwd=cwd, **more)

    return plain


@pytest.fixture(scope="session")
def hardened() -> Run:
    """Runs ``cnn-tutor pytest``."""

    def hardened(*arguments: str | Path, cwd: Path, **more: str) -> Done:
        return run(sys.executable, "-P", "-m", "tutor", "pytest", *arguments, cwd=cwd, **more)

    return hardened


def hand_in(submissions: Path, texts: dict[str, str]) -> Path:
    """Lay down texts by their path below the folder."""
    for name, text in texts.items():
        path = submissions / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return submissions


def by_hand(learner: str) -> str:
    """The right answers to a learner's questions."""
    return SMALL.find("sum-by-hand").reference(learner)


def cases(report: Path) -> dict[str, ET.Element]:
    """The test cases of a JUnit report by ``classname::name``."""
    return {f"{case.get('classname')}::{case.get('name')}": case for case in ET.parse(report).iter("testcase")}


def outcome(case: ET.Element) -> str:
    return next((child.tag for child in case if child.tag in ("failure", "error", "skipped")), "passed")


def properties(case: ET.Element) -> dict[str | None, str | None]:
    return {entry.get("name"): entry.get("value") for entry in case.iter("property")}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Ada's workspace of the small course."""
    root = tmp_path / "mine"
    make_workspace(root, SMALL, "ada")
    return root


@pytest.fixture
def class_folder(tmp_path: Path) -> Path:
    """Two learners, one right and one wrong."""
    return hand_in(tmp_path / "submissions", {"ada/02_scale/scale.py": RIGHT, "bob/exercises/02_scale/scale.py": ADDS})
