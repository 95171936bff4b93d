"""The conversation of ``cnn-tutor --plain``, as it is typed, piped in, and heard."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tutor.course.answer_file import read_answers
from tutor.plain.conversation import Conversation
from tutor.workspace import make_workspace

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.cli.conftest import Program
    from tutor.course import Course
    from tutor.workspace import Workspace

    Run = Callable[..., subprocess.CompletedProcess[str]]
    InTerminal = Callable[..., AbstractContextManager[Program]]
    Talk = Callable[..., str]

MOVING = re.compile("[\x1b\r\b\u2500-\u257f]")
"""What a screen reader cannot follow."""

SILENT = re.compile("[✓✗✔✘·²³√→←↑↓►◄▼▲●■▸′ℓ\u0302₀-₉⁰-⁹ᵢⱼₖᵀ]")
"""What speech passes over, or calls by another name."""


@pytest.fixture
def workspace(tmp_path: Path, course: Course, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    workspace, _ = make_workspace(tmp_path / "mine", course, "ada")
    monkeypatch.chdir(workspace.root)
    monkeypatch.setenv("CNN_TUTOR_PLAIN", "1")
    monkeypatch.setenv("COLUMNS", "80")
    return workspace


@pytest.fixture
def talk(
    workspace: Workspace, course: Course, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Talk:
    """Says lines one after the other, then ctrl+d; gives all that is printed."""

    def talk(*lines: str) -> str:
        left = iter(lines)

        def next_line(prompt: str) -> str:
            for line in left:
                return line
            raise EOFError

        monkeypatch.setattr("builtins.input", next_line)
        Conversation(course, workspace).run()
        return "\n".join(capfd.readouterr())

    return talk


def right_answers(workspace: Workspace, course: Course) -> list[str]:
    """What is typed for every blank of the small course's first exercise."""
    typed = []
    for question in course.exercises[0].questions(workspace.learner):
        rows = question.given["rows"]
        totals = [sum(column) for column in zip(*rows, strict=True)]
        typed += [" ".join(map(str, totals)), ", ".join(f"{total}/{len(rows)}" for total in totals)]
    return typed


def test_from_nothing_to_a_pass_by_hand_and_of_a_program(cnn_tutor: Run, small_course: Course, tmp_path: Path) -> None:
    like, _ = make_workspace(tmp_path / "like", small_course, "ada")
    editor = tmp_path / "editor.py"
    editor.write_text(
        "import sys; from pathlib import Path; path = Path(sys.argv[1]); text = path.read_text()\n"
        "path.write_text('def scale(x, factor):\\n    return x ' + ('*' if 'x +' in text else '+') + ' factor\\n')\n"
    )
    lines = [
        *("", "ada"),
        *("task", "answer", *right_answers(like, small_course), "check", "next"),
        *("edit", "check", "hint", "edit", "check", "attempts", "diff 1 2", "next", "list"),
    ]
    done = cnn_tutor(
        "--plain",
        cwd=tmp_path,
        course=small_course,
        stdin="\n".join(lines) + "\n",
        EDITOR=f"{sys.executable} {editor}",
    )
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    assert f"The exercises are in {tmp_path / 'cnn-course'}" in " ".join(told.split())  # the path may be long
    assert "Question 1 of 3." in told
    assert "Passed: exercise 1, sum-by-hand" in told
    assert "Exercise 2, Scale a tensor: a program to write, not begun." in told
    assert "Not yet: exercise 2, scale" in told
    assert "It looks like this: the factor is added; it multiplies." in told
    assert "Hint 1 of 2: Multiply." in told
    assert "Passed: exercise 2, scale" in told
    assert re.search(r"Attempt 2, [-\d: ]+: passed, 2 of 2 points\.\nAttempt 1, .*: not yet, 0 of 2 points\.", told)
    assert "Gone, line 2:     return x + factor\nNew, line 2:     return x * factor" in told
    assert "2 of 3 exercises are passed." in told
    assert told.count("Goodbye.") == 1
    assert not MOVING.search(told)


