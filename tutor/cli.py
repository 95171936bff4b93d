"""The command line: what commands there are, and what happens around them.

Output for programs goes to stdout alone, words to stderr. Exit codes: 0 everything asked for passed; 1 something did
not; 2 the call or a manifest is wrong; 3 the grader itself could not judge; 130 ended by Ctrl-C.

A command lives in ``tutor/commands/NAME.py`` as a click command called ``command``; it is imported when it runs. Not
even click is imported before it is needed: it takes longer to import than Python takes to start.
"""

from __future__ import annotations

import errno
import io
import os
import sys

from tutor.draw.listing import wrapped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    from tutor.errors import TutorError

PROGRAM = "cnn-tutor"
COMPLETION_VARIABLE = "_CNN_TUTOR_COMPLETE"
COURSE_VARIABLE = "CNN_TUTOR_COURSE"
"""Environment variable: the course that every command is about; ``--course`` before a command sets it."""
EXIT_FAULT = 3
EXIT_INTERRUPTED = 130
CANNOT_BE_WRITTEN = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)
WIDEST = 100

COMMANDS = {
    "init": "Lay down the exercises in a folder",
    "update": "Bring a newer course into your folder; your own texts stay",
    "list": "List the exercises, and where you stand with each",
    "check": "Judge your answers by running PyTorch",
    "watch": "Check an exercise whenever you save it",
    "show": "Show how something works, step by step, for sizes of your own",
    "hint": "Show the next hint of an exercise",
    "solution": "Show the reference and why it works, once you have passed",
    "reset": "Put the starter back; your text is kept",
    "practice": "Practise on random variants of an exercise by hand",
    "train": "Train an experiment of the slides on MNIST",
    "runs": "List your trainings, follow one again, or ask it to pause, go on or stop",
    "compare": "Train an experiment from several seeds, and say what that shows",
    "sweep": "The same with one number changed: dropout's p, or the depth",
    "grade": "Judge a class, for instructors",
    "export": "Make reports, tables and files for other programs of a class, for instructors",
    "pytest": "Judge submissions with pytest, an item for each check; nothing of theirs runs in it",
    "serve": "Serve the app to a browser",
    "doctor": "Say what this machine can do",
    "engine": "Look at the engine that your commands share, or end it",
    "new": "Lay down an exercise, for authors",
    "verify": "Prove an exercise, or all of them, for authors",
    "release": "Write the learners' course: no solutions, no hidden checks",
    "completion": "Print the completion script of your shell",
}
OPTIONS = {
    "--course NAME": "Another course: an installed pack (list --courses shows them), or a folder",
    "--data DIR": "MNIST for the lab of the app: a folder, or 'synthetic'; by default it is downloaded",
    "--no-animation": "Nothing in the app moves by itself: no gliding, no blinking",
    "--plain": "A conversation in plain lines, for a screen reader say; before a command, its output in plain lines",
    "--version": "Show the version",
    "-h, --help": "Show this, or after a command's name what that command does",
}


def main() -> None:
    """Entry point: runs the command line, and says in words what goes wrong."""
    for stream in (sys.stdout, sys.stderr):
        # A sign that the terminal has not is no reason to say nothing.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - for as long as the process lives
    try:
        status = run(sys.argv[1:])
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        status = EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has had enough.
        _write_nothing_more()
        status = 1
    except OSError as error:
        if error.errno not in CANNOT_BE_WRITTEN or error.filename is not None:
            status = report_fault(error)
        else:
            _write_nothing_more()
            print(f"{PROGRAM}: the output cannot be written: {error.strerror}", file=sys.stderr)
            status = EXIT_FAULT
    except Exception as error:
        status = report_fault(error)
    sys.exit(status)


def _write_nothing_more() -> None:
    """Send stdout nowhere: Python would complain again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def report_fault(error: Exception) -> int:
    """Say that something is a fault of cnn-tutor's own."""
    if os.environ.get("CNN_TUTOR_DEBUG"):
        raise error
    print(f"{PROGRAM}: this is a fault of ours: {type(error).__name__}: {error}", file=sys.stderr)
    print("Please report it, with what CNN_TUTOR_DEBUG=1 before the same command prints.", file=sys.stderr)
    return EXIT_FAULT


