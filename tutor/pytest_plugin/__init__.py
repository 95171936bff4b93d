"""The pytest plugin: every check of a submission is an item, and a fixture judges in an ordinary test.

It is loaded by each pytest in its environment. So it imports next to nothing, has hardly a hook, and acts only where it
is asked to, which is :mod:`tutor.pytest_plugin.acting`'s part:

    a workspace's own exercises       pytest, where the current folder or one that is named is in a workspace
    --cnn-tutor                       what is named is what others handed in
    --cnn-tutor-exercise SELECTOR     the same for one exercise; in one's own workspace, that exercise alone
    cnn_tutor_submissions = FOLDER    in pytest's configuration: what lies there is what others handed in

Of what others handed in nothing is imported, and no ``conftest.py`` is loaded. What pytest does before it loads a
plugin no plugin can prevent: ``cnn-tutor pytest`` does; see :mod:`tutor.commands.pytest`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tutor.pytest_plugin.fixture import CnnTutor
    from tutor.pytest_plugin.judging import Judge
    from tutor.pytest_plugin.scope import Scope

SUBMISSIONS = "cnn_tutor_submissions"

_scope: pytest.StashKey[Scope] = pytest.StashKey()
_judge: pytest.StashKey[Judge] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options have long names: there are many plugins."""
    group = parser.getgroup("cnn-tutor", "exercises on convolutional networks")
    group.addoption(
        "--cnn-tutor",
        action="store_true",
        help="What is named is what others handed in: judge each file that has an exercise's name, import nothing.",
    )
    group.addoption(
        "--cnn-tutor-exercise",
        action="append",
        default=[],
        metavar="SELECTOR",
        help="Judge this exercise alone, a number or a slug; may be given several times.",
    )
    group.addoption("--cnn-tutor-course", metavar="NAME|DIR", help="Another course: an installed pack, or a folder.")
    group.addoption(
        "--cnn-tutor-learner",
        metavar="NAME",
        help="Whose submissions these are; by default the name of the folder, in one's own workspace its learner's.",
    )
    parser.addini(
        SUBMISSIONS,
        "Folders of what others handed in: each file that has an exercise's name is judged, nothing is imported.",
        type="paths",
        default=[],
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Find out whether there is anything to do, before pytest imports the first ``conftest.py``.

    Raises:
        pytest.UsageError: there is no such exercise or course, or pytest has read what a learner has written.
    """
    options = early_config.known_args_namespace
    here = early_config.invocation_params.dir
    named = [here / argument.partition("::")[0] for argument in options.file_or_dir] or [here]
    is_asked = options.cnn_tutor or bool(options.cnn_tutor_exercise)
    own = _workspaces([here] if is_asked else [here, *named])
    handed_in = early_config.getini(SUBMISSIONS)
    if not (is_asked or own or handed_in):
        return
    from tutor.errors import TutorError
    from tutor.pytest_plugin.acting import Acting
    from tutor.pytest_plugin.scope import find_scope

    try:
        scope = find_scope(options, here, named, own, handed_in)
    except TutorError as error:
        raise pytest.UsageError("\n".join(filter(None, (error.message, error.remedy)))) from None
    early_config.stash[_scope] = scope
    path = early_config.inipath
    if path is not None and not _names_configuration(early_config) and scope.may_be_theirs(path):
        raise pytest.UsageError(
            f"pytest has read its configuration in {path}, which may be a learner's, and done what that asks for.\n"
            "Judge with `cnn-tutor pytest` instead: it reads nothing but the submissions."
        )
    if scope.may_load_theirs(named):
        options.noconftest = True
    if scope.is_all_handed_in:
        # A cache would be written beside the submissions, or wherever a link of theirs leads.
        for plugin in ("cacheprovider", "stepwise"):
            early_config.pluginmanager.set_blocked(plugin)
    early_config.pluginmanager.register(Acting(scope), "cnn-tutor-acting")


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: int | pytest.ExitCode, config: pytest.Config
) -> None:
    """Where nothing was found, say so if there is something to judge."""
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and config.stash.get(_scope, None) is None:
        here = config.invocation_params.dir
        if any(_looks_handed_in(here / argument.partition("::")[0]) for argument in config.args):
            terminalreporter.write_line("To judge what learners handed in: cnn-tutor pytest FOLDER")


def _looks_handed_in(folder: Path) -> bool:
    """Whether a file like ``03_conv2d/conv2d.py`` lies in it where a class's would."""
    shapes = ("[0-9][0-9]_*/*.py", "*/[0-9][0-9]_*/*.py", "*/exercises/[0-9][0-9]_*/*.py")
    return any(path.parent.name[3:] == path.stem for shape in shapes for path in folder.glob(shape))


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the engine, where one was needed."""
    if (judge := config.stash.get(_judge, None)) is not None:
        judge.close()


@pytest.fixture(scope="session")
def cnn_tutor(pytestconfig: pytest.Config) -> CnnTutor:
    """Judges submissions: ``cnn_tutor.assert_passes("conv2d", Path("conv2d.py"))``; ``check`` returns the verdict."""
    from tutor.pytest_plugin.fixture import CnnTutor

    return CnnTutor(pytestconfig.stash.get(_scope, None), judge_of(pytestconfig))


def judge_of(config: pytest.Config) -> Judge:
    """The one that judges in this process; its engine is started by the first submission.

    Raises:
        pytest.UsageError: there is no such course.
    """
    if (judge := config.stash.get(_judge, None)) is None:
        from tutor.pytest_plugin.judging import Judge, course_for

        scope = config.stash.get(_scope, None)
        course = scope.course if scope is not None else course_for(config)
        judge = config.stash[_judge] = Judge(course)
    return judge


def _names_configuration(config: pytest.Config) -> bool:
    """Whether whoever called pytest has named the configuration; one that was found may name itself."""
    return any(str(word).startswith(("-c", "--config-file")) for word in config.invocation_params.args)


def _workspaces(places: Sequence[Path]) -> list[Path]:
    """The workspaces that the places are in, as :func:`tutor.workspace.find_workspace` finds one, but for its imports.

    A look at a folder takes some µs; the plugin is loaded by every pytest there is.
    """
    found: dict[Path, None] = {}
    for place in places:
        for folder in (place, *place.parents):
            state = f"{folder}/.cnn-tutor"
            if os.path.exists(f"{state}/progress.sqlite") or os.path.exists(f"{state}/learner"):  # noqa: PTH110
                found[folder] = None
                break
    return list(found)
