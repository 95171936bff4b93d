"""How a training heeds what a face wishes of it. Imports no torch."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tutor.lab.events import Paused, Resumed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.lab.events import Event
    from tutor.lab.runs import Run

LOOK_EVERY_S = 0.05


class Stopped(Exception):
    """The training was asked to stop."""


def heed(run: Run, say: Callable[[Event], None]) -> None:
    """Do what the face wishes of the training: wait while it shall pause.

    Raises:
        Stopped: it shall stop.
    """
    if run.wish() == "pause":
        say(Paused())
        while run.wish() == "pause":
            time.sleep(LOOK_EVERY_S)
        if run.wish() == "run":
            say(Resumed())
    if run.wish() == "stop":
        raise Stopped
