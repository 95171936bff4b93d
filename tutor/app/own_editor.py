"""The learner's own editor: which one it is, and how it is called for a file. Imports no Textual."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VARIABLES = ("VISUAL", "EDITOR")
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
        quiet = None if self.takes_terminal else subprocess.DEVNULL
        try:
            subprocess.run([*self.command, str(path)], check=False, stdout=quiet, stderr=quiet)
        except OSError as error:
            says = f"{self.command[0]} cannot be started: {error.strerror}"
            raise UsageError(says, "Set the variable EDITOR to your editor's name.") from None


def own_editor(environment: Mapping[str, str] = os.environ) -> OwnEditor:
    """VISUAL's or EDITOR's; inside VS Code its own; else the first usual one that is there.

    Raises:
        UsageError: there is none.
    """
    for variable in VARIABLES:
        try:
            command = shlex.split(environment.get(variable, ""))
        except ValueError as error:
            says = f"the variable {variable} cannot be read as a command: {error}"
            raise UsageError(says, f"Set it to your editor's name, for example {variable}=vim.") from None
        if command:
            return OwnEditor(tuple(command), takes_terminal=True)
    path = environment.get("PATH")
    if environment.get("TERM_PROGRAM") == "vscode" and shutil.which("code", path=path):
        return OwnEditor(("code", "--reuse-window"), takes_terminal=False)
    for name in USUAL:
        if shutil.which(name, path=path):
            return OwnEditor((name,), takes_terminal=True)
    raise UsageError("no editor is known", "Set the variable EDITOR to your editor's name.")
