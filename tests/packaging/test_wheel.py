"""What is installed from a wheel has the whole course, and works from any folder."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
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
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution, unpacked."""
    folder = tmp_path_factory.mktemp("sdist")
    build = "import sys; from hatchling.build import build_sdist; print(build_sdist(sys.argv[1]))"
    archive = folder / run(sys.executable, "-c", build, folder, cwd=ROOT).split()[-1]
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder / archive.name.removesuffix(".tar.gz")


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
    borrowed = [folder for folder in sys.path if Path(folder).name in ("site-packages", "dist-packages")]
    (packages / "borrowed.pth").write_text("\n".join(borrowed) + "\n")
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


def test_a_wheel_made_from_the_source_distribution_is_the_same(wheel: Path, sdist: Path, tmp_path: Path) -> None:
    build = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    again = tmp_path / run(sys.executable, "-c", build, tmp_path, cwd=sdist).split()[-1]
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as other:
        assert contents(one) == contents(other)


def contents(archive: zipfile.ZipFile) -> dict[str, bytes]:
    return {name: archive.read(name) for name in archive.namelist()}


def test_the_source_distribution_has_what_a_contributor_needs(sdist: Path) -> None:
    names = {str(path.relative_to(sdist)) for path in sdist.rglob("*") if path.is_file()}
    assert {"README.md", "CONTRIBUTING.md", "pyproject.toml", "tests/conftest.py"} <= names
    assert not [name for name in names if name.endswith(".pyc") or name.startswith((".git/", "shared/"))]


@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["doctor", "--format", "json"]])
def test_what_is_installed_works_from_any_folder(installed: Path, tmp_path: Path, arguments: list[str]) -> None:
    run(installed / "cnn-tutor", "init", "course", "--learner", "ada", cwd=tmp_path)
    deep = tmp_path / "course" / "exercises" / "deep" / "down"
    deep.mkdir(parents=True)
    assert run(installed / "cnn-tutor", *arguments, cwd=deep)


def test_an_installed_wheel_judges_from_any_folder(installed: Path, tmp_path: Path) -> None:
    where = run(installed / "python", "-c", "import tutor; print(tutor.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(installed.parent)
    run(installed / "cnn-tutor", "init", "course", "--learner", "ada", cwd=tmp_path)
    inside = tmp_path / "course" / "exercises"
    verdict = json.loads(
        run(installed / "cnn-tutor", "check", "24", "--no-daemon", "--format", "json", cwd=inside, status=1)
    )
    assert verdict["verdict"] == "not_started"


def test_the_editable_install_finds_the_course_in_the_checkout(tmp_path: Path) -> None:
    code = "from tutor.course import builtin_course; print(builtin_course().exercises)"
    where = Path(run(sys.executable, "-c", code, cwd=tmp_path).strip())
    assert where == ROOT / "exercises" or "site-packages" in where.parts