def run(words: list[str]) -> int:
    """Carry out a command line; what is wrong with it is said, all else is raised.

    Returns:
        The exit status.
    """
    if words in (["--help"], ["-h"]) and COMPLETION_VARIABLE not in os.environ:
        print(help_text(terminal_columns()))
        return 0
    try:
        os.getcwd()  # noqa: PTH109 - pathlib takes too long to import
    except FileNotFoundError:
        from tutor.errors import UsageError

        gone = UsageError("the current folder is gone", "Go to one that is there, then try again.")
        say_error(gone)
        return gone.exit_code
    if COMPLETION_VARIABLE not in os.environ and not os.environ.get(COURSE_VARIABLE):
        from tutor import quick

        if (text := quick.run(words, terminal_columns())) is not None:
            print(text)
            return 0
    import click

    from tutor.errors import TutorError
    from tutor.group import cli

    try:
        status = cli.main(words, PROGRAM, COMPLETION_VARIABLE, standalone_mode=False, terminal_width=terminal_columns())
    except click.exceptions.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        said = io.StringIO()
        error.show(said)
        print(for_person(said.getvalue()), end="", file=sys.stderr)
        return error.exit_code
    except TutorError as error:
        begin = f"{PROGRAM}: "
        say_error(TutorError(for_person(begin + error.message).removeprefix(begin), for_person(error.remedy)))
        _set_aside_what_cannot_be_read(error)
        return error.exit_code
    return status if isinstance(status, int) else 0


def say_error(error: TutorError) -> None:
    """What was wrong and what to do, on stderr."""
    from tutor.draw import linear
    from tutor.draw.plain import without_controls

    no_colour = os.environ.get("NO_COLOR") or os.environ.get("TERM", "dumb") == "dumb" or linear.is_wanted()
    plain = not sys.stderr.isatty() or no_colour
    words = without_controls(f"{PROGRAM}: {error.message}")
    print(words if plain else f"\x1b[31m{words}\x1b[0m", file=sys.stderr)
    if error.remedy:
        print(without_controls(error.remedy), file=sys.stderr)


def _set_aside_what_cannot_be_read(error: TutorError) -> None:
    """A progress file may turn out to be damaged only when a part of it is read."""
    from tutor.progress import UnreadableProgress

    if isinstance(error, UnreadableProgress):
        from tutor.workspace import Workspace

        if Workspace(error.path.parent.parent).set_aside_if_damaged() is not None:
            print("Give the same command again.", file=sys.stderr)


def help_text(columns: int) -> str:
    """What ``cnn-tutor --help`` says, in lines of at most so many columns."""
    return "\n".join(
        [
            f"Usage: {PROGRAM} [OPTIONS] [COMMAND] ...",
            "",
            *wrapped("Learn how a convolutional network works by doing it. Without a command the app opens.", columns),
            "",
            "Commands:",
            *_table(COMMANDS, columns),
            "",
            "Options:",
            *_table(OPTIONS, columns),
            "",
            *wrapped(f"{PROGRAM} COMMAND --help says more.", columns),
        ]
    )


def _table(rows: dict[str, str], columns: int) -> list[str]:
    """Names and what they are, side by side."""
    margin = max(map(len, rows)) + 4
    lines = []
    for name, says in rows.items():
        first, *rest = wrapped(says, columns - margin)
        lines += [f"  {name}".ljust(margin) + first, *(" " * margin + line for line in rest)]
    return lines


def for_person(words: str) -> str:
    """Words for stderr, broken to the width of the terminal that it is; where it is none, a program may read them."""
    if not sys.stderr.isatty():
        return words
    from tutor.draw.words import fitted

    return fitted(words, terminal_columns(sys.__stderr__))


def terminal_columns(stream: TextIO | None = sys.__stdout__) -> int:
    """The terminal's width, as shutil.get_terminal_size has it."""
    try:
        columns = int(os.environ.get("COLUMNS", "")) or 80
    except ValueError:
        try:
            columns = os.get_terminal_size(stream.fileno() if stream else 1).columns or 80
        except (OSError, ValueError):
            columns = 80
    return min(columns, WIDEST)
