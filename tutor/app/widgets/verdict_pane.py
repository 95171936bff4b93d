"""What is known of the learner's answer: the check that runs, the verdict, hints, and after a pass the explanation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text
from textual.containers import VerticalScroll
from textual.widgets import Static

from tutor.app.widgets.prose import Prose
from tutor.draw.engine_words import NO_SOLUTIONS, shown_status
from tutor.draw.verdict import MARKS, verdict_view
from tutor.engine.client import CheckStarted

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.app import ComposeResult

    from tutor.course import Exercise
    from tutor.engine.client import CheckProgress
    from tutor.errors import TutorError
    from tutor.verdict import CheckResult, Verdict

FAILURES_BEFORE_HINT = 2


class VerdictPane(VerticalScroll):
    """Everything about the answer that the tutor has to say."""

    def __init__(self, exercise: Exercise, learner: str) -> None:
        super().__init__(id="verdict", classes="pane")
        self._exercise = exercise
        self._learner = learner
        self._current: CheckStarted | None = None
        self._ended: dict[str, CheckResult] = {}
        self._is_checking = False
        self._shown: Verdict | None = None
        self._has_explanation = False

    def compose(self) -> ComposeResult:
        """From what is new to what stays."""
        yield Static("", id="body")
        yield Static("", id="offer")
        yield Static("", id="hints")
        yield Prose("", id="explanation")

    def on_mount(self) -> None:
        """Say how to begin."""
        self.border_title = "F5 Verdict"
        self.query_one("#explanation").display = False
        self.show_nothing()
        self.offer_hint(0, shown=0)

    def show_nothing(self) -> None:
        """There is no verdict yet."""
        self._body(Text("Nothing checked yet. ctrl+s saves your answer and checks it.", "dim"))
        self._shown = None
        self._explain()

    def begin_checking(self) -> None:
        """A check has been asked for; until there is something to tell of it, the last verdict stays."""
        self._is_checking = True
        self._current, self._ended = None, {}

    def take_progress(self, progress: CheckProgress) -> None:
        """One of the checks has begun or ended."""
        if isinstance(progress, CheckStarted):
            self._current = progress
        else:
            self._ended[progress.id] = progress
            self._current = None

    def show_running(self) -> str:
        """Show how far the check is; in one line, too, where one of its checks runs."""
        if not self._is_checking:
            return ""
        rows = Table.grid(padding=(0, 1))
        for check in self._exercise.manifest.check:
            ended = self._ended.get(check.id)
            runs = self._current is not None and self._current.id == check.id
            sign = MARKS[shown_status(ended)][0] if ended else "▸" if runs else "·"
            rows.add_row(f" {sign}", Text(check.says, "bold" if runs else "" if ended else "dim"))
        known = self._current is not None or bool(self._ended)
        waiting = "Checking" if known else "Checking: the first one waits until PyTorch is loaded"
        body = Table.grid()
        body.add_row(Text.assemble((waiting, "bold"), ("  esc cancels", "dim")))
        body.add_row(rows)
        self._body(body)
        if self._current is None:
            return ""
        return f"Checking {self._current.position} of {self._current.total}: {self._current.says} …  esc cancels"

    def show_cancelled(self) -> None:
        """The check was cancelled before its verdict."""
        self._is_checking = False
        self._body(Text("Cancelled. ctrl+s checks again.", "dim"))

    def show_error(self, error: TutorError) -> None:
        """The engine could not judge."""
        self._is_checking = False
        words = Text.assemble(("The grader could not judge this: ", "bold"), str(error))
        self._body(words.append(f"\n{error.remedy}" if error.remedy else ""))

    def show_verdict(self, verdict: Verdict, source: str) -> None:
        """The verdict on a text is there; after a pass with the explanation and the reference."""
        self._is_checking = False
        self._body(verdict_view(verdict, source, why_first=True))
        self.scroll_home(animate=False)
        self._shown = verdict
        # The explanation is long, and takes longer to lay out than the check took.
        self.call_after_refresh(self._explain)

    def offer_hint(self, failures: int, *, shown: int) -> None:
        """After the second failure in a row, offer the next hint, where there is one."""
        left = len(self._exercise.manifest.hints) - shown
        offered = failures >= FAILURES_BEFORE_HINT and left > 0
        offer = self.query_one("#offer", Static)
        offer.display = offered
        if offered:
            offer.update(f"[b]Stuck?[/b] F2 shows a hint ({left} left).")

    def show_hints(self, count: int) -> None:
        """Show the first ``count`` hints."""
        hints = self._exercise.manifest.hints
        text = Text()
        for number, hint in enumerate(hints[:count], start=1):
            text.append("\n\n" if number > 1 else "")
            text.append(f"Hint {number} of {len(hints)}\n", "bold").append(hint.strip())
        widget = self.query_one("#hints", Static)
        widget.display = count > 0
        widget.update(text)

    def scroll_to_hints(self) -> None:
        """Bring the last hint into view."""
        self.scroll_to_widget(self.query_one("#hints"), animate=False)

    def _body(self, content: RenderableType) -> None:
        self.query_one("#body", Static).update(content)

    def _explain(self) -> None:
        passed = self._shown is not None and self._shown.passed
        explanation = self.query_one("#explanation", Prose)
        explanation.display = passed
        if passed and not self._has_explanation:
            self._has_explanation = True
            if not self._exercise.has_solution:
                explanation.update(NO_SOLUTIONS)
                return
            reference = self._exercise.reference(self._learner).strip()
            explanation.update(
                f"{self._exercise.explanation().strip()}\n\n## The reference solution\n\n"
                f"ctrl+r puts it beside yours.\n\n```python\n{reference}\n```\n"
            )
