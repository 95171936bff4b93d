"""What is installed from a wheel has the whole course, and works from any folder."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command: str | Path, cwd: Path, status: int = 0) -> str:
    done = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-cache-dir"]
    run(*pip, "--wheel-dir", folder, ROOT, cwd=folder)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment with the wheel; its dependencies are borrowed from this one."""
    root = tmp_path_factory.mktemp("environment")
    venv.create(root, with_pip=False)
    programs = root / "bin"
    run(
        sys.executable, "-m", "pip", "--python", programs / "python", "install", "--quiet", "--no-deps", wheel, cwd=root
    )
    packages = next(root.glob("lib/python*/site-packages"))
    # A path file adds this environment's packages, but not what its own path files name: not the editable install.
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return programs


def test_the_wheel_carries_every_file_of_the_course(wheel: Path) -> None:
    course = [
        path.relative_to(ROOT)
        for folder in ("exercises", "solutions")
        for path in (ROOT / folder).rglob("*.*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    assert len(course) > 80
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {f"tutor/_data/{path}" for path in course} <= names
    hostile = {f"tutor/hostile/programs/{path.name}" for path in (ROOT / "tutor/hostile/programs").glob("*.py")}
    assert len(hostile) >= 40
    assert hostile <= names
    assert not [name for name in names if name.endswith(".pyc")]
    assert not [name for name in names if name.startswith(("tests/", "exercises/", "benchmarks/"))]


def test_an_installed_wheel_judges_from_any_folder(installed: Path, tmp_path: Path) -> None:
    where = run(installed / "python", "-c", "import tutor; print(tutor.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(installed.parent)
    run(installed / "cnn-tutor", "init", "course", "--learner", "ada", cwd=tmp_path)
    inside = tmp_path / "course" / "exercises"
    verdict = json.loads(run(installed / "cnn-tutor", "check", "24", "--format", "json", cwd=inside, status=1))
    assert verdict["verdict"] == "not_started"


def test_the_editable_install_finds_the_course_in_the_checkout(tmp_path: Path) -> None:
    code = "from tutor.course import builtin_course; print(builtin_course().exercises)"
    where = Path(run(sys.executable, "-c", code, cwd=tmp_path).strip())
    assert where == ROOT / "exercises" or "site-packages" in where.parts
