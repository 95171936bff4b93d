"""What an editor of the learner's file can do, whether it is a form or a text area."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from textual.containers import Container

if TYPE_CHECKING:
    from tutor.verdict import Verdict


class AnswerView(Container):
    """An editor of the learner's file. Posts :class:`tutor.app.messages.AnswerEdited` when something is typed."""

    @abstractmethod
    def load(self, text: str) -> None:
        """Show a file's text in place of what is shown."""

    @abstractmethod
    def text(self) -> str:
        """The file's text with what has been typed."""

    @abstractmethod
    def fault(self) -> str:
        """Why what is typed cannot be saved as it is, in words and marked where it stands; empty where it can be."""

    @abstractmethod
    def show_verdict(self, verdict: Verdict | None) -> None:
        """Mark what a verdict says of single entries; None takes the marks away."""

    @abstractmethod
    def begin(self) -> None:
        """Put the cursor where one types."""
