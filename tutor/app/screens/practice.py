"""Another one: a variant of an exercise by hand, judged entry by entry, and worked out step by step when asked."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on, work
from textual.containers import Container, VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from tutor.app.keys import key_everywhere
from tutor.app.messages import AnswerEdited, Practised
from tutor.app.widgets.answer_form import AnswerForm
from tutor.app.widgets.key_bar import KeyBar
from tutor.app.widgets.pane import Pane
from tutor.app.widgets.prose import Prose
from tutor.app.widgets.top_bar import TopBar
from tutor.course.questions import PRACTISED
from tutor.draw.verdict import HEADLINES
from tutor.engine.client import Cancelled
from tutor.errors import TutorError
from tutor.pictures.grid import counted
from tutor.practice import SEEDS, program, what_is_off

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tutor.app.app import TutorApp
    from tutor.checking import Checks
    from tutor.course import Exercise, Question


_key = partial(key_everywhere, "practice")


class PracticeScreen(Screen[None]):
    """One variant after the other; nothing of it counts as an attempt.

    Args:
        exercise: whose questions.
        checks: has them judged.
    """

    app: TutorApp
    CSS_PATH = ["exercise.tcss", "practice.tcss"]  # noqa: RUF012
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("ctrl+s", "check", "Check", "Have this answer judged"),
        _key("ctrl+n", "another", "Another one", "Ask another variant"),
        _key("f2", "show", "Show me", "How this very variant is worked out"),
        _key("escape", "back", "Back", "Back to the exercise"),
    ]

    def __init__(self, exercise: Exercise, checks: Checks) -> None:
        super().__init__()
        self._exercise = exercise
        self._checks = checks
        self._variant = 0
        self._ticket: int | None = None
        self._right = self._answered = 0
        self._was_answered = False

    def compose(self) -> ComposeResult:
        """The question's form, and beside or below it what came of it."""
        place = f"{self._exercise.number} {self._exercise.title}"
        yield TopBar(self.app.course.manifest.title, place, "Another one")
        with Container(id="practice"):
            yield Pane(id="answer")
            with VerticalScroll(id="outcome", classes="pane"):
                yield Static("", id="body", markup=False)
                yield Prose("", id="worked")
        yield KeyBar()

    async def on_mount(self) -> None:
        """Ask the first."""
        self.query_one("#outcome").border_title = "How it stands"
        await self.action_another()

    async def action_another(self) -> None:
        """Ask another variant, at random."""
        self._forget_check()
        self._variant = Random().randrange(SEEDS)
        self._was_answered = False
        try:
            question = self._question()
        except TutorError as error:
            self.app.notify_error(error)
            self.dismiss()
            return
        pane = self.query_one("#answer", Pane)
        pane.border_title = f"Variant {self._variant}"
        form = AnswerForm((question,))
        async with self.batch():
            await pane.remove_children()
            await pane.mount(form)
        form.load(program(question, {}))
        form.begin()
        self._hide_worked()
        self._say(Text("ctrl+s judges your answer; F2 shows how it is worked out.", "dim"))

    def action_check(self) -> None:
        """Have the answer judged."""
        if left := self._form.unanswered:
            self._say(Text(f"! {counted(left, 'entry is', 'entries are')} still empty.", "yellow"))
            return
        if fault := self._form.fault():
            self._say(Text(f"! {fault}", "yellow"))
            return
        self._ticket = self._checks.request()
        self._say(Text("Checking …", "bold"))
        self._check(self._ticket, self._form.text(), self._variant)

    @work(thread=True, group="check")
    def _check(self, ticket: int, source: str, variant: int) -> None:
        try:
            self.post_message(Practised(ticket, self._checks.practise(ticket, self._exercise, source, variant)))
        except Cancelled:
            pass
        except TutorError as error:
            self.post_message(Practised(ticket, error=error))

    @on(Practised)
    def _judged(self, message: Practised) -> None:
        if message.ticket != self._ticket:
            return
        self._ticket = None
        if message.error is not None or message.verdict is None:
            self._say(Text(f"! {message.error}"))
            return
        verdict = message.verdict
        # Only the first answer to a variant is counted: after it one may know.
        if not self._was_answered:
            self._was_answered = True
            self._answered += 1
            self._right += verdict.passed
            self.query_one(TopBar).set_standing(f"{self._right} of {self._answered} right")
        self._form.show_verdict(verdict)
        headline, style = HEADLINES[verdict.verdict]
        if verdict.passed:
            self._say(Text.assemble((headline, style), "  ctrl+n asks another one."))
        else:
            off = what_is_off(self._question(), verdict)
            self._say(Text.assemble((headline, style), f"\n{off}\n\n", ("F2 shows how it is worked out.", "dim")))
            self._form.begin()

    async def action_show(self) -> None:
        """Show how this variant is worked out."""
        worked = self.query_one("#worked", Prose)
        worked.display = True
        await worked.update(f"### How it is worked out\n\n{self._question().worked}")
        # Who has seen it need not be asked it any more.
        self._was_answered = True
        outcome = self.query_one("#outcome")
        outcome.focus()
        outcome.call_after_refresh(outcome.scroll_to_widget, worked, animate=False, top=True)

    def action_back(self) -> None:
        """Back to the exercise; a check that runs is cancelled."""
        self._forget_check()
        self.dismiss()

    @on(AnswerEdited)
    def _edited(self, event: AnswerEdited) -> None:
        event.stop()

    @property
    def _form(self) -> AnswerForm:
        return self.query_one(AnswerForm)

    def _question(self) -> Question:
        return next(one for one in self._exercise.practice(self._variant) if one.name == PRACTISED)

    def _forget_check(self) -> None:
        if self._ticket is not None:
            self._checks.cancel()
            self._ticket = None

    def _hide_worked(self) -> None:
        self.query_one("#worked").display = False

    def _say(self, words: Text) -> None:
        self.query_one("#body", Static).update(words)