def test_it_opens_where_one_left_off(talk: Talk) -> None:
    talk("open residual-block", "quit")
    assert "Exercise 24, A residual block: a program to write" in talk()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("chek", "Did you mean check"),
        ("open residual-blok", "Did you mean 24 residual-block"),
        ("open", "which exercise? Name one"),
        ("lesson 99", "there is no section 99"),
        ("drawing 99", "this lesson has no drawing"),
        ("answer 4", "there is no question 4"),
        ("diff 1", "diff takes two texts"),
        ("diff 1 2", "there is no attempt 1"),
        ("check 99", "there is no exercise '99'"),
        ("open 'x", "there is no exercise"),
        ("check 'x", "the line cannot be read"),
        ("help chek", "there is no command 'chek' here"),
        ("watch", "there is no command 'watch' here"),
    ],
)
def test_what_cannot_be_done_says_why_and_the_conversation_goes_on(talk: Talk, typed: str, says: str) -> None:
    told = talk(typed, "where")
    assert says in told
    assert "Exercise 1, Output shape of a convolution" in told.partition("Goodbye.")[0]
    assert "fault of ours" not in told


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("cnn-tutor open 3", "Exercise 3, A convolution"),
        ("3", "Exercise 3, A convolution"),
        ("cnn-tutor hint exercise 2", "Hint 1 of 5: Write the padded input"),
        ("hint 2", "Hint 1 of 5: Write the padded input"),
        ("practise --help", "Practise on random variants"),
        ("help check", "Judge your answers"),
        ("help lesson", "Enter reads on"),
        ("help", "quit: leave."),
        ("next", "Exercise 2, A convolution by hand"),
        ("path", "exercises/01_conv_output_shape/conv_output_shape.py"),
        ("file", "q1 = ..."),
        ("attempts", "There is none yet."),
        ("hints", "None yet. The first one: hint"),
        ("diff", "The two texts are the same."),
        ("lesson list", "4: Stride"),
        ("lesson task", "Section 9 of 9: Your task"),
        ("pictures", "batch-norm"),
        ("show", "Step 1 of"),
        ("solution", "Exercise 1 is not passed yet."),
        ("reset --undo", "no text of exercise 1 was ever replaced"),
        ("reset --texts", "No text of exercise 1 was ever replaced"),
    ],
)
def test_what_is_typed_is_understood(talk: Talk, typed: str, says: str) -> None:
    assert says in " ".join(talk(typed).split())


def test_enter_reads_on_in_a_lesson_and_does_nothing_elsewhere(talk: Talk) -> None:
    told = talk("", "lesson 8", "", "", "where", "")
    assert [*re.findall(r"Section (\d) of 9", told)] == ["8", "9"]
    assert "That was the whole lesson." in told


def test_every_row_of_a_table_is_asked_and_kept_at_once(talk: Talk, workspace: Workspace, course: Course) -> None:
    by_hand = course.find("conv-by-hand")
    blank = by_hand.questions("ada")[2].blanks[0]
    assert blank.shape == (2, 3)
    answers = ["1 2", "1 2 3", "back", "4 5 6", "back", "", "7, 8/2, [9", "7, 8/2, 9"]
    told = talk("open 2", "answer 3", *answers)
    assert "Row 1 of 2. Now: not answered." in told
    assert "2 numbers; 3 are asked" in told
    assert "Row 1 of 2. Now: 1, 2, 3." in told
    assert "is no number" in told
    assert "That was the last." in told
    written = read_answers(workspace.read(by_hand), [blank])[blank.name]
    assert [*written.cells.values()] == ["4", "5", "6", "7", "8/2", "9"]
    assert "Row 1 of 2. Now: 4, 5, 6." in talk("answer 3", "...", "stop")
    assert [*read_answers(workspace.read(by_hand), [blank])[blank.name].cells.values()] == ["7", "8/2", "9"]


def test_what_is_written_by_hand_stays_until_it_is_answered(talk: Talk, workspace: Workspace, course: Course) -> None:
    first = course.exercises[0]
    workspace.write(first, "size = 2\nq1 = tuple([size] * 2)\nq2 = ...\n")
    assert "Now: tuple([size] * 2)." in talk("answer", "", "stop")
    talk("answer", "2 2", "stop")
    assert workspace.read(first) == "size = 2\nq1 = [2, 2]\nq2 = ...\n"
    workspace.write(first, "q1 = (\n")
    assert "is no Python, so that your answers in it are not found" in talk("answer", "2 2")


def test_a_program_is_no_matter_of_numbers(talk: Talk) -> None:
    assert "exercise 24 is a program to write" in talk("open 24", "answer")


