"""Paper of 28 x 28 pixels, to draw a digit on with the mouse or with keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from tutor.draw.half_blocks import half_blocks
from tutor.lab.drawing import SIDE, blank, with_stroke

if TYPE_CHECKING:
    from textual.events import MouseDown, MouseEvent, MouseMove, MouseUp

    from tutor.lab.drawing import Image, Point

RIGHT_BUTTON = 3


class DigitCanvas(Widget, can_focus=True):
    """Takes strokes: of the mouse, and of a pen that is moved with the arrows. Posts :class:`Changed`.

    Attributes:
        image: what is drawn.
    """

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "up,k",
            "move(0, -1)",
            "Move",
            key_display="↑↓←→",
            id="digit.move",
            tooltip="Move the pen, which draws if down",
        ),
        Binding("down,j", "move(0, 1)", "Move down", show=False),
        Binding("left,h", "move(-1, 0)", "Move left", show=False),
        Binding("right,l", "move(1, 0)", "Move right", show=False),
        Binding("space", "pen", "Pen", id="digit.pen", tooltip="Put the pen down, or lift it"),
        Binding("e", "rubber", "Rubber", id="digit.rubber", tooltip="Take the rubber instead of the pen, or the pen"),
    ]

    class Changed(Message):
        """Something was drawn or rubbed out, or the pen was moved or turned."""

    def __init__(self) -> None:
        super().__init__(id="canvas")
        self.image: Image = blank()
        self._scale = 1
        self._pen = (SIDE // 2, SIDE // 2)
        self._is_down = False
        self._rubs = False
        self._uses_keys = False
        self._stroke_at: Point | None = None
        """Where the mouse was last, while one of its buttons is down."""
        self._stroke_rubs = False

    @property
    def is_blank(self) -> bool:
        """Whether nothing is drawn."""
        return not self.image.any()

    @property
    def says(self) -> str:
        """What keys do now, in a few words; empty where the mouse was used last."""
        if not self._uses_keys:
            return "rubber" if self._rubs else ""
        column, row = self._pen
        what = "rubber" if self._rubs else "pen"
        return f"{what} {'down' if self._is_down else 'up'}, row {row + 1}, column {column + 1}"

    def set_scale(self, scale: int) -> None:
        """Draw each pixel in ``scale`` columns and half as many lines."""
        self._scale = scale
        self.styles.width, self.styles.height = SIDE * scale, SIDE * scale // 2

    def clear(self) -> None:
        """Take new paper."""
        self.image = blank()
        self._is_down = False
        self._changed()

    def render(self) -> Text:
        """The image, and the pen where it is moved with keys."""
        scale, (column, row) = self._scale, self._pen
        grey = np.rint(255 * self.image).astype(int).repeat(scale, axis=0).repeat(scale, axis=1)
        under_pen = [(row * scale + down, column * scale + across) for down in range(scale) for across in range(scale)]
        mark = "red" if self._is_down else "yellow"
        marked = under_pen if self._uses_keys and self.has_focus else ()
        return Text("\n").join(half_blocks(grey.tolist(), marked, mark))

    def action_move(self, across: int, down: int) -> None:
        """Move the pen by a pixel; it draws where it is down."""
        before = self._middle_of_pen
        column, row = self._pen
        self._pen = (min(max(0, column + across), SIDE - 1), min(max(0, row + down), SIDE - 1))
        self._uses_keys = True
        if self._is_down:
            self.image = with_stroke(self.image, before, self._middle_of_pen, erase=self._rubs)
        self._changed()

    def action_pen(self) -> None:
        """Put the pen down, or lift it."""
        self._uses_keys = True
        self._is_down = not self._is_down
        self.action_move(0, 0)

    def action_rubber(self) -> None:
        """Take the rubber instead of the pen, or the pen."""
        self._rubs = not self._rubs
        self._changed()

    def on_mouse_down(self, event: MouseDown) -> None:
        """Begin a stroke."""
        self.focus()
        self.capture_mouse()
        self._uses_keys = self._is_down = False
        self._stroke_at = self._point_at(event)
        self._stroke_rubs = self._rubs or event.button == RIGHT_BUTTON
        self._stroke_to(event)

    def on_mouse_move(self, event: MouseMove) -> None:
        """Go on with it."""
        self._stroke_to(event)

    def on_mouse_up(self, event: MouseUp) -> None:
        """End it."""
        event.stop()
        self.capture_mouse(False)
        self._stroke_at = None

    def _stroke_to(self, event: MouseEvent) -> None:
        if self._stroke_at is None:
            return
        event.stop()
        point = self._point_at(event)
        self.image = with_stroke(self.image, self._stroke_at, point, erase=self._stroke_rubs)
        self._stroke_at = point
        column, row = (min(max(0, int(place)), SIDE - 1) for place in point)
        self._pen = (column, row)
        self._changed()

    def _point_at(self, event: MouseEvent) -> Point:
        """Where in the image the mouse is: to the pixel of the screen where the terminal tells it, else mid-cell."""
        x, y = event.pointer_x, event.pointer_y
        if x % 1 == y % 1 == 0:
            x, y = x + 0.5, y + 0.5
        return x / self._scale, 2 * y / self._scale

    @property
    def _middle_of_pen(self) -> Point:
        column, row = self._pen
        return column + 0.5, row + 0.5

    def _changed(self) -> None:
        self.refresh()
        self.post_message(self.Changed())
