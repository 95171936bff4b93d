"""`cnn-tutor verify` and `new` as an author types them: exit codes, output for programs, Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from tests.authoring.conftest import Spoilt, lay_down_spoilt
from tutor.authoring.new import Wish, lay_down
from tutor.commands.verify import command as verify_command
from tutor.errors import GraderError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.course import Exercise


def cnn_tutor(*words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tutor", *map(str, words)],
        cwd=cwd,
        env={**os.environ, "COLUMNS": "80"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def test_all_is_every_exercise_and_no_other_may_be_named_beside_it(tmp_path: Path) -> None:
    for name in ("one", "other"):
        cnn_tutor("new", name, "--kind", "compute", "--course", ".", cwd=tmp_path)
    every = cnn_tutor("verify", "--all", "--quick", "--seeds", "1", cwd=tmp_path)
    assert "2 of 2 exercises proved" in every.stdout
    both = cnn_tutor("verify", "--all", "one", cwd=tmp_path)
    assert both.returncode == 2
    assert "--all and an exercise" in both.stderr


def test_thorough_takes_every_program_through_every_check_of_every_seed(tmp_path: Path) -> None:
    cnn_tutor("new", "my-layer", "--course", ".", cwd=tmp_path)
    words = ("verify", "--course", ".", "--seeds", "4")
    thorough = cnn_tutor(*words, "--thorough", cwd=tmp_path)
    assert "On how many of 4 seeds each check catches" in " ".join(thorough.stdout.split())
    assert thorough.returncode == 0
    both = cnn_tutor(*words, "--thorough", "--quick", cwd=tmp_path)
    assert both.returncode == 2
    assert "--quick and --thorough" in both.stderr


def test_what_new_lays_down_is_proved_as_it_is_hostile_programs_and_all(tmp_path: Path) -> None:
    first = cnn_tutor("new", "my-layer", "--course", "mine", cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    assert "mine/exercises/course.toml" in first.stdout.splitlines()
    assert "cnn-tutor verify my-layer --course mine" in first.stderr
    second = cnn_tutor("new", "my-sums", "--kind", "compute", "--course", "mine", cwd=tmp_path)
    assert "mine/exercises/02_my_sums/my_sums.py" in second.stdout.splitlines()
    proved = cnn_tutor("verify", "--course", "mine", "--seeds", "4", cwd=tmp_path)
    assert proved.returncode == 0, proved.stdout + proved.stderr
    assert proved.stdout.splitlines()[-1] == "2 of 2 exercises proved: no faults, no warnings"
    assert "1 my-layer  proved" in proved.stdout
    assert proved.stdout.count(" hostile programs") == 2
    assert "On how many of 3 seeds each check catches" in " ".join(proved.stdout.split())
    assert max(map(len, proved.stdout.splitlines())) <= 80
    assert "on 4 seeds" in proved.stderr
    assert not (tmp_path / "mine" / "solutions" / "01_my_layer" / "__pycache__").exists()


def test_verify_proves_the_course_in_this_folder_where_there_is_one(tmp_path: Path) -> None:
    laid = cnn_tutor("new", "my-layer", cwd=tmp_path)
    assert laid.stderr.splitlines()[-1].strip() == "cnn-tutor verify my-layer"
    proved = cnn_tutor("verify", "my-layer", "--quick", "--seeds", "1", cwd=tmp_path)
    assert proved.returncode == 0, proved.stderr
    assert "1 of 1 exercise proved" in proved.stdout
    assert "The course in this folder; --course DIR names another." in proved.stderr
    other = cnn_tutor("verify", "residual-block", "--quick", cwd=tmp_path)
    assert other.returncode == 2
    assert f"This is the course in {tmp_path}; --course DIR names another." in other.stderr


def test_check_tries_a_file_as_an_exercise_of_an_own_course(tmp_path: Path) -> None:
    lay_down(tmp_path / "mine", Wish("my-layer", "implement"))
    lay_down(tmp_path / "mine", Wish("my-sums", "compute"))
    tried = ("check", "my-layer", "--course", "mine", "--submission")
    solutions = tmp_path / "mine" / "solutions"
    passed = cnn_tutor(*tried, solutions / "01_my_layer" / "my_layer.py", cwd=tmp_path)
    assert passed.returncode == 0, passed.stdout + passed.stderr
    wrong = solutions / "01_my_layer" / "wrong" / "averaged.py"
    failed = cnn_tutor(*tried, wrong, "--format", "json", cwd=tmp_path)
    assert (failed.returncode, json.loads(failed.stdout)["misconception"]) == (1, "averaged")
    # Answers by hand have their placeholders filled in, as the course's own have.
    by_hand = solutions / "02_my_sums" / "my_sums.py"
    assert cnn_tutor("check", "2", "--course", "mine", "--submission", by_hand, cwd=tmp_path).returncode == 0
    alone = cnn_tutor("check", "my-layer", "--course", "mine", cwd=tmp_path)
    assert alone.returncode == 2
    assert "--course goes with one exercise and --submission" in alone.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine"]


def test_data_for_programs_goes_to_stdout_and_a_fault_gives_status_1(tmp_path: Path) -> None:
    spoilt = Spoilt("wrong-passes", "implement", {"solution/wrong/averaged.py": (" / x.shape[1]", "")}, "", "")
    lay_down(tmp_path, Wish("sound", "implement"))
    lay_down_spoilt(tmp_path, spoilt)
    done = cnn_tutor("verify", "exercise", "2", "--course", ".", "--quick", "--format", "json", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    data = json.loads(done.stdout)
    assert (data["format"], data["proved"]) == (1, False)
    (report,) = data["exercises"]
    assert (report["exercise"], report["number"], report["proved"]) == ("wrong-passes", 2, False)
    assert report["faults"] == [
        {
            "file": "solutions/02_wrong_passes/wrong/averaged.py",
            "says": "passes: no check catches it on any of 7 seeds",
            "do": "Add a case that shows the mistake, or take the answer out.",
        }
    ]
    assert report["table"]["rows"][0]["name"] == "averaged"


def test_a_manifest_that_is_wrong_gives_status_2_and_starts_nothing(tmp_path: Path) -> None:
    for slug in ("one", "two"):
        lay_down_spoilt(tmp_path, Spoilt(slug, "implement", {}, "", ""))
    for slug in ("01_one", "02_two"):
        toml = tmp_path / "exercises" / slug / "exercise.toml"
        toml.write_text(toml.read_text().replace("level = 2", "level = 22").replace("minutes", "minuets"))
    done = cnn_tutor("verify", "one", "--course", ".", cwd=tmp_path)
    assert done.returncode == 2
    for said in ("exercises/01_one/exercise.toml", "exercises/02_two/exercise.toml", "`minuets`", "field `level`"):
        assert said in done.stdout
    assert "seeds" not in done.stderr
    as_data = json.loads(cnn_tutor("verify", "--course", ".", "--format", "json", cwd=tmp_path).stdout)
    assert len(as_data["faults"]) == 6
    assert as_data["exercises"] == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("verify", "--course", "nowhere"), "nowhere is no course"),
        (("verify", "nothing"), "there is no exercise 'nothing'"),
        (("new", "My Layer"), "`My Layer` is no slug"),
    ],
)
def test_a_call_that_makes_no_sense_gives_status_2(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    done = cnn_tutor(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_engine_that_cannot_judge_gives_status_3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def __init__(self, course: object) -> None:
            pass

        def check(self, *args: object, **kwargs: object) -> None:
            raise GraderError("no worker can be started: out of memory")

        def close(self) -> None:
            pass

    monkeypatch.setattr("tutor.authoring.verify.EngineClient", Broken)
    lay_down(tmp_path, Wish("layer", "compute"))
    words = ["--course", str(tmp_path), "--quick", "--seeds", "1"]
    result = CliRunner().invoke(verify_command, words, standalone_mode=False)
    assert result.return_value == 3
    assert "1 layer  not judged" in result.stdout
    assert "no worker can be started: out of memory" in result.stdout


def test_a_check_that_raises_in_the_engine_is_a_fault_of_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Raises:
        def __init__(self, course: object) -> None:
            pass

        def check(self, exercise: Exercise, *args: object, **kwargs: object) -> None:
            raise GraderError(f"{exercise.checks_file}: check `values` itself raises TypeError", "It must not.")

        def close(self) -> None:
            pass

    monkeypatch.setattr("tutor.authoring.verify.EngineClient", Raises)
    lay_down(tmp_path, Wish("layer", "compute"))
    words = ["--course", str(tmp_path), "--quick", "--seeds", "1"]
    result = CliRunner().invoke(verify_command, words, standalone_mode=False)
    assert result.return_value == 1
    said = " ".join(result.stdout.split())
    assert "fault solutions/01_layer/checks.py: check `values` itself raises TypeError → It must not." in said


@pytest.mark.parametrize("phase", ["on 100000 seeds", "in the engine"])
def test_ctrl_c_ends_it_at_once_and_leaves_nothing_running(tmp_path: Path, phase: str) -> None:
    lay_down(tmp_path, Wish("layer", "implement"))
    seeds = "100000" if phase.startswith("on") else "1"
    process = subprocess.Popen(
        [sys.executable, "-m", "tutor", "verify", "--course", str(tmp_path), "--seeds", seeds],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        # As a shell in the foreground starts it; a test's runner may ignore the signal.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.stderr is not None
    with process.stderr:
        while not process.stderr.readline().startswith(phase):
            assert process.poll() is None
        started: list[int] = []
        while not started:
            started = list(below(process.pid))
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
    left = [pid for pid in started if is_running(pid)]
    assert left == []


def test_the_commands_import_no_torch_before_they_run() -> None:
    code = "import sys, tutor.commands.verify, tutor.commands.new, tutor.authoring.verify, tutor.authoring.new\n"
    code += "sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def below(pid: int) -> Iterator[int]:
    """The processes that a process has started, and those that they have."""
    for folder in Path("/proc").glob("[0-9]*"):
        if stat(folder.name)[1:2] == [str(pid)]:
            yield int(folder.name)
            yield from below(int(folder.name))


def is_running(pid: int) -> bool:
    return stat(str(pid))[:1] not in ([], ["Z"])


def stat(pid: str) -> list[Any]:
    """A process's state, its parent, and so on; empty where there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
