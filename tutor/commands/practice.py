"""``cnn-tutor practice``."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

import click

from tutor.commands.common import (
    EXIT_NOT_PASSED,
    console,
    engine_for,
    no_daemon_option,
    one_exercise,
    print_lines,
    print_markdown,
    say,
    selectors,
    the_course,
)
from tutor.draw import linear
from tutor.draw.linear.columns import text_lines
from tutor.draw.linear.signs import spoken
from tutor.draw.plain import without_controls
from tutor.errors import GraderError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from tutor.course import Course, Exercise, NamedBlank, Question
    from tutor.engine.client import EngineClient
    from tutor.verdict import Verdict

QUIT, SHOW = ("q", "quit", "exit"), ("?", "help", "show")
ROOM_TO_TYPE = 16


class _Quit(Exception):
    """The learner has had enough."""


class _Shown(Exception):
    """The learner wants to see how it is done."""


@dataclass
class _Tally:
    """How many variants were answered, and how many right."""

    answered: int = 0
    right: int = 0


@click.command("practice")
@selectors()
@click.option("--seed", type=click.IntRange(min=0), help="Begin with this variant; each has its number.")
@click.option("--count", type=click.IntRange(min=1), help="Stop after so many variants.")
@no_daemon_option()
def command(selectors: tuple[str, ...], seed: int | None, count: int | None, no_daemon: bool) -> int:
    """Practise on random variants of an exercise that is worked out by hand.

    Each is judged entry by entry, and a wrong answer is followed by how that very variant is worked out. Numbers may
    be written as expressions, 9/4 say. q or ctrl+d ends it; nothing of it counts as an attempt.
    """
    course = the_course()
    exercise = one_exercise(course, selectors)
    if not exercise.is_compute:
        raise UsageError(
            f"exercise {exercise.number} is a program to write: only those by hand have variants",
            _by_hand(course, exercise),
        )
    from tutor.practice import SEEDS

    first = Random().randrange(SEEDS) if seed is None else seed
    tally = _Tally()
    with engine_for(course, shared=not no_daemon) as engine:
        practice = _Practice(exercise, engine, console())
        practice.say_how()
        try:
            for number in range(first, first + count) if count else iter(lambda: first + tally.answered, -1):
                practice.variant(number, tally)
        except _Quit:
            pass
    say(f"{tally.right} of {tally.answered} right." if tally.answered else "Nothing answered.")
    return 0 if tally.right == tally.answered else EXIT_NOT_PASSED


class _Practice:
    """Asks, judges and explains, one variant after the other."""

    def __init__(self, exercise: Exercise, engine: EngineClient, out: Console) -> None:
        self._exercise = exercise
        self._engine = engine
        self._out = out
        self._as_shown: Callable[[str], str] = spoken if linear.is_wanted() else str

    def say_how(self) -> None:
        """Say what can be typed."""
        self._out.print("Numbers or expressions, 9/4 say. ? shows how it is worked out, q ends.", markup=False)

    def variant(self, seed: int, tally: _Tally) -> None:
        """Ask one variant until it is judged, and say what was off.

        Raises:
            _Quit: the learner has had enough.
            GraderError: the engine cannot judge.
        """
        from tutor.course.questions import PRACTISED
        from tutor.practice import what_is_off

        question = next(one for one in self._exercise.practice(seed) if one.name == PRACTISED)
        if linear.is_wanted():
            print_lines([f"Variant {seed}", *text_lines(question.prompt)])
        else:
            self._out.rule(f"Variant {seed}", style="dim", align="left")
            self._out.print(question.prompt, markup=False)
        self._out.print()
        try:
            verdict = self._judged(question, seed)
        except _Shown:
            tally.answered += 1
            self._explain(question)
            return
        tally.answered += 1
        if verdict.passed:
            tally.right += 1
            self._out.print("Right." if linear.is_wanted() else "✓ Right.", style="bold green")
        else:
            self._out.print("Not right." if linear.is_wanted() else "✗ Not right.", style="bold red")
            self._out.print(self._as_shown(what_is_off(question, verdict)), markup=False)
            self._explain(question)
        self._out.print()

    def _judged(self, question: Question, seed: int) -> Verdict:
        """Ask until there is an answer that runs."""
        from tutor.practice import program

        while True:
            source = program(question, {blank.name: self._ask(blank) for blank in question.blanks})
            verdict = self._engine.check(self._exercise, source, learner="", seed=seed, practice=True)
            if verdict.verdict == "grader_error":
                raise GraderError(verdict.message)
            if verdict.verdict not in ("error", "timeout"):
                return verdict
            why = without_controls(verdict.message or verdict.checks[0].message)
            self._out.print(f"That cannot be calculated: {why}", markup=False)

    def _ask(self, blank: NamedBlank) -> str:
        """Read one blank: a line, or for a table a line for each row or all of it in brackets."""
        from tutor.practice import as_python, is_table, what_is_asked

        if len(blank.shape) < 2:
            prompt = f"{self._as_shown(what_is_asked(blank))}: "
            # What is typed wants room too, and a prompt that is too long for its line is broken anywhere.
            if len(prompt) > self._out.width - ROOM_TO_TYPE:
                self._out.print(prompt.rstrip(), markup=False)
                prompt = "  "
            return self._read(prompt, lambda typed: as_python(typed, blank.shape))
        self._out.print(f"{self._as_shown(what_is_asked(blank))}:", markup=False)
        rows, columns = blank.shape
        first = self._read("  row 1: ", lambda typed: as_python(typed, blank.shape if is_table(typed) else (columns,)))
        if is_table(first):
            return first
        others = (
            self._read(f"  row {row}: ", lambda typed: as_python(typed, (columns,))) for row in range(2, rows + 1)
        )
        return f"[{', '.join((first, *others))}]"

    def _read(self, prompt: str, understand: Callable[[str], str]) -> str:
        """Read a line until it can be understood."""
        from tutor.practice import NotUnderstood

        while True:
            typed = _line(prompt).strip()
            if typed.lower() in QUIT:
                raise _Quit
            if typed.lower() in SHOW:
                raise _Shown
            if not typed:
                self._out.print("Type the numbers; ? shows how it is worked out, q ends.", markup=False)
                continue
            try:
                return understand(typed)
            except NotUnderstood as fault:
                self._out.print(f"{without_controls(fault.message)}.", markup=False)

    def _explain(self, question: Question) -> None:
        self._out.print()
        self._out.print("How it is worked out:", style="bold")
        print_markdown(question.worked)


def _line(prompt: str) -> str:
    """A line from the terminal, or from whatever stdin is.

    Raises:
        _Quit: there is none any more.
    """
    if sys.stdin.isatty() and sys.stdout.isatty():
        import readline  # noqa: F401 - input() edits lines with it
    try:
        return input(prompt)
    except EOFError:
        print()
        raise _Quit from None
    except UnicodeDecodeError:
        # Bytes that are no text: nothing that could be understood, but no reason to stop.
        return "\ufffd"


def _by_hand(course: Course, instead_of: Exercise) -> str:
    """What can be practised: each exercise by hand in a line, and the command for the last before the one named."""
    by_hand = [exercise for exercise in course.exercises if exercise.is_compute]
    if not by_hand:
        return ""
    before = [exercise for exercise in by_hand if exercise.number < instead_of.number]
    fitting = before[-1] if before else by_hand[0]
    return "\n".join(
        (
            "By hand are:",
            *(f"  {exercise.number:>2}  {exercise.slug}" for exercise in by_hand),
            f"For example: cnn-tutor practice {fitting.number}",
        )
    )
