"""The attempts at an exercise: when, what came of each, and what changed from any one to any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tutor.app.widgets.key_bar import KeyBar
from tutor.app.widgets.top_bar import TopBar
from tutor.draw.moment import moment
from tutor.draw.text_diff import text_diff
from tutor.draw.verdict import HEADLINES
from tutor.errors import TutorError

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tutor.app.app import TutorApp
    from tutor.course import Exercise
    from tutor.progress import Attempt
    from tutor.workspace import Workspace

NOW, STARTER = "now", "starter"


class AttemptList(OptionList):
    """The list, whose keys stand in the footer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Bring back", id="history.bring", tooltip="Put this text into your file again"),
    ]


class HistoryScreen(Screen[None]):
    """The attempts on the left, the difference on the right.

    Every text is compared with the one before it, or with the one that was chosen to compare with.
    """

    app: TutorApp
    CSS_PATH = "history.tcss"
    AUTO_FOCUS = "AttemptList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "compare", "Compare with this", id="history.compare", tooltip="Compare all others with this one"),
        Binding("b", "before", "With the one before", id="history.before", tooltip="Compare each with the one before"),
        Binding("escape,q", "dismiss", "Back", id="history.back", tooltip="Back to the exercise"),
    ]

    def __init__(self, workspace: Workspace, exercise: Exercise) -> None:
        super().__init__()
        self._workspace = workspace
        self._exercise = exercise
        self._order: list[str] = []
        """What there is to compare, from the newest to the oldest: the file, the attempts' numbers, the starter."""
        self._titles: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._base: str | None = None

    def compose(self) -> ComposeResult:
        """List and difference."""
        place = f"{self._exercise.number} {self._exercise.title}"
        yield TopBar(self.app.course.manifest.title, place, "Attempts")
        with Horizontal(id="side-by-side"):
            yield AttemptList(id="attempts", classes="pane")
            with VerticalScroll(id="difference", classes="pane"):
                yield Static("", id="diff", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Read the attempts, and show the newest."""
        self.query_one("#attempts").border_title = "Attempts"
        try:
            with self._workspace.progress() as progress:
                attempts = progress.attempts(self._exercise.slug)
        except TutorError as error:
            self.app.notify_error(error)
            attempts = []
        options = [self._option(NOW, "the file as it is now", Text())]
        for number, attempt in zip(range(len(attempts), 0, -1), attempts, strict=True):
            options.append(self._option(str(attempt.id), f"attempt {number}", _about(attempt)))
        options.append(self._option(STARTER, "the starter", Text()))
        self.query_one(AttemptList).add_options(options)
        self.query_one(AttemptList).highlighted = min(1, len(attempts))

    def action_compare(self) -> None:
        """Compare all others with the one under the cursor."""
        self._base = self._under_cursor()
        self._show()

    def action_before(self) -> None:
        """Compare each with the one before it."""
        self._base = None
        self._show()

    @on(OptionList.OptionHighlighted)
    def _highlighted(self) -> None:
        self._show()

    @on(OptionList.OptionSelected)
    def _bring_back(self) -> None:
        key = self._under_cursor()
        try:
            text = self._text(key)
            if text == self._text(NOW):
                self.app.notify("That is what your file says already.", markup=False)
                return
            self._workspace.replace_text(self._exercise, text)
        except TutorError as error:
            self.app.notify_error(error)
            return
        self.app.notify(f"Your file is {self._titles[key]} again; what it said is kept.", markup=False)
        self.dismiss()

    def _option(self, key: str, title: str, about: Text) -> Option:
        self._order.append(key)
        self._titles[key] = title
        return Option(Text(title[:1].upper() + title[1:], "bold").append_text(about), id=key)

    def _under_cursor(self) -> str:
        return self._order[self.query_one(AttemptList).highlighted or 0]

    def _text(self, key: str) -> str:
        if key not in self._texts:
            if key == NOW:
                self._texts[key] = self._workspace.text_there(self._exercise) or ""
            elif key == STARTER:
                self._texts[key] = self._exercise.starter(self._workspace.learner)
            else:
                with self._workspace.progress() as progress:
                    self._texts[key] = progress.submission(int(key))
        return self._texts[key]

    def _show(self) -> None:
        key = self._under_cursor()
        at = self._order.index(key)
        base = self._base if self._base is not None else self._order[min(at + 1, len(self._order) - 1)]
        try:
            view = text_diff(self._text(base), self._text(key))
        except TutorError as error:
            view = Text(str(error))
        pane = self.query_one("#difference", VerticalScroll)
        pane.border_title = f"From {self._titles[base]} (-) to {self._titles[key]} (+)"
        pane.scroll_home(animate=False)
        self.query_one("#diff", Static).update(view)


def _about(attempt: Attempt) -> Text:
    return Text.assemble(
        "  ", HEADLINES[attempt.verdict], f"\n  {moment(attempt.at)}  {attempt.score:g} of {attempt.max_score:g}"
    )
