"""The course: its parts and exercises, how far one is, what is next."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tutor.app.widgets.key_bar import KeyBar
from tutor.app.widgets.top_bar import TopBar
from tutor.draw.course import standing_in_words
from tutor.draw.moment import moment
from tutor.draw.verdict import HEADLINES
from tutor.errors import TutorError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from textual.app import ComposeResult

    from tutor.app.app import TutorApp
    from tutor.course import Course, Exercise
    from tutor.progress import Standing
    from tutor.workspace import Workspace

BAR_WIDTH = 24
NUMBER_WIDTH, KIND_WIDTH, MINUTES_WIDTH, STATE_WIDTH = 2, 7, 6, 22
KINDS = {"compute": "by hand", "implement": "code", "train": "train"}


class ExerciseList(OptionList):
    """The list, whose key for opening stands in the footer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Open", id="home.open", tooltip="Open the exercise under the cursor"),
    ]


class ExerciseRow:
    """An exercise in the list: number and title, kind and minutes, how it stands.

    Where there is no room for all of it, kind and minutes go first, then the state goes below the title, which is never
    cut for their sake.

    Args:
        exercise: which.
        state: how it stands.
        title_width: how wide the titles of the list are, so that all rows are laid out alike.
    """

    def __init__(self, exercise: Exercise, state: Text, title_width: int) -> None:
        self._exercise = exercise
        self._state = state
        self._title_width = title_width

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it for the width that there is."""
        manifest = self._exercise.manifest
        width = options.max_width
        # Not a table: the rows are measured and drawn more often than anything else before the first screen stands.
        kind = f" {KINDS[manifest.kind]:<{KIND_WIDTH}} {f'{manifest.minutes} min':>{MINUTES_WIDTH}}"
        begin = f"{manifest.number:>{NUMBER_WIDTH}} "
        beside = NUMBER_WIDTH + self._title_width + STATE_WIDTH + 2
        if width < beside:
            lines = textwrap.wrap(manifest.title, max(1, width - len(begin))) or [""]
            gap = "\n" + " " * len(begin)
            yield Text.assemble(begin, gap.join(lines), gap, self._state)
            return
        if width < beside + len(kind):
            kind = ""
        title = manifest.title.ljust(width - len(begin) - len(kind) - 1 - STATE_WIDTH)
        yield Text.assemble(begin, title, kind, " ", self._state, no_wrap=True)


class HomeScreen(Screen[None]):
    """The list of exercises; opening one, or the lab."""

    app: TutorApp
    AUTO_FOCUS = "#list"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash", "find", "Find", key_display="/", id="home.find", tooltip="Show only exercises with these words"
        ),
        Binding("escape", "find_no_more", "All", id="home.all", tooltip="Show all exercises again"),
        Binding("a", "attempts", "Attempts", id="home.attempts", tooltip="What you have tried, and what changed"),
        Binding("p", "pictures", "Pictures", id="home.pictures", tooltip="How things work, step by step"),
        Binding(
            "comma",
            "app.settings",
            "Settings",
            key_display=",",
            id="home.settings",
            tooltip="Theme, animation, your editor",
            show=False,
        ),
        Binding("t", "lab", "Lab", id="home.lab", tooltip="Train networks and watch their curves"),
    ]

    def __init__(self, course: Course, workspace: Workspace) -> None:
        super().__init__()
        self._course = course
        self._workspace = workspace
        self._standings: dict[str, Standing] = {}
        self._following: Exercise | None = None

    def compose(self) -> ComposeResult:
        """Progress, the list, and where there is room what is known of the exercise under the cursor."""
        yield TopBar(self._course.manifest.title, standing=self._workspace.learner)
        yield Static(id="progress")
        yield Input(
            placeholder="words of a title, a number, a part; hand, code, passed, open …", compact=True, id="find"
        )
        with Horizontal(id="middle"):
            yield ExerciseList(id="list", classes="pane")
            with VerticalScroll(id="detail", classes="pane", can_focus=False):
                yield Static(id="about")
        yield KeyBar()

    def on_mount(self) -> None:
        """Name the panes."""
        self.query_one("#list").border_title = "Exercises"
        self.query_one("#detail").border_title = "About"

    def on_screen_resume(self) -> None:
        """Show how things stand now; the cursor goes to what is next."""
        try:
            with self._workspace.progress() as progress:
                self._standings = progress.standings()
        except TutorError as error:
            self.app.notify_error(error)
        self._fill()

    def _fill(self) -> None:
        """List what is looked for; the cursor goes to what is next of it, and stays where that is what it was."""
        exercises = self._course.exercises
        following = next((exercise for exercise in exercises if not self._passed(exercise)), None)
        under_cursor = self._under_cursor() if following == self._following else following
        self._following = following
        self.query_one("#progress", Static).update(self._overall(following))
        found = [exercise for exercise in exercises if self._is_looked_for(exercise)]
        options = self.query_one("#list", OptionList)
        with options.prevent(OptionList.OptionHighlighted):
            options.clear_options()
            options.add_options(self._options(found))
            under_cursor = next((one for one in (under_cursor, following) if one in found), next(iter(found), None))
            if under_cursor is not None:
                options.highlighted = options.get_option_index(under_cursor.slug)
        if under_cursor is not None:
            self._show_about(under_cursor)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide a key that would do nothing now."""
        return self._find.display if action == "find_no_more" else super().check_action(action, parameters)

    @property
    def _find(self) -> Input:
        return self.query_one("#find", Input)

    def action_find(self) -> None:
        """Ask what is looked for."""
        self._find.display = True
        self._find.focus()
        self.refresh_bindings()

    def action_find_no_more(self) -> None:
        """Show all exercises again."""
        self._find.value = ""
        self._find.display = False
        self.query_one("#list").focus()
        self.refresh_bindings()

    @on(Input.Changed)
    def _looked_for(self) -> None:
        self._fill()

    @on(Input.Submitted)
    def _found(self) -> None:
        self.query_one("#list").focus()

    def _is_looked_for(self, exercise: Exercise) -> bool:
        """Whether every word that is looked for begins a word of what is known of an exercise."""
        manifest = exercise.manifest
        part = next(part.title for part in self._course.manifest.part if part.number == manifest.part)
        state = " ".join(filter(str.isalpha, self._state(exercise).plain.split()))
        state += "" if self._passed(exercise) else " open"
        known = f"{manifest.number} {exercise.slug} {exercise.title} part {part} {KINDS[manifest.kind]} {state}"
        words = known.lower().replace("-", " ").split()
        return all(
            any(word.startswith(sought) for word in words)
            for sought in self._find.value.lower().replace("-", " ").split()
        )

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option.id:
            self._show_about(self._course.find(event.option.id))

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        if event.option.id:
            self.app.open_exercise(self._course.find(event.option.id))

    def action_attempts(self) -> None:
        """Open the attempts at the exercise under the cursor."""
        if exercise := self._under_cursor():
            self.app.open_history(exercise)

    def _under_cursor(self) -> Exercise | None:
        option = self.query_one("#list", OptionList).highlighted_option
        return self._course.find(option.id) if option is not None and option.id else None

    def action_pictures(self) -> None:
        """Open the pictures."""
        self.app.open_pictures()

    def action_lab(self) -> None:
        """Open the lab."""
        self.app.open_lab()

    def _state(self, exercise: Exercise) -> Text:
        return standing_in_words(self._standings.get(exercise.slug), exercise.manifest.points)

    def _passed(self, exercise: Exercise) -> bool:
        standing = self._standings.get(exercise.slug)
        return standing is not None and standing.passed

    def _overall(self, following: Exercise | None) -> Text:
        total = len(self._course.exercises)
        passed = sum(map(self._passed, self._course.exercises))
        filled = round(BAR_WIDTH * passed / total)
        line = Text.assemble(
            ("━" * filled, "bold"), ("━" * (BAR_WIDTH - filled), "dim"), f"  {passed} of {total} passed"
        )
        if following is None:
            line.append(f"  {self._course.manifest.farewell.strip().splitlines()[0]}")
        else:
            line.append(f"  next: {following.number} {following.title}", "dim")
        return line

    def _options(self, found: Sequence[Exercise]) -> list[Option]:
        options: list[Option] = []
        for part in self._course.manifest.part:
            exercises = [exercise for exercise in found if exercise.manifest.part == part.number]
            if exercises:
                blank = [Option("", disabled=True)] if options else []
                options += [*blank, Option(f"Part {part.number}  {part.title}", disabled=True)]
                options += [Option(self._row(exercise), id=exercise.slug) for exercise in exercises]
        return options

    def _row(self, exercise: Exercise) -> RenderableType:
        longest = max(len(one.title) for one in self._course.exercises)
        return ExerciseRow(exercise, self._state(exercise), longest)

    def _show_about(self, exercise: Exercise) -> None:
        manifest = exercise.manifest
        standing = self._standings.get(exercise.slug)
        facts = Table.grid(padding=(0, 2))
        facts.add_column(style="dim")
        facts.add_column(overflow="fold")
        facts.add_row("kind", KINDS[manifest.kind])
        facts.add_row("level", f"{manifest.level} of 5")
        facts.add_row("time", f"about {manifest.minutes} minutes")
        facts.add_row("points", f"{manifest.points:g}")
        facts.add_row("needs", ", ".join(manifest.requires) or "nothing before it")
        facts.add_row("state", self._state(exercise))
        facts.add_row("attempts", str(standing.attempts if standing else 0))
        if standing is not None:
            headline, style = HEADLINES[standing.last_verdict]
            facts.add_row("last", Text.assemble(f"{moment(standing.last_at)}  ", (headline.lower(), style)))
        facts.add_row("file", str(self._workspace.path(exercise).relative_to(self._workspace.root)))
        title = Text(f"{exercise.number}  {exercise.title}\n", "bold")
        self.query_one("#about", Static).update(Group(title, facts))
