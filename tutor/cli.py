"""The command line. Imports neither torch nor textual; what a command needs is imported when it runs.

Output for programs goes to stdout alone, words to stderr. Exit codes: 0 everything asked for passed; 1 something did
not; 2 the call or a manifest is wrong; 3 the grader itself could not judge; 130 ended by Ctrl-C.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tutor import __version__
from tutor.course import Course, Exercise, builtin_course, load_course
from tutor.errors import GraderError, TutorError, UsageError
from tutor.verdict import DEFAULT_SEED, not_judged
from tutor.workspace import Workspace, find_workspace, make_workspace, read_submission

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from tutor.engine.client import CheckProgress
    from tutor.verdict import Verdict

EXIT_NOT_PASSED = 1
EXIT_GRADER_ERROR = GraderError.exit_code
EXIT_INTERRUPTED = 130

selectors = click.argument("selectors", nargs=-1, required=True, metavar="[exercise] SELECTOR")
output_format = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)


def main() -> None:
    """Entry point: runs the command line, and says in words what goes wrong."""
    try:
        status = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        sys.exit(EXIT_INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except TutorError as error:
        say_error(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # Whoever read our output has had enough; Python would complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(1)
    sys.exit(status if isinstance(status, int) else 0)


def say_error(error: TutorError) -> None:
    """What was wrong and what to do, on stderr."""
    click.secho(f"cnn-tutor: {error.message}", err=True, fg="red")
    if error.remedy:
        click.echo(error.remedy, err=True)


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cnn-tutor")
@click.option("--data", metavar="DIR", help="MNIST for the lab: a folder, or 'synthetic'. By default it is downloaded.")
@click.pass_context
def cli(context: click.Context, data: str | None) -> int:
    """Learn how a convolutional network works by doing it.

    Without a command the app opens.
    """
    if context.invoked_subcommand is not None:
        return 0
    if not sys.stdout.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        raise UsageError("the app needs a terminal", "Every command works without one: cnn-tutor --help")
    from tutor.app.app import TutorApp

    return TutorApp(_course(), Path.cwd(), data).run() or 0


@cli.command()
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path), metavar="[DIR]")
@click.option("--learner", metavar="NAME", help="Whose workspace it is; the name decides your questions.")
def init(folder: Path, learner: str | None) -> None:
    """Lay down the exercises in DIR, by default here. What is there already is left as it is."""
    course = _course()
    workspace, laid_down = make_workspace(folder.resolve(), course, learner)
    for exercise in laid_down:
        click.echo(_relative(workspace.path(exercise)))
    click.echo(course.manifest.welcome, err=True)
    if laid_down:
        first = laid_down[0]
        click.echo(f"Begin with {_relative(workspace.path(first).parent / 'lesson.md')}", err=True)
        click.echo(f"and then: cnn-tutor check {first.number}. Or open the app: cnn-tutor", err=True)
    else:
        click.echo("All exercises were there already.", err=True)


@cli.command(name="list")
@output_format
def list_exercises(form: str) -> None:
    """List the exercises, and where you stand with each."""
    course, workspace = _course(), find_workspace(Path.cwd())
    with workspace.progress() as progress:
        standings = progress.standings()
    if form == "json":
        click.echo(json.dumps([_as_json(exercise, standings.get(exercise.slug)) for exercise in course.exercises]))
        return
    from tutor.draw.course import course_view

    _console().print(course_view(course, standings))


@cli.command()
@click.argument("selectors", nargs=-1, metavar="[exercise] SELECTOR...")
@click.option("--all", "everything", is_flag=True, help="Check every exercise.")
@click.option("--submission", type=click.Path(path_type=Path), metavar="FILE", help="Judge this file instead.")
@click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True, help="Draws the cases; replays a verdict.")
@output_format
def check(selectors: tuple[str, ...], everything: bool, submission: Path | None, seed: int, form: str) -> int:
    """Judge your answers by running PyTorch.

    SELECTOR is a number, a slug or a path: "exercise 24", "24", "residual-block" and
    "exercises/24_residual_block/residual_block.py" are the same.
    """
    course, workspace = _course(), find_workspace(Path.cwd())
    exercises = course.exercises if everything else course.select(selectors)
    if not exercises:
        raise UsageError("which exercise? Name one, or say --all", "For example: cnn-tutor check exercise 1")
    if submission is not None and len(exercises) != 1:
        raise UsageError("--submission goes with exactly one exercise")
    for selector in selectors:
        _refuse_other_file(selector, course, workspace)
    sources = [
        (exercise, read_submission(submission) if submission else workspace.read(exercise)) for exercise in exercises
    ]
    verdicts = _judge(course, workspace, sources, seed, keep=submission is None, form=form)
    if form == "json":
        found = [verdict.to_dict() for verdict in verdicts]
        click.echo(json.dumps(found if everything or len(found) > 1 else found[0], indent=2))
    if any(verdict.verdict == "grader_error" for verdict in verdicts):
        return EXIT_GRADER_ERROR
    return 0 if all(verdict.passed for verdict in verdicts) else EXIT_NOT_PASSED


@cli.command()
@selectors
def hint(selectors: tuple[str, ...]) -> None:
    """Show the next hint of an exercise, after those that you have seen."""
    workspace = find_workspace(Path.cwd())
    exercise = _one(_course(), selectors)
    hints = exercise.manifest.hints
    with workspace.progress() as progress:
        shown = min(progress.hints_shown(exercise.slug) + 1, len(hints))
        progress.set_hints_shown(exercise.slug, shown)
    for number, text in enumerate(hints[:shown], start=1):
        click.echo(f"Hint {number} of {len(hints)}: {text}")


@cli.command()
@selectors
@click.option("--give-up", is_flag=True, help="Show it although you have not passed.")
def solution(selectors: tuple[str, ...], give_up: bool) -> int:
    """Show the reference solution and its explanation, once you have passed."""
    workspace = find_workspace(Path.cwd())
    exercise = _one(_course(), selectors)
    with workspace.progress() as progress:
        standing = progress.standings().get(exercise.slug)
    if not give_up and not (standing and standing.passed):
        click.echo(f"Exercise {exercise.number} is not passed yet. A hint: cnn-tutor hint {exercise.number}", err=True)
        click.echo(f"The solution all the same: cnn-tutor solution {exercise.number} --give-up", err=True)
        return EXIT_NOT_PASSED
    from rich.markdown import Markdown
    from rich.syntax import Syntax

    console = _console()
    console.print(Syntax(exercise.reference(workspace.learner), "python", background_color="default"))
    console.print(Markdown(exercise.explanation()))
    return 0


@cli.command()
@selectors
@click.option("--undo", is_flag=True, help="Bring back the text that the last reset replaced.")
def reset(selectors: tuple[str, ...], undo: bool) -> None:
    """Put the starter back; your text is kept, and --undo brings it back."""
    workspace = find_workspace(Path.cwd())
    exercise = _one(_course(), selectors)
    text = exercise.starter(workspace.learner)
    if undo:
        with workspace.progress() as progress:
            kept = progress.last_kept_text(exercise.slug)
        if kept is None:
            raise UsageError(f"no text of exercise {exercise.number} was ever replaced")
        text = kept
    workspace.replace_text(exercise, text)
    click.echo(_relative(workspace.path(exercise)))
    click.echo(f"The text that was there is kept: cnn-tutor reset {exercise.number} --undo", err=True)


@cli.command()
@click.argument("experiment", metavar="EXPERIMENT")
@click.option("--data", metavar="DIR", help="A folder with MNIST's files, or 'synthetic'. By default it is downloaded.")
@click.option(
    "--epochs", type=click.IntRange(min=1), default=1, show_default=True, help="Passes over the training set."
)
@click.option("--batch-size", type=click.IntRange(min=2), default=64, show_default=True)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Seeds initialisation and the order of batches.",
)
@click.option("--device", type=click.Choice(["cuda", "mps", "cpu"]), help="By default the best there is.")
def train(experiment: str, data: str | None, epochs: int, batch_size: int, seed: int, device: str | None) -> int:
    """Train an experiment of the slides on MNIST: bn (the base CNN without and with batch norm).

    Ctrl-C stops it; what it has measured stays.
    """
    from tutor.lab.experiments import EXPERIMENTS
    from tutor.lab.follow import follow
    from tutor.lab.runs import Plan, start_run

    if experiment not in EXPERIMENTS:
        raise UsageError(f"there is no experiment '{experiment}'", f"There are: {', '.join(EXPERIMENTS)}")
    workspace = find_workspace(Path.cwd())
    plan = Plan(experiment, data=data, epochs=epochs, batch_size=batch_size, seed=seed, device=device)
    run, process = start_run(workspace.runs, plan)
    state = follow(run, process, _console(stderr=True))
    if state.failed is not None:
        raise TutorError(state.failed.message, state.failed.remedy)
    from tutor.draw.results import results_view

    _console().print(results_view(state))
    return 0 if state.outcome == "finished" else EXIT_NOT_PASSED


def _judge(
    course: Course,
    workspace: Workspace,
    sources: list[tuple[Exercise, str]],
    seed: int,
    *,
    keep: bool,
    form: str,
) -> list[Verdict]:
    """Judge and show each in turn; a verdict that is there is kept, whatever happens to the next."""
    from tutor.draw.verdict import verdict_view
    from tutor.engine.client import EngineClient

    err, verdicts = _console(stderr=True), []
    learner = workspace.learner
    with EngineClient(course.location) as engine:
        for exercise, source in sources:
            with err.status(f"starting the engine for {exercise.slug} …") as status:
                tell = _teller(status.update, exercise)
                try:
                    verdict = engine.check(exercise, source, learner=learner, seed=seed, on_progress=tell)
                except GraderError as error:
                    verdict = not_judged(exercise, seed, " ".join(filter(None, (error.message, error.remedy))))
            if keep:
                with workspace.progress() as progress:
                    progress.record(verdict, source)
            if form == "text":
                _console().print(verdict_view(verdict))
                _say_what_next(verdict)
            verdicts.append(verdict)
    return verdicts


def _teller(update: Callable[[str], None], exercise: Exercise) -> Callable[[CheckProgress], None]:
    def tell(progress: CheckProgress) -> None:
        update(f"checking {exercise.slug}: {progress.says} …")

    return tell


def _say_what_next(verdict: Verdict) -> None:
    n = verdict.number
    if verdict.verdict == "grader_error":
        return
    if verdict.passed:
        click.echo(f"The reference and why it works: cnn-tutor solution {n}", err=True)
    else:
        click.echo(f"A hint: cnn-tutor hint {n}", err=True)


def _refuse_other_file(selector: str, course: Course, workspace: Workspace) -> None:
    """A path to a file that is not the workspace's own names an exercise, but would not be what is judged.

    Raises:
        UsageError: it is such a path.
    """
    path = Path(selector)
    if selector == "exercise" or len(path.parts) < 2 or not path.is_file():
        return
    exercise = course.find(selector)
    if path.resolve() != workspace.path(exercise).resolve():
        raise UsageError(
            f"{selector} is not this workspace's file of exercise {exercise.number}",
            f"To judge that file: cnn-tutor check {exercise.number} --submission {selector}",
        )


def _one(course: Course, words: tuple[str, ...]) -> Exercise:
    found = course.select(words)
    if len(found) != 1:
        raise UsageError("name exactly one exercise", "For example: exercise 24")
    return found[0]


def _course() -> Course:
    return load_course(builtin_course())


def _as_json(exercise: Exercise, standing: Any) -> dict[str, Any]:
    return {
        "number": exercise.number,
        "slug": exercise.slug,
        "title": exercise.title,
        "part": exercise.manifest.part,
        "kind": exercise.manifest.kind,
        "points": exercise.manifest.points,
        "attempts": standing.attempts if standing else 0,
        "passed": bool(standing and standing.passed),
        "best_score": standing.best_score if standing else 0.0,
    }


def _relative(path: Path) -> str:
    return os.path.relpath(path)


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)
