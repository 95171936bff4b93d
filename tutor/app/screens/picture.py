"""All pictures, one at a time on the whole screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tutor.app.messages import PictureTurned
from tutor.app.widgets.key_bar import KeyBar
from tutor.app.widgets.picture_view import PictureView
from tutor.app.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tutor.app.app import TutorApp


class PictureScreen(Screen[None]):
    """One picture after the other."""

    app: TutorApp
    CSS_PATH = "picture.tcss"
    AUTO_FOCUS = "Drawing"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "leave",
            "Leave",
            id="pictures.leave",
            tooltip="From a field back to the drawing, else out of the pictures",
        ),
    ]

    def compose(self) -> ComposeResult:
        """The picture, between where one is and the keys."""
        yield TopBar(self.app.course.manifest.title, "Pictures")
        yield PictureView()
        yield KeyBar()

    @on(PictureTurned)
    def _say_which(self, message: PictureTurned) -> None:
        self.query_one(TopBar).set_standing(message.says)

    def action_leave(self) -> None:
        """Back to the drawing, else out of here."""
        if not self.query_one(PictureView).leave_field():
            self.dismiss()
