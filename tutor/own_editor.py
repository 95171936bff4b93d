"""The learner's own editor: which one it is, and how it is called for a file. Imports no Textual."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import threading
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from tutor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VARIABLES = ("VISUAL", "EDITOR")
WITH_WINDOWS = frozenset({"code", "code-insiders", "codium", "cursor", "gedit", "gvim", "kate", "mate", "subl", "zed"})
"""They open a window of their own, and leave the terminal to the app."""
USUAL = ("nano", "vim", "vi")
"""Looked for in this order where no variable names one."""


@dataclass(frozen=True)
class OwnEditor:
    """An editor, as it is to be called.

    Attributes:
        command: the program and its arguments, without the file.
        takes_terminal: whether it works in the terminal that the app works in, or opens a window of its own.
    """

    command: tuple[str, ...]
    takes_terminal: bool

    def open(self, path: Path) -> None:
        """Open a file; returns when the editor is left, or once its window is asked for.

        Raises:
            UsageError: it cannot be started.
        """
        command = [*self.command, str(path)]
        try:
            if self.takes_terminal:
                subprocess.run(command, check=False)
            else:
                quiet = subprocess.DEVNULL
                window = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
                # Some return at once, some with their window; somebody has to wait for them.
                threading.Thread(target=window.wait, name="own-editor", daemon=True).start()
        except OSError as error:
            says = f"{self.command[0]} cannot be started: {error.strerror}"
            raise UsageError(says, "Set the variable EDITOR to your editor's name.") from None


def own_editor(environment: Mapping[str, str] = os.environ, *, named: str = "") -> OwnEditor:
    """The one that is named; else VISUAL's or EDITOR's; inside VS Code its own; else the first usual one that is there.

    Raises:
        UsageError: there is none.
    """
    if named:
        return _called_by(tuple(shlex.split(named)))
    for variable in VARIABLES:
        try:
            command = shlex.split(environment.get(variable, ""))
        except ValueError as error:
            says = f"the variable {variable} cannot be read as a command: {error}"
            raise UsageError(says, f"Set it to your editor's name, for example {variable}=vim.") from None
        if command:
            return _called_by(tuple(command))
    path = environment.get("PATH")
    if environment.get("TERM_PROGRAM") == "vscode" and shutil.which("code", path=path):
        return _called_by(("code", "--reuse-window"))
    for name in USUAL:
        if shutil.which(name, path=path):
            return _called_by((name,))
    raise UsageError("no editor is known", "Set the variable EDITOR to your editor's name.")


def _called_by(command: tuple[str, ...]) -> OwnEditor:
    return OwnEditor(command, takes_terminal=PurePath(command[0]).stem not in WITH_WINDOWS)
