#!/usr/bin/env python3
"""Judges one submission for Classroom 50, whose runner starts this in the student's checkout, for each push.

Goes to CLASSROOM/autograders/ASSIGNMENT/, with exercises.txt beside it; its runtime needs Python 3.11 or newer. Where
there is a course/ beside it too, that is what is judged by. Whoever finds the address of the class's pages can read it:
let it be one that `cnn-tutor release` made. The questions of exercises by hand are drawn from the GitHub name of the
repository's owner, so learners begin with: cnn-tutor init --learner NAME.

Ends with 0 where there is a result, whatever the marks; else the runner says that the grader itself failed.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULT = "result.json"


def main() -> int:
    """Judge the checkout that this was started in."""
    checkout = Path.cwd()
    if importlib.util.find_spec("tutor") is None:
        install()
    learner = os.environ.get("OWNER") or os.environ["USERNAME"]
    words = [f"--learner={learner}", "--format=classroom50", *exercises()]
    if (HERE / "course").is_dir():
        words.append(f"--course={HERE / 'course'}")
    # Safe path (-P) and not in the checkout: nothing of theirs is to be imported here.
    done = subprocess.run(
        [sys.executable, "-P", "-m", "tutor", "grade", str(checkout), *words],
        cwd=HERE,
        env={**os.environ, "COMMIT_DATE": committed_at(checkout)},
        stdout=subprocess.PIPE,
        check=False,
    )
    try:
        json.loads(done.stdout)
    except ValueError:
        return done.returncode or 1
    if done.returncode == 0:
        write_anew(checkout / RESULT, done.stdout)
    return done.returncode


def install() -> None:
    """Install cnn-tutor: the wheel beside this file, or else what pip finds."""
    wheels = [str(path) for path in HERE.glob("cnn_tutor-*.whl")] or ["cnn-tutor"]
    subprocess.run([sys.executable, "-m", "pip", "install", *wheels], cwd=HERE, check=True, stdout=sys.stderr)


def exercises() -> list[str]:
    """The options that name the exercises that count."""
    file = HERE / "exercises.txt"
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return [f"--exercise={line}" for line in lines if line and not line.startswith("#")]


def committed_at(checkout: Path) -> str:
    """When the commit that is judged was made: the same again when it is judged again."""
    call = ["git", "-c", "log.showSignature=false", "log", "-1", "--format=%ct"]
    seconds = int(subprocess.run(call, cwd=checkout, check=True, capture_output=True, text=True).stdout)
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")  # noqa: UP017 - runs anywhere


def write_anew(path: Path, data: bytes) -> None:
    """Write a file where there may be one of theirs: a link say, to write through."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    with path.open("xb") as file:
        file.write(data)


if __name__ == "__main__":
    sys.exit(main())
