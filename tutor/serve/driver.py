"""Textual's driver for the browser, with what it lacks there."""

from __future__ import annotations

from textual.drivers.web_driver import WebDriver
from textual.messages import ExitApp


class Driver(WebDriver):
    """Named to the app by the variable ``TEXTUAL_DRIVER``."""

    def run_input_thread(self) -> None:
        """Read until the app ends, or the server does: one that was killed has asked nobody to leave."""
        super().run_input_thread()
        if not self.exit_event.is_set():
            self._app.post_message(ExitApp())

    def on_meta(self, packet_type: str, payload: dict[str, object]) -> None:
        """Take in what the page says besides keys."""
        super().on_meta(packet_type, payload)
        if packet_type == "focus":
            self._app.call_later(self._focus_as_at_first)

    def _focus_as_at_first(self) -> None:
        # A screen that is made while the page has no focus yet, as the first is, gives it to nothing (Textual 8.2).
        screen = self._app.screen
        selector = self._app.AUTO_FOCUS if screen.AUTO_FOCUS is None else screen.AUTO_FOCUS
        if selector and screen.focused is None:
            screen.focus_next(selector)
