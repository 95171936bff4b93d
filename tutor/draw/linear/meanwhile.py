"""What is being done, said now and then for as long as it takes."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FIRST_AFTER_S = 2.0
THEN_EVERY_S = 10.0


@contextmanager
def meanwhile(
    doing: str, say: Callable[[str], None], *, first_after_s: float = FIRST_AFTER_S, then_every_s: float = THEN_EVERY_S
) -> Iterator[Callable[[str], None]]:
    """Say what is being done; of what is done soon, nothing.

    Yields:
        A function that takes what is being done from now on.
    """
    newest, is_done = [doing], threading.Event()

    def tell() -> None:
        pause = first_after_s
        while not is_done.wait(pause):
            say(newest[0])
            pause = then_every_s

    thread = threading.Thread(target=tell, name="meanwhile", daemon=True)
    thread.start()
    try:
        yield lambda words: newest.__setitem__(0, words)
    finally:
        is_done.set()
        thread.join()
