"""Draw a digit, and see what a run's networks take it for."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from rich.text import Text
from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Static

from tutor.app.messages import Answered
from tutor.app.widgets.digit_canvas import DigitCanvas
from tutor.app.widgets.key_bar import KeyBar
from tutor.app.widgets.pane import Pane
from tutor.app.widgets.top_bar import TopBar
from tutor.draw.guesses import best_guess, guesses_view
from tutor.draw.half_blocks import half_blocks
from tutor.errors import TutorError
from tutor.lab.classifier import Guesses
from tutor.lab.classifying import Classifier
from tutor.lab.datasets import dataset_named
from tutor.lab.drawing import SIDE, as_in_mnist, grey_values
from tutor.lab.events import Failed, Loading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.timer import Timer

    from tutor.app.app import TutorApp
    from tutor.lab.classifier import Guess
    from tutor.lab.drawing import Image
    from tutor.lab.plan import Plan
    from tutor.lab.runs import Run

ASK_AFTER_S = 0.04
"""So long a stroke goes on before what there is of it is classified."""
LOOK_AGAIN_EVERY_S = 2.0
"""While a network is trained: a checkpoint is kept every five seconds."""
LARGE = (106, 34)
"""The terminal from which on a pixel takes two columns."""
NOT_YET = "No network of this training can be asked yet: one has to be trained first, at least to its first checkpoint."
HOW = "Draw with the mouse; its right button rubs out. Or with the keys below: space, then the arrows."


class DigitScreen(Screen[None]):
    """Paper on the left; on the right a bar for each class, and the digit as the networks get it.

    Args:
        run: whose networks.
    """

    app: TutorApp
    CSS_PATH = "digit.tcss"
    AUTO_FOCUS = "DigitCanvas"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "clear", "Clear", id="digit.clear", tooltip="Take new paper"),
        Binding("escape", "back", "Back", id="digit.back", tooltip="Back to the training"),
    ]

    def __init__(self, run: Run) -> None:
        super().__init__()
        self._run = run
        self._class_names: Sequence[str] = dataset_named("mnist").classes
        self._networks: Sequence[str] = ()
        self._classifier: Classifier | None = None
        self._has_failed = False
        self._guesses: tuple[Guess, ...] = ()
        self._asked = 0
        self._awaits_answer = False
        self._is_stale = False
        """Whether something was drawn since the digit was last sent."""
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """The two halves."""
        yield TopBar(self.app.course.manifest.title, "Lab", "Draw a digit", standing=self._run.id)
        with Horizontal(id="digit"):
            with Vertical(id="left"):
                with Pane(id="paper"):
                    yield DigitCanvas()
                yield Static(HOW, id="how", markup=False)
            with Vertical(id="right"):
                yield Static("", id="bars", classes="pane")
                with Horizontal(id="seen", classes="pane"):
                    yield Static("", id="small")
                    yield Static("", id="best", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Start the process that classifies."""
        self.query_one("#paper").border_title = "Your digit"
        self.query_one("#bars").border_title = "What the networks take it for"
        self.query_one("#seen").border_title = "What they get to see"
        try:
            plan = self._plan()
            self._class_names, self._networks = dataset_named(plan.dataset).classes, plan.trained
            self._classifier = Classifier(self._run)
        except TutorError as error:
            self._say("\n".join(filter(None, (error.message, error.remedy))), is_wrong=True)
            return
        self._say("starting …")
        self._listen(self._classifier)
        self._ask()
        self.set_interval(LOOK_AGAIN_EVERY_S, self._look_again)

    def on_resize(self) -> None:
        """Draw as large as there is room for."""
        columns, lines = LARGE
        self._canvas.set_scale(2 if self.size.width >= columns and self.size.height >= lines else 1)
        self.call_after_refresh(self._show)

    def on_unmount(self) -> None:
        """End the process."""
        if self._classifier is not None:
            self._classifier.close()

    def action_clear(self) -> None:
        """Take new paper."""
        self._canvas.clear()

    def action_back(self) -> None:
        """Back to the training."""
        self.dismiss()

    @work(thread=True, group="classifier")
    def _listen(self, classifier: Classifier) -> None:
        for answer in classifier.answers():
            self.post_message(Answered(answer))

    @on(DigitCanvas.Changed)
    def _drawn(self) -> None:
        self._show_seen()
        self._ask_soon()

    def _ask_soon(self) -> None:
        """Have the digit classified in a moment; while an answer is awaited, after it."""
        self._is_stale = True
        if self._timer is None and not self._awaits_answer:
            self._timer = self.set_timer(ASK_AFTER_S, self._ask)

    def _ask(self) -> None:
        self._timer = None
        if self._classifier is not None and not (self._awaits_answer or self._has_failed):
            self._is_stale, self._awaits_answer = False, True
            self._asked += 1
            self._classifier.ask(self._asked, grey_values(self._seen))

    def _look_again(self) -> None:
        """Ask again as long as a network may have learned more."""
        if len([guess for guess in self._guesses if guess.step is None]) < len(self._networks):
            self._ask_soon()

    @on(Answered)
    def _take_in(self, message: Answered) -> None:
        match message.answer:
            case Loading(what):
                self._say(f"{what} …")
            case Failed(words, remedy):
                self._has_failed = True
                self._say("\n".join(filter(None, (words, remedy))), is_wrong=True)
            case Guesses(guesses=guesses):
                self._awaits_answer = False
                self._guesses = guesses
                self._show()
                if self._is_stale:
                    self._ask_soon()

    @property
    def _canvas(self) -> DigitCanvas:
        return self.query_one(DigitCanvas)

    @property
    def _seen(self) -> Image:
        return as_in_mnist(self._canvas.image)

    def _show(self) -> None:
        """Draw all that depends on the digit and on what was answered."""
        self._show_seen()
        if self._classifier is None or self._has_failed:
            return  # what stands there is why
        if not self._guesses:
            if self._asked and not self._awaits_answer:
                self._say(NOT_YET)
            return
        bars = self.query_one("#bars", Static)
        is_drawn = not self._canvas.is_blank
        width = bars.content_size.width
        bars.update(guesses_view(self._guesses, self._class_names, width, are_shown=is_drawn))
        best = "\n".join(best_guess(guess, self._class_names) for guess in self._guesses)
        self.query_one("#best", Static).update(best if is_drawn else "")

    def _show_seen(self) -> None:
        small = self.query_one("#small", Static)
        grey = np.rint(255 * self._seen).astype(int)
        if self.query_one("#seen").content_size.height < SIDE // 2:
            # Half as large, each pixel a mean of four.
            grey = grey.reshape(SIDE // 2, 2, SIDE // 2, 2).mean(axis=(1, 3)).astype(int)
        small.update(Text("\n").join(half_blocks(grey.tolist())))
        self.query_one("#how", Static).update(self._canvas.says or HOW)

    def _say(self, words: str, *, is_wrong: bool = False) -> None:
        bars = self.query_one("#bars", Static)
        bars.set_class(is_wrong, "-wrong").update(Text(f"✗ {words}" if is_wrong else words))

    def _plan(self) -> Plan:
        """The run's.

        Raises:
            TutorError: it cannot be read, or not be carried out.
        """
        try:
            return self._run.plan()
        except OSError as error:
            raise TutorError(f"{self._run.plan_file}: cannot be read: {error.strerror}") from None
