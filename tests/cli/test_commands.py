"""The command line as a learner types it, each command in a process of its own."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tutor.course import builtin_course, load_course

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]

COURSE = load_course(builtin_course())
BLOCK = COURSE.find("residual-block")
SHAPES = COURSE.find("conv-output-shape")


def write(folder: Path, text: str, exercise: Any = BLOCK) -> Path:
    path: Path = folder / "exercises" / exercise.manifest.folder / exercise.filename
    path.write_text(text)
    return path


def wrong(name: str) -> str:
    return next(answer.source for answer in BLOCK.wrong if answer.path.stem == name)


def test_init_says_on_stdout_what_it_laid_down_and_the_second_time_nothing(cnn_tutor: Run, tmp_path: Path) -> None:
    first = cnn_tutor("init", "mine", "--learner", "ada", cwd=tmp_path)
    assert first.returncode == 0
    assert first.stdout.splitlines() == [
        f"mine/exercises/{exercise.manifest.folder}/{exercise.filename}" for exercise in COURSE.exercises
    ]
    for words in ("First: cd mine\n", "Begin with exercises/", "cnn-tutor check 1"):
        assert words in first.stderr
    again = cnn_tutor("init", "mine", cwd=tmp_path)
    assert (again.returncode, again.stdout) == (0, "")


def test_init_says_from_where_one_goes_on_and_whose_questions_they_are(cnn_tutor: Run, tmp_path: Path) -> None:
    (tmp_path / "my course").mkdir()
    done = cnn_tutor("init", "my course", cwd=tmp_path, LOGNAME="grace")
    assert "First: cd 'my course'\n" in done.stderr
    assert "drawn from the name grace; cnn-tutor init DIR --learner NAME picks another" in done.stderr
    inside = tmp_path / "my course" / "exercises"
    lesson = next(inside.glob("01_*/lesson.md"))
    lesson.with_name(COURSE.exercises[0].filename).unlink()
    again = cnn_tutor("init", "..", cwd=inside)
    assert f"Begin with {lesson.relative_to(inside)}\n" in again.stderr
    assert "First:" not in again.stderr
    assert "drawn from" not in again.stderr
    nested = cnn_tutor("init", cwd=inside)
    assert nested.returncode == 2
    assert "is in a workspace already" in nested.stderr
    assert not (inside / ".cnn-tutor").exists()


def test_list_shows_where_one_stands(cnn_tutor: Run, folder: Path) -> None:
    listed = cnn_tutor("list", cwd=folder)
    assert listed.returncode == 0
    for exercise in COURSE.exercises:
        assert exercise.title in listed.stdout
    assert listed.stdout.count("not begun") == len(COURSE.exercises)
    found = json.loads(cnn_tutor("list", "--format", "json", cwd=folder).stdout)
    assert [(entry["number"], entry["slug"], entry["passed"]) for entry in found] == [
        (exercise.number, exercise.slug, False) for exercise in COURSE.exercises
    ]


def test_a_wrong_block_is_told_what_is_wrong_and_what_it_looks_like(cnn_tutor: Run, folder: Path) -> None:
    answer = next(answer for answer in BLOCK.wrong if answer.check == "forward")
    write(folder, answer.source)
    done = cnn_tutor("check", "exercise", "24", cwd=folder)
    assert done.returncode == 1
    words = " ".join(done.stdout.split())
    assert "Not yet" in words
    assert " ".join(f"Looks like {BLOCK.misconception_says(answer.misconception)}".split()) in words
    assert "The smallest case that fails" in words
    assert "Traceback" not in done.stdout + done.stderr
    assert "… tried" in cnn_tutor("list", cwd=folder).stdout


def test_a_question_that_is_not_filled_in_has_not_failed(cnn_tutor: Run, folder: Path) -> None:
    write(folder, SHAPES.starter("ada").replace("\nq2 = ...", "\nq2 = (-1, -1)"), SHAPES)
    done = cnn_tutor("check", str(SHAPES.number), cwd=folder)
    assert done.returncode == 1
    ends = [line.split()[-3:] for line in done.stdout.splitlines() if "Question" in line]
    assert ends == [["filled", "in", "0/1"], ["variant", "failed", "0/1"], ["filled", "in", "0/1"]]
    assert "0 of 2 right. Off: number 1 (you: -1)" in " ".join(done.stdout.split())


def test_a_function_that_is_not_written_yet_is_no_error(cnn_tutor: Run, folder: Path) -> None:
    pool = COURSE.find("pool2d")
    starter, reference = pool.starter("ada"), pool.reference("ada")
    write(folder, f"{reference}\n\n{starter[starter.index('def avg_pool2d') :]}", pool)
    done = cnn_tutor("check", str(pool.number), cwd=folder)
    assert done.returncode == 1
    assert done.stdout.startswith("Not yet")
    assert "avg_pool2d is not written yet" in done.stdout
    verdict = json.loads(cnn_tutor("check", str(pool.number), "--format", "json", cwd=folder).stdout)
    assert verdict["verdict"] == "error"


def test_a_file_without_the_function_says_what_must_be_in_it(cnn_tutor: Run, folder: Path) -> None:
    conv = COURSE.find("conv2d")
    write(folder, "import torch\n", conv)
    done = cnn_tutor("check", str(conv.number), cwd=folder)
    assert "there is no conv2d in the file; the function must have that name" in done.stdout
    write(folder, SHAPES.starter("ada").replace("\nq2 = ...", ""), SHAPES)
    done = cnn_tutor("check", str(SHAPES.number), cwd=folder)
    assert "there is no q2 in the file; the answer must have that name" in done.stdout


def test_of_what_a_program_prints_the_beginning_is_shown_or_all_of_it(cnn_tutor: Run, folder: Path) -> None:
    write(folder, "for n in range(48):\n    print('printed', n)\n" + BLOCK.wrong[0].source)
    assert "printed 47" not in cnn_tutor("check", "24", cwd=folder).stdout
    assert "printed 47" in cnn_tutor("check", "24", "--printed", cwd=folder).stdout


def test_json_is_the_fixed_shape_on_stdout_alone(cnn_tutor: Run, folder: Path) -> None:
    write(folder, BLOCK.reference("ada"))
    done = cnn_tutor("check", "residual-block", "--format", "json", "--seed", "5", cwd=folder)
    assert done.returncode == 0
    verdict = json.loads(done.stdout)
    assert {"format", "exercise", "number", "verdict", "score", "max_score", "seed", "tolerance", "checks",
            "misconception", "duration_ms"} <= verdict.keys()  # fmt: skip
    assert (verdict["format"], verdict["exercise"], verdict["number"]) == (1, "residual-block", 24)
    assert (verdict["verdict"], verdict["seed"], verdict["misconception"]) == ("pass", 5, None)
    for check in verdict["checks"]:
        assert {"id", "says", "status", "points", "max_points", "message", "misconception", "counterexample"} <= (
            check.keys()
        )
    listed = json.loads(cnn_tutor("list", "--format", "json", cwd=folder).stdout)
    assert [entry["slug"] for entry in listed if entry["passed"]] == ["residual-block"]


def test_several_exercises_give_a_list_and_one_failure_fails(cnn_tutor: Run, folder: Path) -> None:
    write(folder, BLOCK.reference("ada"))
    done = cnn_tutor("check", "--all", "--format", "json", cwd=folder)
    assert done.returncode == 1
    assert {verdict["exercise"]: verdict["verdict"] for verdict in json.loads(done.stdout)} == {
        exercise.slug: "pass" if exercise == BLOCK else "not_started" for exercise in COURSE.exercises
    }


def test_another_file_can_be_judged_without_being_kept(cnn_tutor: Run, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other file.py"
    other.write_text(BLOCK.reference("ada"))
    assert cnn_tutor("check", "24", "--submission", other, cwd=folder).returncode == 0
    assert json.loads(cnn_tutor("list", "--format", "json", cwd=folder).stdout)[-1]["attempts"] == 0


def test_a_path_to_another_file_is_not_mistaken_for_the_workspaces_own(cnn_tutor: Run, folder: Path) -> None:
    elsewhere = folder / "old" / BLOCK.manifest.folder
    elsewhere.mkdir(parents=True)
    (elsewhere / BLOCK.filename).write_text(BLOCK.reference("ada"))
    path = f"old/{BLOCK.manifest.folder}/{BLOCK.filename}"
    done = cnn_tutor("check", path, cwd=folder)
    assert done.returncode == 2
    assert f"--submission {path}" in done.stderr


def test_hints_come_one_by_one_and_the_seen_ones_again(cnn_tutor: Run, folder: Path) -> None:
    hints = BLOCK.manifest.hints
    for shown in [*range(1, len(hints) + 1), len(hints)]:
        words = " ".join(cnn_tutor("hint", "24", cwd=folder).stdout.split())
        assert [words.count(hint) for hint in hints] == [1] * shown + [0] * (len(hints) - shown)


def test_the_solution_is_shown_after_a_pass_or_when_one_gives_up(cnn_tutor: Run, folder: Path) -> None:
    before = cnn_tutor("solution", "24", cwd=folder)
    assert (before.returncode, before.stdout) == (1, "")
    assert "--give-up" in before.stderr
    given = cnn_tutor("solution", "24", "--give-up", cwd=folder)
    assert "class ResidualBlock(nn.Module):" in given.stdout
    write(folder, BLOCK.reference("ada"))
    assert cnn_tutor("check", "24", cwd=folder).returncode == 0
    assert cnn_tutor("solution", "24", cwd=folder).stdout == given.stdout


def test_the_code_of_every_solution_comes_through_a_pipe_to_the_letter(cnn_tutor: Run, folder: Path) -> None:
    for exercise in COURSE.exercises:
        shown = cnn_tutor("solution", str(exercise.number), "--give-up", cwd=folder, COLUMNS="40").stdout
        assert shown.startswith(exercise.reference("ada")), exercise.slug


def test_no_line_of_a_solutions_code_is_broken_in_a_terminal(in_terminal: Callable[..., Any], folder: Path) -> None:
    # The screen may break it, but what is copied out of that has no line break that was not there.
    with in_terminal(folder, "solution", "24", "--give-up", columns=40) as shown:
        shown.wait_for(BLOCK.reference("ada").rstrip("\n"), seconds=20)
        assert shown.end() == 0


def test_the_explanation_of_a_solution_fits(cnn_tutor: Run, folder: Path) -> None:
    shown = cnn_tutor("solution", "24", "--give-up", cwd=folder, COLUMNS="40").stdout
    explanation = shown.removeprefix(BLOCK.reference("ada"))
    assert max(len(line.rstrip()) for line in explanation.splitlines()) <= 40


def test_reset_puts_the_starter_back_and_undo_the_text(cnn_tutor: Run, folder: Path) -> None:
    path = write(folder, "mine\n")
    assert cnn_tutor("reset", "24", cwd=folder).returncode == 0
    assert path.read_text() == BLOCK.starter("ada")
    back = cnn_tutor("reset", "24", "--undo", cwd=folder)
    assert (back.returncode, back.stderr) == (0, "Your text is back.\n")
    assert path.read_text() == "mine\n"


def test_a_second_reset_does_not_hide_the_text(cnn_tutor: Run, folder: Path) -> None:
    untouched = cnn_tutor("reset", "24", cwd=folder)
    assert (untouched.returncode, untouched.stdout) == (0, "")
    assert untouched.stderr == "It is the starter already.\n"
    path = write(folder, "mine\n")
    assert cnn_tutor("reset", "24", cwd=folder).returncode == 0
    again = cnn_tutor("reset", "24", cwd=folder)
    assert again.stderr == "It is the starter already.\nYour text from before: cnn-tutor reset 24 --undo\n"
    assert cnn_tutor("reset", "24", "--undo", cwd=folder).returncode == 0
    assert path.read_text() == "mine\n"


def test_a_second_undo_swaps_two_texts_but_never_puts_the_starter_there(cnn_tutor: Run, folder: Path) -> None:
    path = write(folder, "mine\n")
    cnn_tutor("reset", "24", cwd=folder)
    cnn_tutor("reset", "24", "--undo", cwd=folder)
    once_more = cnn_tutor("reset", "24", "--undo", cwd=folder)
    assert once_more.returncode == 2
    assert "your text is back already" in once_more.stderr
    assert path.read_text() == "mine\n"
    cnn_tutor("reset", "24", cwd=folder)
    path.write_text("another\n")
    for expected in ("mine\n", "another\n", "mine\n"):
        swapped = cnn_tutor("reset", "24", "--undo", cwd=folder)
        assert "reset 24 --undo swaps them" in swapped.stderr
        assert path.read_text() == expected


def test_every_text_that_was_replaced_can_be_found_again(cnn_tutor: Run, folder: Path) -> None:
    assert "No text" in cnn_tutor("reset", "24", "--texts", cwd=folder).stderr
    path = write(folder, "")
    for text in ("one\n", BLOCK.starter("ada") + "two = 2\n", "three\n\n\n"):
        path.write_text(text)
        cnn_tutor("reset", "24", cwd=folder)
    cnn_tutor("reset", "24", "--undo", cwd=folder)
    listed = cnn_tutor("reset", "24", "--texts", cwd=folder)
    first, second, third = listed.stdout.splitlines()
    assert first.startswith("  1  ")
    assert first.endswith("1 line  one")
    assert second.endswith("two = 2")
    assert third.endswith("3 lines  is in the file now")
    assert "reset 24 --text N" in listed.stderr
    assert cnn_tutor("reset", "24", "--text", "1", cwd=folder).returncode == 0
    assert path.read_text() == "one\n"
    assert "no text 4 of exercise 24" in cnn_tutor("reset", "24", "--text", "4", cwd=folder).stderr
    assert len(cnn_tutor("reset", "24", "--texts", cwd=folder).stdout.splitlines()) == 3


def test_reset_of_a_missing_file_promises_nothing(cnn_tutor: Run, folder: Path) -> None:
    path = write(folder, "")
    path.unlink()
    done = cnn_tutor("reset", "24", cwd=folder)
    assert done.stderr == "There was no file; the starter is laid down.\n"
    assert path.read_text() == BLOCK.starter("ada")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["check"], "which exercise?"),
        (["chekc", "1"], "Did you mean check?"),
        (["check", "99"], "there is no exercise '99'"),
        (["check", "residual-blok"], "Did you mean 24 residual-block"),
        (["check", "24", "--submission", "none.py"], "none.py: cannot be read: No such file or directory"),
        (["check", "--all", "--submission", "x.py"], "exactly one exercise"),
        (["check", "24", "--format", "yaml"], "'yaml' is not one of"),
        (["hint", "1", "24"], "name exactly one exercise"),
        (["reset", "24", "--undo"], "no text of exercise 24 was ever replaced"),
        (["reset", "24", "--undo", "--texts"], "go one at a time"),
        (["train", "bm"], "There are: bn"),
        (["nonsense"], "there is no command 'nonsense'"),
        ([], "the app needs a terminal"),
    ],
)
def test_a_call_that_cannot_be_carried_out_says_why_and_exits_with_2(
    cnn_tutor: Run, folder: Path, arguments: list[str], says: str
) -> None:
    done = cnn_tutor(*arguments, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_is_no_workspace_says_how_to_make_one(cnn_tutor: Run, tmp_path: Path) -> None:
    for command in (["list"], ["check", "1"], ["hint", "1"], ["train", "bn"]):
        done = cnn_tutor(*command, cwd=tmp_path)
        assert done.returncode == 2
        assert "cnn-tutor init" in done.stderr


def test_no_color_where_none_is_wanted(cnn_tutor: Run, folder: Path) -> None:
    write(folder, wrong(BLOCK.wrong[0].path.stem))
    done = cnn_tutor("check", "24", cwd=folder, NO_COLOR="1", FORCE_COLOR="")
    assert "\x1b[" not in done.stdout + done.stderr


def test_ctrl_c_ends_a_check_at_once_and_leaves_nothing(
    cnn_tutor: Run, in_terminal: Callable[..., Any], folder: Path
) -> None:
    first = COURSE.exercises[0]
    write(folder, first.reference("ada"), first)
    write(
        folder,
        "from torch import nn\nclass ResidualBlock(nn.Module):\n    def __init__(self, *a):\n        while 1: 1\n",
    )
    with in_terminal(folder, "check", str(first.number), "24", "--no-daemon") as checking:
        checking.wait_for(f"Passed  {first.number}")
        checking.wait_for(f"checking {BLOCK.slug}")
        left = checking.processes()
        assert len(left) >= 2
        checking.press("\x03")
        assert checking.end(5) == 130
        assert not [pid for pid in left if Path(f"/proc/{pid}").exists()]
    # The verdict that was there is kept.
    listed = json.loads(cnn_tutor("list", "--format", "json", cwd=folder).stdout)
    assert [entry["slug"] for entry in listed if entry["passed"]] == [first.slug]


def test_a_grader_that_cannot_judge_says_so_for_each_exercise_and_exits_with_3(cnn_tutor: Run, folder: Path) -> None:
    def too_little_memory_for_torch() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (512 << 20, 512 << 20))

    write(folder, BLOCK.reference("ada"))
    done = cnn_tutor(
        "check", "1", "24", "--format", "json", cwd=folder, CNN_TUTOR_NO_DAEMON="1", preexec=too_little_memory_for_torch
    )
    assert done.returncode == 3
    verdicts = json.loads(done.stdout)
    assert [(verdict["verdict"], verdict["score"]) for verdict in verdicts] == [("grader_error", 0.0)] * 2
    assert "the engine ended unexpectedly" in verdicts[1]["message"]
    assert {check["status"] for check in verdicts[1]["checks"]} == {"skip"}
    assert "Traceback" not in done.stdout + done.stderr


def test_a_narrow_terminal_still_reads(cnn_tutor: Run, folder: Path) -> None:
    write(folder, BLOCK.wrong[0].source)
    done = cnn_tutor("check", "24", cwd=folder, COLUMNS="40")
    assert max(map(len, done.stdout.splitlines())) <= 40
    assert "Looks like" in done.stdout


def test_update_says_file_by_file_what_it_did_and_the_second_time_nothing(cnn_tutor: Run, folder: Path) -> None:
    path = write(folder, "", BLOCK)
    path.unlink()
    first = cnn_tutor("update", cwd=folder)
    name = f"exercises/{BLOCK.manifest.folder}/{BLOCK.filename}"
    assert (first.returncode, first.stdout) == (0, f"{name}: was missing, is laid down again\n")
    again = cnn_tutor("update", cwd=folder)
    assert (again.returncode, again.stdout) == (0, "")
    assert "up to date" in again.stderr


def test_a_hint_is_offered_after_the_second_failure_in_a_row(cnn_tutor: Run, folder: Path) -> None:
    write(folder, BLOCK.wrong[0].source)
    assert "cnn-tutor hint" not in cnn_tutor("check", "24", cwd=folder).stderr
    assert "cnn-tutor hint 24" in cnn_tutor("check", "24", cwd=folder).stderr


def test_where_every_hint_was_seen_something_else_is_offered(cnn_tutor: Run, folder: Path) -> None:
    for exercise, text, offered in (
        (BLOCK, BLOCK.wrong[0].source, "cnn-tutor solution 24 --give-up"),
        (SHAPES, SHAPES.starter("ada").replace("\nq2 = ...", "\nq2 = 1"), "cnn-tutor practice 1"),
    ):
        write(folder, text, exercise)
        for _ in exercise.manifest.hints:
            cnn_tutor("hint", str(exercise.number), cwd=folder)
        cnn_tutor("check", str(exercise.number), cwd=folder)
        said = cnn_tutor("check", str(exercise.number), cwd=folder).stderr
        assert said.startswith("Stuck? ")
        assert offered in said
        assert "cnn-tutor hint" not in said


def test_after_several_verdicts_what_comes_next_is_said_once(cnn_tutor: Run, folder: Path) -> None:
    for exercise in COURSE.exercises[:2]:
        write(folder, exercise.reference("ada"), exercise)
    following = COURSE.exercises[2]
    said = cnn_tutor("check", "--all", cwd=folder).stderr
    assert said.splitlines() == [
        "References and why they work: cnn-tutor solution N",
        f"Next: exercise {following.number}, {following.title}. "
        f"Its lesson: exercises/{following.manifest.folder}/lesson.md",
    ]


@pytest.mark.parametrize("columns", [40, 80])
def test_words_are_broken_between_words_in_a_terminal(
    in_terminal: Callable[..., Any], folder: Path, columns: int
) -> None:
    write(folder, BLOCK.reference("ada"))
    for arguments, last in (
        (["check", "24"], "lesson.md"),
        (["practice", "3"], "practice 2"),
        (["check", "nonsense"], "list` shows them all."),
        (["chekc"], "mean check?"),
        (["init", "fresh/folder/of/mine"], "Or open"),
        (["reset", "24"], "--undo"),
    ):
        with in_terminal(folder.parent if arguments[0] == "init" else folder, *arguments, columns=columns) as shown:
            lines = shown.wait_for(last, seconds=30).replace("\r", "\n").splitlines()
            assert max((len(line) for line in lines if " " in line.strip()), default=0) <= columns, lines
            shown.end()


def test_a_pass_leads_to_the_solution_and_the_next_exercise(cnn_tutor: Run, folder: Path) -> None:
    write(folder, BLOCK.reference("ada"))
    done = cnn_tutor("check", "24", cwd=folder)
    assert "cnn-tutor solution 24" in done.stderr
    following = COURSE.exercises[COURSE.exercises.index(BLOCK) + 1]
    assert f"exercise {following.number}, {following.title}" in done.stderr
    assert f"exercises/{following.manifest.folder}/lesson.md" in done.stderr


def test_an_exercise_that_is_not_laid_down_yet_does_not_keep_the_others_from_being_checked(
    cnn_tutor: Run, folder: Path
) -> None:
    write(folder, "").unlink()
    verdicts = json.loads(cnn_tutor("check", "--all", "--format", "json", cwd=folder).stdout)
    assert {verdict["verdict"] for verdict in verdicts} == {"not_started"}
    (block,) = (verdict for verdict in verdicts if verdict["exercise"] == BLOCK.slug)
    assert "cnn-tutor update" in block["message"]
    assert len(verdicts) == len(COURSE.exercises)


def test_the_same_exercise_named_twice_is_judged_once(cnn_tutor: Run, folder: Path) -> None:
    done = cnn_tutor("check", "24", BLOCK.slug, "exercise", "24", "--format", "json", cwd=folder)
    assert json.loads(done.stdout)["exercise"] == BLOCK.slug


def test_what_the_grader_says_of_itself_goes_to_stderr(cnn_tutor: Run, folder: Path) -> None:
    def too_little_memory_for_torch() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (512 << 20, 512 << 20))

    write(folder, BLOCK.reference("ada"))
    done = cnn_tutor("check", "24", cwd=folder, CNN_TUTOR_NO_DAEMON="1", preexec=too_little_memory_for_torch)
    assert (done.returncode, done.stdout) == (3, "")
    assert "The grader could not judge" in done.stderr


def test_a_full_disk_shows_the_verdict_and_says_that_it_could_not_be_kept(cnn_tutor: Run, folder: Path) -> None:
    database = folder / ".cnn-tutor" / "progress.sqlite"
    size = database.stat().st_size

    def no_file_can_grow_larger() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    write(folder, BLOCK.reference("ada") + "# " + "x" * 100_000 + "\n")
    before = database.read_bytes()
    done = cnn_tutor("check", "24", cwd=folder, CNN_TUTOR_NO_DAEMON="1", preexec=no_file_can_grow_larger)
    assert done.returncode == 0
    assert "Passed" in done.stdout
    assert "this attempt could not be kept" in done.stderr
    assert database.read_bytes() == before


def test_a_damaged_progress_file_is_set_aside_and_the_command_goes_on(cnn_tutor: Run, folder: Path) -> None:
    database = folder / ".cnn-tutor" / "progress.sqlite"
    database.write_bytes(b"no database at all " * 100)
    done = cnn_tutor("list", cwd=folder)
    assert done.returncode == 0
    assert "set aside as progress.sqlite.unreadable-" in done.stderr
    assert next((folder / ".cnn-tutor").glob("progress.sqlite.unreadable-*")).read_bytes().startswith(b"no database")
    assert cnn_tutor("list", cwd=folder).stderr == ""


@pytest.mark.parametrize("arguments", [["list"], ["check", "24"], ["--help"], ["hint", "24"]])
def test_whoever_has_read_enough_is_not_answered_with_a_traceback(folder: Path, arguments: list[str]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tutor", *arguments],
        cwd=folder,
        env={**os.environ, "CNN_TUTOR_NO_DAEMON": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    process.wait()
