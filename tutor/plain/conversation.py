"""The prompt of ``cnn-tutor --plain``, and its commands.

What is a command of the command line is carried out by it, about the exercise that one is at unless another is named.
"""

from __future__ import annotations

import difflib
import os
import sys
from cmd import Cmd
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from tutor import cli
from tutor.cli import COMMANDS, PROGRAM, report_fault, say_error
from tutor.commands.common import not_passed, print_lines, relative
from tutor.draw.course import stands_of
from tutor.draw.linear.course import standing_words
from tutor.draw.linear.signs import spoken
from tutor.draw.plain import without_controls
from tutor.draw.words import reflowed
from tutor.errors import NoWorkspace, TutorError, UsageError
from tutor.plain.beginning import begin
from tutor.plain.reading import Reading
from tutor.plain.typed import number_in, words_in
from tutor.progress import ProgressError
from tutor.quick import told_hints
from tutor.workspace import find_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tutor.course import Course, Exercise
    from tutor.workspace import Workspace

STANDS_AT = "plain_stands_at"
"""Under which the progress file remembers the exercise that one left."""

ABOUT_EXERCISE = ("check", "hint", "solution", "practice", "reset", "show")
"""Commands of the command line that are about the exercise that one is at, where no other is named."""

OTHERS = ("list", "train", "runs", "compare", "sweep", "doctor", "update", "engine")
ALIASES = {"practise": "practice", "exit": "quit", "q": "quit", "EOF": "quit"}
READING = ("lesson", "more")

INPUTRC = (
    # Without these, readline sends what a terminal obeys, or stops a list of names with a question.
    "set enable-bracketed-paste off",
    "set enable-meta-key off",
    "set page-completions off",
    "set completion-query-items -1",
    "set colored-stats off",
    "set colored-completion-prefix off",
    "set blink-matching-paren off",
)


def converse(course: Course, start: Path, data: str | None) -> int:
    """Hold the conversation until the learner leaves.

    Args:
        course: what is taught.
        start: the folder that it was started in.
        data: MNIST for `train`, as there.

    Returns:
        The exit status.
    """
    for stream in (sys.stdin, sys.stdout):
        if hasattr(stream, "reconfigure"):
            # Bytes that are no text are no reason to stop; and what goes to stdout comes before what follows on stderr.
            stream.reconfigure(errors="replace", line_buffering=stream is sys.stdout)
    if sys.stdin.isatty():
        with suppress(ImportError):
            import readline

            for setting in INPUTRC:
                readline.parse_and_bind(setting)
            readline.set_completer_delims(" ")  # the names of exercises have hyphens
    try:
        workspace = find_workspace(start)
    except NoWorkspace:
        try:
            workspace = begin(course, start)
        except (EOFError, KeyboardInterrupt):
            print_lines(["", "Nothing is laid down."])
            return 0
        # Commands work where they are started.
        os.chdir(workspace.root)
    Conversation(course, workspace, data).run()
    return 0


