"""``cnn-tutor pytest``: pytest, called so that nothing in the submissions runs in it.

Measured with what learners can hand in: pytest reads ``pytest.ini``, ``tox.ini``, ``setup.cfg`` and ``pyproject.toml``
in and above what it is called with, whose ``addopts = -p NAME`` and ``pythonpath`` import their modules before any
plugin can act; it imports each ``conftest.py``, ``__init__.py`` and ``test_*.py``; and Python itself would import from
the current folder, here and in xdist's processes. So:

    -c, --rootdir, --confcutdir     no configuration is looked for
    --noconftest, -p no:python      no conftest.py, and no file is a module or a package
    -p no:cacheprovider             nothing is written beside the submissions
    -P, PYTHONSAFEPATH              the current folder is no place to import from; PYTHON* and PYTEST_* do not count
    PYTEST_DISABLE_PLUGIN_AUTOLOAD  other plugins read files of the current folder too: .env, .coveragerc, manage.py
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from tutor.engine.start import isolation
from tutor.errors import UsageError

HARDENED = Path(__file__).parent.parent / "pytest_plugin" / "hardened.ini"


# -h is pytest's own, and could be part of -rhs.
@click.command("pytest", context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[PATH]... [PYTEST'S OPTIONS]")
def command(arguments: tuple[str, ...]) -> None:
    """Judge submissions with pytest, safely: an item for each check.

    PATH is a folder with one folder for each learner, one learner's folder, or a file. Nothing in it is imported, no
    conftest.py and no configuration is read. -k, -x, -q, -n and --junitxml are pytest's, as is the exit status: 0 all
    passed, 1 something did not, 4 wrong call, 5 nothing was found. So are --cnn-tutor-exercise, --cnn-tutor-learner and
    --cnn-tutor-course. Of other plugins xdist alone is loaded; name more with -p.
    """
    if find_spec("pytest") is None:
        raise UsageError("pytest is not installed", "pip install 'cnn-tutor[pytest]'")
    here = os.getcwd()  # noqa: PTH109
    call = [sys.executable, *isolation(), *hardened(here, has_xdist=find_spec("xdist") is not None), *plain(arguments)]
    os.execve(call[0], call, environment(os.environ))


def hardened(here: str, *, has_xdist: bool) -> list[str]:
    """How Python is to call pytest.

    Args:
        here: the current folder; items are named relative to it.
        has_xdist: whether its options are to be there.
    """
    plugins = ("no:python", "no:cacheprovider", "tutor.pytest_plugin", *(["xdist"] if has_xdist else []))
    loaded = [word for plugin in plugins for word in ("-p", plugin)]
    places = [f"--rootdir={here}", f"--confcutdir={here}"]
    return ["-m", "pytest", "-c", str(HARDENED), *places, "--noconftest", *loaded, "--cnn-tutor"]


def plain(arguments: tuple[str, ...]) -> list[str]:
    """The arguments, where those that are files stay files: ``*`` also finds what a learner has called ``-pevil``."""
    return [f"./{word}" if word.startswith(("-", "@")) and os.path.lexists(word) else word for word in arguments]


def environment(of: os._Environ[str] | dict[str, str]) -> dict[str, str]:
    """The environment for pytest and for what it starts."""
    kept = {name: value for name, value in of.items() if not name.startswith(("PYTHON", "PYTEST"))}
    return {**kept, "PYTHONSAFEPATH": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