def test_all_that_is_read_is_heard(talk: Talk, course: Course) -> None:
    told = talk(
        *(
            line
            for exercise in course.exercises
            for line in (
                f"open {exercise.slug}",
                "lesson all",
                *(f"drawing {number}" for number in range(1, 9)),
                "task",
                *["hint"] * len(exercise.manifest.hints),
                "hints",
                "show",
            )
        )
    )
    for exercise in course.exercises:
        assert f"Exercise {exercise.number}, " in told
        assert f"Hint {len(exercise.manifest.hints)} of {len(exercise.manifest.hints)}" in told
    assert "Drawing, its words line by line" in told
    assert MOVING.findall(told) == []
    assert SILENT.findall(told) == []
    assert max(map(len, told.splitlines())) <= 100


def test_solutions_and_questions_worked_out_are_heard(talk: Talk, course: Course) -> None:
    told = talk(*(f"solution {exercise.number} --give-up" for exercise in course.exercises))
    assert "Section: " in told
    assert MOVING.findall(told) == []


def interrupt(talking: Program, answer: str) -> None:
    """Press ctrl+c until it is heard: Python's readline misses a signal that comes just before it waits for a key."""
    for _ in range(5):
        talking.press("\x03")
        with suppress(AssertionError):
            talking.wait_for(answer, seconds=5.0)
            return
    pytest.fail(f"ctrl+c is not heard: no '{answer}'")


def test_ctrl_c_ends_what_runs_and_no_more(folder: Path, in_terminal: InTerminal) -> None:
    with in_terminal(folder, "--plain") as talking:
        talking.wait_for("Exercise 1> ")
        talking.press("half a lin")
        talking.wait_for("half a lin")  # with keys unread, Python's readline would wait for another one first
        interrupt(talking, "quit leaves, as does control D.")
        talking.wait_for("Exercise 1> ")
        talking.press("practice --seed 1\n")
        talking.wait_for("2 numbers): ")
        interrupt(talking, "Stopped.")
        talking.wait_for("Exercise 1> ")
        talking.press("\x04")
        talking.wait_for("Goodbye.")
        assert talking.end() == 0


def test_in_a_terminal_nothing_is_sent_that_it_would_obey(folder: Path, in_terminal: InTerminal) -> None:
    with in_terminal(folder, "--plain") as talking:
        sent = ""
        for line in ("where", "check", "quit"):
            while not sent.endswith("Exercise 1> "):
                sent += os.read(talking._screen, 1 << 16).decode()
            talking.press(f"{line}\n")
            sent += "\n"
        while "Goodbye." not in sent:
            sent += os.read(talking._screen, 1 << 16).decode()
        assert talking.end() == 0
    assert "Not started: exercise 1" in sent
    assert not MOVING.search(sent.replace("\r\n", "\n"))


def test_a_name_with_hyphens_is_completed(folder: Path, in_terminal: InTerminal) -> None:
    with in_terminal(folder, "--plain") as talking:
        talking.wait_for("Exercise 1> ")
        talking.press("open residual-b\t\n")
        talking.wait_for("Exercise 24> ")
        talking.press("\x04")
        talking.wait_for("Goodbye.")
        assert talking.end() == 0


def test_a_dumb_terminal_gets_it_too(folder: Path, in_terminal: InTerminal) -> None:
    with in_terminal(folder, term="dumb") as talking:
        talking.wait_for("Exercise 1> ")
        talking.press("quit\n")
        talking.wait_for("Goodbye.")
        assert talking.end() == 0


def test_who_leaves_at_the_first_question_has_nothing_laid_down(cnn_tutor: Run, tmp_path: Path) -> None:
    done = cnn_tutor(cwd=tmp_path, CNN_TUTOR_PLAIN="1")
    assert done.returncode == 0
    assert "Nothing is laid down." in done.stdout
    assert [*tmp_path.iterdir()] == []


def test_a_folder_that_cannot_be_taken_is_asked_again(cnn_tutor: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = cnn_tutor("--plain", cwd=tmp_path, stdin="file\nada\nother\nada\nlesson\n")
    assert "cannot be written to" in done.stderr
    assert f"The exercises are in {tmp_path / 'other'}" in done.stdout
    assert "Section 1 of 9" in done.stdout