class Conversation(Cmd):
    """Reads a line, carries it out, and asks for the next; a method ``do_NAME`` is a command, its docstring its help.

    Args:
        course: what is taught.
        workspace: whose learner talks; the current folder is in it.
        data: MNIST for `train`, as there.
    """

    def __init__(self, course: Course, workspace: Workspace, data: str | None = None) -> None:
        super().__init__()
        self._course = course
        self._workspace = workspace
        self._data = data
        self._exercise = self._where_left_off()
        self._reading = Reading(self._exercise)
        self._words = [name.removeprefix("do_") for name in self.get_names() if name.startswith("do_")]
        self._words += [*ABOUT_EXERCISE, *OTHERS]

    @property
    def prompt(self) -> str:  # type: ignore[override]
        """The number says where one is."""
        return f"Exercise {self._exercise.number}> "

    def run(self) -> None:
        """Talk until the learner leaves; ctrl+c ends what runs, and no more."""
        print_lines(
            [
                f"{self._course.manifest.title}: {len(self._course.exercises)} exercises.",
                *self._place(),
                "lesson reads its lesson, task what is asked. help names all commands, quit leaves.",
            ]
        )
        while True:
            try:
                self.cmdloop()
            except KeyboardInterrupt:
                print_lines(["", "quit leaves, as does control D."])
            else:
                return

    # What Cmd asks of us

    def precmd(self, line: str) -> str:
        """A line as it is meant: a command may be given as the texts have it, `cnn-tutor check 3`."""
        if line == "EOF":
            print_lines([""])  # the cursor stands behind the prompt still
        line = line.strip().removeprefix(f"{PROGRAM} ")
        word, blank, rest = line.partition(" ")
        if line.isdigit():
            return f"open {line}"
        return ALIASES.get(word, word) + blank + rest

    def onecmd(self, line: str) -> bool:
        """Carry out a line; whatever goes wrong is said, and the conversation goes on."""
        try:
            return super().onecmd(line)
        except TutorError as error:
            say_error(error)
        except KeyboardInterrupt:
            print_lines(["", "Stopped."])
        except EOFError:
            print_lines([""])
        except BrokenPipeError:
            raise
        except Exception as error:
            report_fault(error)
        return False

    def emptyline(self) -> bool:
        """Enter alone reads on in a lesson."""
        if self.lastcmd.partition(" ")[0] in READING:
            self.do_more("")
        return False

    def default(self, line: str) -> None:
        """A command of the command line; for a word that is none, the nearest.

        Raises:
            UsageError: there is no such command.
        """
        words = words_in(line)
        if words[0] not in (*ABOUT_EXERCISE, *OTHERS):
            near = difflib.get_close_matches(words[0].lower(), self._words, n=2, cutoff=0.5)
            meant = f"Did you mean {' or '.join(near)}?" if near else "help names all."
            raise UsageError(f"there is no command '{words[0]}' here", meant)
        status = cli.run(self._in_full(words))
        if words[0] == "check" and status == 0:
            print_lines(["To go on: next"])

    def completenames(self, text: str, *_: Any) -> list[str]:
        """The commands that begin so."""
        return [name for name in sorted(self._words) if name.startswith(text)]

    def completedefault(self, text: str, line: str, *_: Any) -> list[str]:
        """Names of exercises, where a command takes one."""
        if line.partition(" ")[0] in (*ABOUT_EXERCISE, "open"):
            return [one.slug for one in self._course.exercises if one.slug.startswith(text)]
        return []

    def do_help(self, arg: str) -> None:
        """help: all commands in a line each. help check: more about one of them."""
        if (name := ALIASES.get(arg, arg)) in COMMANDS and name in self._words:
            cli.run([name, "--help"])
        elif name:
            method = getattr(self, f"do_{name}", None)
            if method is None:
                raise UsageError(f"there is no command '{name}' here", "help names all.")
            print_lines([method.__doc__])
        else:
            print_lines(
                [
                    *(getattr(self, name).__doc__ for name in OWN),
                    *(f"{name}: {COMMANDS[name]}." for name in (*ABOUT_EXERCISE, *OTHERS)),
                    f"{', '.join(ABOUT_EXERCISE[:-1])} and {ABOUT_EXERCISE[-1]} are about the exercise that you are "
                    "at, or name another one: check 3.",
                ]
            )

    # Where one is

    def do_open(self, arg: str) -> None:
        """open 3, or open residual-block: go to an exercise, by its number or its name."""
        if not arg:
            raise UsageError("which exercise? Name one", f"For example: open {self._course.exercises[0].number}")
        self._go_to(self._course.find(arg))

    def do_next(self, arg: str) -> None:  # noqa: ARG002
        """next: go on to the next exercise that you have not passed."""
        following = not_passed(self._course, self._workspace, self._exercise)
        if following is None:
            print_lines(reflowed(self._course.manifest.farewell).split("\n"))
        else:
            self._go_to(following)

    def do_where(self, arg: str) -> None:  # noqa: ARG002
        """where: which exercise this is, and where you stand with it."""
        print_lines(self._place())

    def do_quit(self, arg: str) -> bool:  # noqa: ARG002
        """quit: leave. It opens here again the next time."""
        print_lines(["Goodbye."])
        return True

    # What is read

    def do_lesson(self, arg: str) -> None:
        """lesson: read its first section; Enter reads on. Also: lesson 3, lesson task, lesson all, lesson list."""
        if arg == "all":
            print_lines(self._reading.all())
        elif arg == "list":
            print_lines(self._reading.titles())
        else:
            self._reading.turn_to(arg or "1")
            self.do_more("")

    def do_more(self, arg: str) -> None:  # noqa: ARG002
        """more: read the next section of the lesson."""
        print_lines(self._reading.more())

    def do_drawing(self, arg: str) -> None:
        """drawing 2: the words in the second drawing of the lesson, which is passed over there."""
        print_lines(self._reading.drawing(arg or "1"))

    def do_task(self, arg: str) -> None:  # noqa: ARG002
        """task: what is asked, and in an exercise by hand your questions."""
        print_lines(self._reading.task(self._exercise.questions(self._workspace.learner)))

    def do_hints(self, arg: str) -> None:  # noqa: ARG002
        """hints: the hints that you have seen. The next one comes with hint."""
        hints = self._exercise.manifest.hints
        with self._workspace.progress() as progress:
            shown = progress.hints_shown(self._exercise.slug)
        print_lines(map(spoken, told_hints(hints, shown)) if shown else ["None yet. The first one: hint"])

    def do_pictures(self, arg: str) -> None:  # noqa: ARG002
        """pictures: what show can tell you step by step, and what you can set in each."""
        cli.run(["show"])

    # What one does

    def do_answer(self, arg: str) -> None:
        """answer: answer an exercise by hand, one thing after the other. answer 2: from question 2 on."""
        if not self._exercise.is_compute:
            raise UsageError(
                f"exercise {self._exercise.number} is a program to write", "edit opens its file, path says where it is."
            )
        from tutor.plain.answering import Answering

        questions = self._exercise.questions(self._workspace.learner)
        first = number_in(arg or "1", len(questions), "question")
        Answering(self._workspace, self._exercise, questions).run(first)

    def do_edit(self, arg: str) -> None:  # noqa: ARG002
        """edit: open your file in your own editor, the one that VISUAL or EDITOR names."""
        from tutor.own_editor import own_editor
        from tutor.settings import EDITOR, Settings

        editor = own_editor(named=Settings(self._workspace, (EDITOR,))[EDITOR])
        before = self._workspace.text_there(self._exercise)
        editor.open(self._workspace.path(self._exercise))
        if not editor.takes_terminal:
            print_lines(["It opens in a window of its own. Save it there, then: check"])
        elif self._workspace.text_there(self._exercise) == before:
            print_lines(["Back. The file is as it was."])
        else:
            print_lines(["Back. The file has changed. To have it judged: check"])

    def do_path(self, arg: str) -> None:  # noqa: ARG002
        """path: where your file is, for any editor of yours."""
        # On a line of its own and in one piece, to be copied.
        print(self._workspace.path(self._exercise))

    def do_file(self, arg: str) -> None:  # noqa: ARG002
        """file: read your file, with the numbers of its lines."""
        lines = without_controls(self._workspace.read(self._exercise)).splitlines()
        for number, line in enumerate(lines, start=1):
            print(f"{number}: {line}")

    def do_attempts(self, arg: str) -> None:  # noqa: ARG002
        """attempts: what came of each attempt at this exercise, the newest first."""
        from tutor.plain.attempts import attempt_lines

        print_lines(attempt_lines(self._workspace, self._exercise))

    def do_diff(self, arg: str) -> None:
        """diff: what changed since the last attempt. Also: diff 1 2, diff starter now."""
        from tutor.plain.attempts import change_lines

        print_lines(change_lines(self._workspace, self._exercise, arg.split()))

    # How it is done

    def _in_full(self, words: list[str]) -> list[str]:
        """A command line with what need not be said here: the exercise that one is at, the experiment, the data."""
        name, *rest = words
        if name == "train":
            given = [] if any(not word.startswith("-") for word in rest[:1]) else ["bn"]
            data = [] if self._data is None or "--data" in rest else ["--data", self._data]
            return [name, *given, *rest, *data]
        if name == "check" and self._exercise.is_train and self._data is not None and "--data" not in rest:
            rest = [*rest, "--data", self._data]
        names_none = name in ABOUT_EXERCISE and not _names_exercise(name, rest)
        if names_none and (name != "show" or self._exercise.manifest.pictures):
            return [name, str(self._exercise.number), *rest]
        return [name, *rest]

    def _where_left_off(self) -> Exercise:
        with suppress(ProgressError), self._workspace.progress() as progress:
            left = progress.setting(STANDS_AT)
            if found := [one for one in self._course.exercises if one.slug == left]:
                return found[0]
        return not_passed(self._course, self._workspace) or self._course.exercises[0]

    def _go_to(self, exercise: Exercise) -> None:
        self._exercise, self._reading = exercise, Reading(exercise)
        with suppress(ProgressError), self._workspace.progress() as progress:
            progress.set_setting(STANDS_AT, exercise.slug)
        print_lines(self._place())

    def _place(self) -> Iterator[str]:
        exercise, manifest = self._exercise, self._exercise.manifest
        with self._workspace.progress() as progress:
            standings, hints = progress.standings(), progress.hints_shown(exercise.slug)
        kind = "worked out by hand" if exercise.is_compute else "a program to write"
        if exercise.is_train:
            kind += ", and to train"
        stands = standing_words(stands_of(standings).get(exercise.slug), manifest.points)
        yield f"Exercise {exercise.number}, {spoken(exercise.title)}: {kind}, {stands}."
        if exercise.slug in standings:
            yield f"Attempts: {standings[exercise.slug].attempts}. Hints seen: {hints} of {len(manifest.hints)}."
        yield f"Your file: {relative(self._workspace.path(exercise))}"


OWN = [name for name in vars(Conversation) if name.startswith("do_")]
"""The commands of the conversation itself, in the order in which they are told."""


def _names_exercise(name: str, arguments: list[str]) -> bool:
    """Whether a command's arguments name what it is about, or that it is about all, or ask for help."""
    command = _command(name)
    with command.make_context(name, list(arguments), resilient_parsing=True) as context:
        asked = [context.params.get(one) for one in ("selectors", "words", "everything")]
    return any(asked) or "--help" in arguments or "-h" in arguments


def _command(name: str) -> click.Command:
    """A command of the command line."""
    from tutor.group import cli as group

    command = group.get_command(click.Context(group), name)
    assert command is not None
    return command
