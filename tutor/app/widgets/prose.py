"""Lessons and explanations: Markdown whose pictures are left as they are drawn."""

from __future__ import annotations

from textual.content import Content
from textual.highlight import HighlightTheme, highlight
from textual.widgets import Markdown
from textual.widgets.markdown import MarkdownBlock, MarkdownFence


class Prose(Markdown):
    """Markdown in which only a fence that names its language is coloured."""

    def get_block_class(self, block_name: str) -> type[MarkdownBlock]:
        """The widget of a block."""
        return Fence if block_name in ("fence", "code_block") else super().get_block_class(block_name)


class Fence(MarkdownFence):
    """A program or a picture."""

    @classmethod
    def highlight(cls, code: str, language: str, ansi: bool = False, dark: bool = False) -> Content:  # noqa: ARG003
        """The program with its colours; a picture without.

        Textual guesses a language where none is named, and its colours for the terminal's own themes are misspelt
        (8.2.8), so they are not asked for.
        """
        return highlight(code, language=language, theme=HighlightTheme) if language else Content(code)
