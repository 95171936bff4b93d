"""After a pass: the learner's program and the reference side by side, and why the reference works."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.highlight import HighlightTheme, highlight
from textual.screen import Screen
from textual.widgets import Static

from tutor.app.widgets.key_bar import KeyBar
from tutor.app.widgets.prose import Prose
from tutor.app.widgets.top_bar import TopBar
from tutor.draw.plain import without_controls

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tutor.app.app import TutorApp
    from tutor.course import Exercise


class SolutionScreen(Screen[None]):
    """Two programs and an explanation.

    Args:
        exercise: which.
        own: the learner's program.
        reference: the reference, as it answers this learner's questions.
    """

    app: TutorApp
    CSS_PATH = "solution.tcss"
    AUTO_FOCUS = "#own"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", "Next pane", id="solution.next"),
        Binding("escape,q", "dismiss", "Back", id="solution.back", tooltip="Back to the exercise"),
    ]

    def __init__(self, exercise: Exercise, own: str, reference: str) -> None:
        super().__init__()
        self._exercise = exercise
        self._own = own
        self._reference = reference

    def compose(self) -> ComposeResult:
        """The two programs, and the explanation below them."""
        place = f"{self._exercise.number} {self._exercise.title}"
        yield TopBar(self.app.course.manifest.title, place, "Reference")
        with Container(id="programs"):
            for name, program in (("own", self._own), ("reference", self._reference)):
                with VerticalScroll(id=name, classes="pane"):
                    text = without_controls(program.strip())
                    yield Static(highlight(text, language="python", theme=HighlightTheme), markup=False)
        with VerticalScroll(id="why", classes="pane"):
            yield Prose(self._exercise.explanation())
        yield KeyBar()

    def on_mount(self) -> None:
        """Name the panes."""
        self.query_one("#own").border_title = "Yours"
        self.query_one("#reference").border_title = "The reference"
        self.query_one("#why").border_title = "Why it works"
