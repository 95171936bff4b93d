"""Keys in the order in which they were typed.

Textual (8.2) hands a key on before the one before it has done its work: that one may wait in its widget's queue, or be
on its way up to the app, where most bindings are looked up. Typed slowly that does not show. Of keys that arrive at
once, after a moment in which the app was busy or over a slow line, a backspace comes behind the letter that was typed
after it, and what follows a tab is written into the field before it.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from textual.app import App
    from textual.events import Event
    from textual.message_pump import MessagePump
    from textual.timer import Timer

ROUNDS = 2
"""So often the way of a key is followed: it may have sent a message the same way, to move the focus say."""
PATIENCE_S = 0.5
"""A widget that went away with a key takes no longer than this."""


class KeyOrder:
    """Keeps keys back until the one before has been dealt with.

    Args:
        app: whose keys they are.
        hand_on: lets the app deal with one.
    """

    def __init__(self, app: App[int], hand_on: Callable[[Event], Awaitable[None]]) -> None:
        self._app = app
        self._hand_on = hand_on
        self._waiting: deque[Event] = deque()
        self._turn = 0
        """The number of the key that is being dealt with."""
        self._until_given_up: Timer | None = None

    async def take(self, event: Event) -> None:
        """Deal with a key, now or when it is its turn."""
        if self._until_given_up is not None:
            self._waiting.append(event)
        else:
            await self._deal_with(event)

    async def _deal_with(self, event: Event) -> None:
        self._turn += 1
        way = [*(self._app.focused or self._app.screen).ancestors_with_self]
        self._until_given_up = self._app.set_timer(PATIENCE_S, self._next_after(self._turn))
        await self._hand_on(event)
        await self._follow(self._turn, way * ROUNDS)

    async def _follow(self, turn: int, way: Sequence[MessagePump]) -> None:
        """Queue up behind the key at each place that it may come by."""
        for place, pump in enumerate(way):
            if pump.call_later(self._follow, turn, way[place + 1 :]):
                return
        # In the app's own turn, which deals with keys.
        self._app.call_later(self._next_after(turn))

    def _next_after(self, turn: int) -> Callable[[], Awaitable[None]]:
        async def go_on() -> None:
            if turn != self._turn or self._until_given_up is None:
                return
            self._until_given_up.stop()
            self._until_given_up = None
            if self._waiting:
                await self._deal_with(self._waiting.popleft())

        return go_on
