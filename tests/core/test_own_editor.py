"""Which editor is opened, and what is said where there is none."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from tutor.errors import UsageError
from tutor.own_editor import OwnEditor, own_editor

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    for name in ("code", "vim"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    return tmp_path


def test_the_variables_come_first_then_vs_code_then_what_is_there(programs: Path) -> None:
    path = {"PATH": str(programs)}
    in_code = {**path, "TERM_PROGRAM": "vscode"}
    assert own_editor({**in_code, "EDITOR": "emacs -nw"}) == OwnEditor(("emacs", "-nw"), takes_terminal=True)
    assert own_editor({**path, "EDITOR": "ed", "VISUAL": "nvim"}) == OwnEditor(("nvim",), takes_terminal=True)
    assert own_editor(in_code) == OwnEditor(("code", "--reuse-window"), takes_terminal=False)
    assert own_editor({**path, "EDITOR": "code -w"}) == OwnEditor(("code", "-w"), takes_terminal=False)
    assert own_editor({**path, "EDITOR": "ed"}, named="joe -wide") == OwnEditor(("joe", "-wide"), takes_terminal=True)
    assert own_editor({**path, "EDITOR": " "}) == OwnEditor(("vim",), takes_terminal=True)


def test_it_gets_the_file_with_its_own_arguments_before_it(tmp_path: Path) -> None:
    script = tmp_path / "my editor"
    script.write_text('#!/bin/sh\nprintf "%s\\n" "$1" > "$2"\n')
    script.chmod(0o755)
    file = tmp_path / "a file.py"
    own_editor({"EDITOR": f"'{script}' --wait"}).open(file)
    assert file.read_text() == "--wait\n"


def test_an_editor_with_a_window_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "closed")
    script = tmp_path / "code"
    script.write_text('#!/bin/sh\nread line < "$(dirname "$1")/closed"\necho "$line" > "$1"\n')
    script.chmod(0o755)
    file = tmp_path / "program.py"
    own_editor({"EDITOR": str(script)}).open(file)
    assert not file.exists(), "its window is still open"
    (tmp_path / "closed").write_text("typed\n")
    deadline = time.monotonic() + 20
    while not (file.exists() and file.read_text()):
        assert time.monotonic() < deadline
    assert file.read_text() == "typed\n"


def test_what_cannot_be_is_said_with_what_to_do(tmp_path: Path) -> None:
    nothing = {"PATH": str(tmp_path)}
    for environment, says in ((nothing, "no editor is known"), ({**nothing, "EDITOR": "'vi"}, "cannot be read")):
        with pytest.raises(UsageError, match=says) as error:
            own_editor(environment)
        assert "EDITOR" in error.value.remedy
    with pytest.raises(UsageError, match="cannot be started"):
        own_editor({"EDITOR": str(tmp_path / "no-such-program")}).open(tmp_path / "file.py")
