"""What a learner has set: kept in the workspace, and by default what suits most."""

from __future__ import annotations

import os
import shlex
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.progress import ProgressError

if TYPE_CHECKING:
    from tutor.course import Exercise
    from tutor.workspace import Workspace


@dataclass(frozen=True)
class Setting:
    """One thing that can be set.

    Attributes:
        name: what it is kept under.
        title: its name for people.
        says: what it does.
        choices: the values that there are, with their names; none where any text will do.
        default: the value where nothing is kept.
        placeholder: what holds where any text will do and none is there.
    """

    name: str
    title: str
    says: str
    choices: tuple[tuple[str, str], ...] = ()
    default: str = ""
    placeholder: str = ""

    def fault(self, value: str) -> str:
        """Why this cannot be its value, or nothing."""
        values = [choice for choice, _ in self.choices]
        if self.choices and value not in values:
            return f"there is no {value!r}, but {', '.join(values)}"
        if self == EDITOR:
            try:
                shlex.split(value)
            except ValueError as error:
                return f"{value!r} cannot be read as a command: {error}"
        return ""


def theme_setting(themes: tuple[str, ...], default: str) -> Setting:
    """The colours, of which an app knows more than this module."""
    return Setting("theme", "Theme", "The colours", tuple((name, name) for name in themes), default)


ANIMATION = Setting(
    "animation",
    "Animation",
    "Scrolling that glides, cursors that blink",
    (("on", "on"), ("off", "off")),
    "on",
)
PICTURE_SPEED = Setting(
    "picture_speed",
    "Pictures play",
    "How long each of their steps stays",
    (("0", "very slowly"), ("1", "slowly"), ("2", "medium"), ("3", "fast"), ("4", "very fast")),
    "2",
)
EDITOR = Setting("editor", "Your editor", "The command that ctrl+g calls", placeholder="$VISUAL or $EDITOR")
DATA_VARIABLE = "CNN_TUTOR_DATA"
DATA = Setting("data", "MNIST", "The folder of its files, or synthetic", placeholder="is downloaded")


def data_for(exercise: Exercise, workspace: Workspace | None, said: str | None = None) -> str | None:
    """What a train exercise is trained on; see :func:`mnist_for`. None where nothing is trained."""
    return mnist_for(workspace, said) if exercise.is_train else said


def mnist_for(workspace: Workspace | None, said: str | None = None, dataset: str = "mnist") -> str | None:
    """Where MNIST is taken from: a folder, or ``synthetic``.

    Returns:
        As it was said, else as it is set, else as the environment has it, else None: a download. Of another data set
        only what was said.
    """
    if said is not None or dataset != "mnist":
        return said
    kept = None
    if workspace is not None:
        with suppress(ProgressError), workspace.progress() as progress:
            kept = progress.setting(DATA.name)
    return kept or os.environ.get(DATA_VARIABLE) or None


class Settings:
    """The settings of a workspace, or where there is none yet the defaults.

    Args:
        workspace: where they are kept.
        known: those that there are.

    Attributes:
        faults: what was kept and cannot be used, in words; the default holds instead.
    """

    def __init__(self, workspace: Workspace | None, known: tuple[Setting, ...]) -> None:
        self.known = known
        self.faults: list[str] = []
        self._values = {setting.name: setting.default for setting in known}
        self._workspace: Workspace | None = None
        if workspace is not None:
            self.enter(workspace)

    def enter(self, workspace: Workspace) -> None:
        """Take what is kept in a workspace, and keep there from now on, with what was chosen before there was one."""
        self._workspace = workspace
        with workspace.progress() as progress:
            for setting in self.known:
                value = progress.setting(setting.name)
                if value is None:
                    if self[setting] != setting.default:
                        progress.set_setting(setting.name, self[setting])
                elif fault := setting.fault(value):
                    self.faults.append(f"{setting.title}: {fault}. It is {self[setting] or 'not set'} now.")
                else:
                    self._values[setting.name] = value

    def __getitem__(self, setting: Setting) -> str:
        return self._values[setting.name]

    def keep(self, setting: Setting, value: str) -> None:
        """Set something, from now on and for the next time.

        Raises:
            ProgressError: it cannot be kept for the next time; until then it holds.
            ValueError: that is no value of it; it stays what it was.
        """
        if fault := setting.fault(value):
            raise ValueError(fault)
        if value == self[setting]:
            return
        self._values[setting.name] = value
        if self._workspace is not None:
            with self._workspace.progress() as progress:
                progress.set_setting(setting.name, value)
