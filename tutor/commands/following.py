"""What ``train`` and ``runs`` share: following a training in this terminal, and saying what it came to."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tutor.commands.common import EXIT_NOT_PASSED, console, print_lines
from tutor.draw import linear
from tutor.errors import TutorError

if TYPE_CHECKING:
    import subprocess

    from tutor.lab.run_state import RunState
    from tutor.lab.runs import Run


def follow_to_its_end(run: Run, process: subprocess.Popen[bytes] | None, form: str, *, headless: bool) -> int:
    """Follow a training, and say what it came to.

    Args:
        process: the run's, where this command has started it: Ctrl-C stops the training then. Without one the training
            is somebody else's, and goes on.
        form: ``text``, or ``jsonl``: its events on stdout, and nothing else there.
        headless: whether each test gets a line, in a terminal too.

    Returns:
        The exit status.

    Raises:
        TutorError: the training failed.
    """
    import msgspec

    from tutor.lab.follow import follow

    events_to = sys.stdout.buffer if form == "jsonl" else None
    try:
        state = follow(run, process, console(stderr=True), headless=headless, events_to=events_to)
    except msgspec.MsgspecError as error:
        raise unreadable(run, error) from None
    if state.failed is not None:
        raise TutorError(state.failed.message, state.failed.remedy)
    if state.ended and form == "text":
        show_results(state)
    return 0 if state.outcome != "stopped" else EXIT_NOT_PASSED


def unreadable(run: Run, error: Exception) -> TutorError:
    """What to say of a run's record that cannot be read."""
    return TutorError(
        f"{run.events_file}: cannot be read, as another version's or a damaged one: {error}",
        f"What can be read of it is gone on with by: cnn-tutor train --resume {run.id}",
    )


def show_results(state: RunState) -> None:
    """What a training has come to, on stdout."""
    if linear.is_wanted():
        from tutor.draw.linear.results import results_lines

        print_lines(results_lines(state))
    else:
        from tutor.draw.results import results_view

        console().print(results_view(state))
