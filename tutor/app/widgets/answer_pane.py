"""The learner's answer: an editor over the file on disk, which is watched for changes from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.widgets import Static

from tutor.app.drafts import Draft
from tutor.app.learner_file import ChangedOutside, LearnerFile
from tutor.app.messages import AnswerEdited, AnswerStands
from tutor.app.widgets.answer_form import AnswerForm
from tutor.app.widgets.code_answer import CodeAnswer
from tutor.app.widgets.pane import Pane
from tutor.draw.plain import without_controls
from tutor.errors import TutorError, UsageError

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tutor.app.widgets.answer_view import AnswerView
    from tutor.course import Exercise
    from tutor.verdict import Verdict
    from tutor.workspace import Workspace

KEEP_DRAFT_AFTER_S = 1.0
"""How much typing a crash may cost."""

# Polling, because no file system event reaches a folder on NFS or in most containers.
LOOK_EVERY_S = 0.04
CONFLICT = (
    "The file was changed outside, and there is unsaved text here.\n"
    "F8 loads the text from outside · ctrl+s keeps the text here. What is replaced is kept."
)


class AnswerPane(Pane):
    """The editor, and the file behind it. Posts :class:`AnswerStands` when there is a text to be judged."""

    def __init__(self, workspace: Workspace, exercise: Exercise) -> None:
        super().__init__(id="answer")
        self._workspace = workspace
        self._exercise = exercise
        self._file = LearnerFile(workspace, exercise)
        self._draft = Draft(workspace, exercise)
        self._will_keep_draft = False
        self._readable = False
        self._conflict = False
        self._warned_of_fault = False
        self._said: tuple[str, bool] | None = None
        self._view: AnswerView = (
            AnswerForm(exercise.questions(workspace.learner)) if exercise.is_compute else CodeAnswer()
        )

    def compose(self) -> ComposeResult:
        """A line for notices, and the editor."""
        yield Static("", id="notice", markup=False)
        yield self._view

    def on_mount(self) -> None:
        """Load the file and begin to watch it."""
        self.border_title = f"F4 Answer: {self._file.path.name}"
        self._load()
        self._take_up_drafts()
        self.set_interval(LOOK_EVERY_S, self._look)

    @property
    def dirty(self) -> bool:
        """Whether there is text here that the file does not have."""
        return self._readable and self._view.text() != self._file.text

    @property
    def conflict(self) -> bool:
        """Whether the file was changed outside while there was unsaved text here."""
        return self._conflict

    @property
    def saved_text(self) -> str:
        """What the file holds, as far as is known here."""
        return self._file.text

    def begin(self) -> None:
        """Put the cursor where one types."""
        self._view.begin()

    def show_verdict(self, verdict: Verdict | None) -> None:
        """Mark what a verdict says of single entries."""
        self._view.show_verdict(verdict)

    def save(self) -> None:
        """Save what is typed and have it judged; where that cannot be, say why and write nothing."""
        if not self._readable:
            self._load()
            return
        if fault := self._view.fault():
            self._say(f"Not saved: {fault}", serious=True)
            return
        text = self._view.text()
        try:
            if self._conflict:
                self._file.replace(text)
            else:
                self._file.save(text)
        except ChangedOutside:
            self._set_conflict()
        except TutorError as error:
            self._say(f"Not saved: {error}", serious=True)
        else:
            self._settled(text)

    def save_quietly(self) -> None:
        """Save what is unsaved, without having it judged; text from outside that it replaces is kept."""
        if self.dirty:
            text = self._view.text()
            if self._conflict or self._file.changed_outside():
                self._file.replace(text)
            else:
                self._file.save(text)
            self._conflict = False
        self._draft.drop()

    def may_leave(self) -> bool:
        """Whether all that is typed can be saved; where not, says so, and lets one go the second time."""
        if not self._readable or self._warned_of_fault or not (fault := self._view.fault()):
            return True
        self._warned_of_fault = True
        self._say(f"{fault}. Leaving again drops that entry.", serious=True)
        return False

    def take_outside(self) -> None:
        """Load the text from outside in place of the unsaved one, which is kept."""
        if self._conflict:
            self._file.keep(self._view.text())
            self._load()
            if self._readable:
                self._settled(self._file.text)

    def reset(self) -> None:
        """Lay down the starter in place of the learner's text, which is kept.

        Raises:
            TutorError: the file cannot be written, or the course's starter not be read.
        """
        if self.dirty:
            self._file.keep(self._view.text())
        self._file.replace(self._exercise.starter(self._workspace.learner))
        self._draft.drop()
        self._load()
        self._view.show_verdict(None)

    def _load(self) -> None:
        try:
            text = self._file.load()
        except UsageError as error:
            self._readable = False
            self._view.disabled = True
            self._say("\n".join(filter(None, (str(error), error.remedy))), serious=True)
            return
        self._readable = True
        self._view.disabled = False
        self._conflict = False
        self._view.load(text)
        self._say("")
        self._show_state()

    def _look(self) -> None:
        """See whether the file was changed outside; unsaved text is never overwritten."""
        if self._conflict or not self._file.changed_outside():
            return
        if self.dirty:
            self._set_conflict()
            return
        self._load()
        if self._readable:
            self._settled(self._file.text)
            self._say("Loaded what was saved outside.")

    def _set_conflict(self) -> None:
        self._conflict = True
        self._say(CONFLICT, serious=True)
        self._show_state()
        self.screen.refresh_bindings()

    def _take_up_drafts(self) -> None:
        """Show what was typed and not saved when an app ended unexpectedly; older ones of the kind are kept."""
        if not self._readable:
            return
        *older, newest = self._draft.take_left_behind() or [self._file.text]
        try:
            for text in older:
                self._file.keep(text)
        except TutorError as error:
            self._say(str(error), serious=True)
        if newest != self._file.text:
            self._draft.keep(newest)
            self._view.load(newest)
            self._show_state()
            self._say("This was typed and not saved when the app ended. ctrl+s saves it; F7 lays down the starter.")

    def _keep_draft(self) -> None:
        self._will_keep_draft = False
        if self.dirty:
            self._draft.keep(self._view.text())

    def _settled(self, text: str) -> None:
        self._draft.drop()
        self._conflict = False
        self._warned_of_fault = False
        self._say("")
        self._view.load(text)
        self._show_state()
        self.screen.refresh_bindings()
        self.post_message(AnswerStands(text))

    @on(AnswerEdited)
    def _edited(self, event: AnswerEdited) -> None:
        event.stop()
        self._warned_of_fault = False
        if not self._conflict:
            self._say("")
        self._show_state()
        if not self._will_keep_draft:
            self._will_keep_draft = True
            self.set_timer(KEEP_DRAFT_AFTER_S, self._keep_draft)

    def _show_state(self) -> None:
        state = "changed outside" if self._conflict else "● unsaved: ctrl+s" if self.dirty else "saved"
        # Textual draws the whole pane anew for a title that stays the same, too: at every key here.
        if state != self.border_subtitle:
            self.border_subtitle = state

    def _say(self, words: str, *, serious: bool = False) -> None:
        if (words, serious) == self._said:
            return
        self._said = (words, serious)
        notice = self.query_one("#notice", Static)
        notice.set_class(serious, "-serious")
        notice.display = bool(words)
        notice.update(without_controls(f"! {words}" if serious else words))
