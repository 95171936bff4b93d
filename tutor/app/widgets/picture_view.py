"""Pictures that move: stepped with keys or played, for any sizes that the learner types."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, ItemGrid, ScrollableContainer
from textual.widgets import Input, Label, Static

from tutor.app.messages import PictureTurned
from tutor.app.widgets.pane import Pane
from tutor.errors import TutorError
from tutor.pictures import KINDS
from tutor.pictures.picture import PictureError
from tutor.settings import PICTURE_SPEED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.timer import Timer

    from tutor.app.app import TutorApp
    from tutor.pictures import Typed
    from tutor.pictures.picture import Kind, Picture, Setting

SECONDS = (3.0, 2.0, 1.2, 0.7, 0.4)
"""How long a step stays while it plays, from slow to fast."""

FIELD_WIDTH, NARROW_FIELD_WIDTH = 24, 19
MANY_SETTINGS = 7
"""From so many on they are set closer together: on a small terminal the drawing needs the lines."""


class Drawing(ScrollableContainer, inherit_bindings=False):
    """The step that is shown. It scrolls up and down; to the sides with shift, because the arrows step."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", "Scroll up", show=False),
        Binding("down,j", "scroll_down", "Scroll down", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
        Binding("shift+left", "scroll_left", "Scroll left", show=False),
        Binding("shift+right", "scroll_right", "Scroll right", show=False),
    ]


def _key(keys: str, action: str, name: str, says: str, *, show: bool = False, display: str | None = None) -> Binding:
    return Binding(keys, action, name, show, display, tooltip=says, id=f"picture.{name.lower().replace(' ', '_')}")


class PictureView(Pane):
    """One picture after the other: sizes, drawing, what happens in it in words. Posts :class:`PictureTurned`.

    Args:
        asked: those that one came for, with their settings; all others follow as they are by default.
    """

    app: TutorApp
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("right,l", "step(1)", "Step", "One step on", show=True, display="← →"),
        _key("left,h", "step(-1)", "Back", "One step back", display="←"),
        _key("home", "go(0)", "First", "To the first step"),
        _key("end", "go(-1)", "Last", "To the last step"),
        _key("space", "play", "Play", "Play it, or hold it", show=True),
        _key("plus,equals_sign", "faster(1)", "Faster", "Play faster", display="+"),
        _key("minus", "faster(-1)", "Slower", "Play slower", display="-"),
        _key("s", "settings", "Sizes", "Choose other sizes; Enter draws them", show=True),
        _key("n", "turn(1)", "Other", "The next picture", show=True),
        _key("p", "turn(-1)", "Previous picture", "The picture before"),
    ]

    def __init__(self, asked: Sequence[tuple[Kind, Typed]] = ()) -> None:
        super().__init__(id="picture")
        named = {kind.name for kind, _ in asked}
        self._all = [*asked, *((kind, dict[str, str]()) for name, kind in KINDS.items() if name not in named)]
        self._at = 0
        self._picture: Picture | None = None
        self._step = 0
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """From the sizes down to the words."""
        yield ItemGrid(id="sizes", min_column_width=FIELD_WIDTH)
        yield Static("", id="problem", markup=False)
        yield Static("", id="title", markup=False)
        with Drawing(id="drawing"):
            yield Static("", id="frame", markup=False)
        yield Static("", id="says", markup=False)

    async def on_mount(self) -> None:
        """Show the first picture."""
        await self._open(0)

    def focus_drawing(self) -> None:
        """Put the focus where the keys step."""
        self.query_one(Drawing).focus()

    def leave_field(self) -> bool:
        """Go from a field back to the drawing; whether one was in a field."""
        inside = isinstance(self.screen.focused, Input) and self.has_focus_within
        if inside:
            self.focus_drawing()
        return inside

    def action_step(self, by: int) -> None:
        """Go so many steps on; stops playing."""
        self._hold()
        self._show(self._step + by)

    def action_go(self, step: int) -> None:
        """Go to a step; -1 is the last."""
        self._hold()
        if self._picture is not None:
            self._show(step % len(self._picture.frames))

    def action_play(self) -> None:
        """Play from here, from the beginning where this is the end; or hold."""
        if self._timer is not None:
            self._hold()
        elif self._picture is not None:
            if self._step == len(self._picture.frames) - 1:
                self._show(0)
            self._timer = self.set_interval(SECONDS[int(self.app.settings[PICTURE_SPEED])], self._play_on)
        self._show(self._step)

    def action_faster(self, by: int) -> None:
        """Play faster or slower, from now on."""
        speed = min(max(0, int(self.app.settings[PICTURE_SPEED]) + by), len(SECONDS) - 1)
        try:
            self.app.keep_setting(PICTURE_SPEED, str(speed))
        except TutorError as error:
            self.app.notify_error(error)
        if self._timer is not None:
            self._hold()
            self.action_play()

    def action_settings(self) -> None:
        """Go to the first field."""
        self._hold()
        self.query("#sizes Input").first(Input).focus()

    async def action_turn(self, by: int) -> None:
        """Show another picture."""
        await self._open((self._at + by) % len(self._all))
        self.focus_drawing()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        if self._draw():
            self.focus_drawing()

    async def _open(self, at: int) -> None:
        self._hold()
        self._at = at
        kind, typed = self._all[at]
        settings = self.query_one("#sizes", ItemGrid)
        settings.min_column_width = NARROW_FIELD_WIDTH if len(kind.settings) >= MANY_SETTINGS else FIELD_WIDTH
        async with self.batch():
            await settings.remove_children()
            await settings.mount_all(
                _field(setting, typed.get(setting.name, setting.default)) for setting in kind.settings
            )
        self.post_message(PictureTurned(f"{at + 1} of {len(self._all)}: {kind.name}"))
        # The sizes may take more or fewer lines than those before.
        self.call_after_refresh(self._draw)

    def _draw(self) -> bool:
        """Draw what the fields say; whether that can be drawn."""
        kind, _ = self._all[self._at]
        typed = {str(field.name): field.value for field in self.query("#sizes Input").results(Input)}
        problem = self.query_one("#problem", Static)
        try:
            self._picture = kind.picture(typed)
        except PictureError as error:
            problem.update(f"✗ {error}. {error.remedy}")
            problem.display = True
            return False
        problem.display = False
        self._all[self._at] = kind, typed
        self._show(0)
        return True

    def _show(self, step: int) -> None:
        if self._picture is None:
            return
        frames = self._picture.frames
        self._step = min(max(0, step), len(frames) - 1)
        frame = frames[self._step]
        drawing = self.query_one(Drawing)
        state = "  ▶ playing" if self._timer is not None else ""
        with self.app.batch_update():
            self.query_one("#title", Static).update(self._picture.title)
            self.query_one("#frame", Static).update(frame.drawing(max(20, drawing.size.width)))
            step_of = Text(f"Step {self._step + 1} of {len(frames)}{state}  ", "bold")
            self.query_one("#says", Static).update(step_of.append(frame.says, "not bold"))

    def on_resize(self) -> None:
        """Set the blocks side by side as far as there is room now."""
        self.call_after_refresh(self._show, self._step)

    def _play_on(self) -> None:
        assert self._picture is not None
        if self._step + 1 == len(self._picture.frames):
            self._hold()
        self._show(self._step + 1)

    def _hold(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None


def _field(setting: Setting, value: str) -> Horizontal:
    field = Input(value, compact=True, name=setting.name, tooltip=setting.says)
    return Horizontal(Label(setting.name), field, classes="setting")
