"""``cnn-tutor runs``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from tutor.commands.common import console, output_format, print_lines, say, the_workspace
from tutor.draw import linear
from tutor.errors import UsageError
from tutor.lab.datasets import SYNTHETIC

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from tutor.lab.run_state import RunState
    from tutor.lab.runs import Run, Wish

    View = Literal["layers", "confusion", "worst"]


def _complete_run(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:  # noqa: ARG001
    from click.shell_completion import CompletionItem

    from tutor.errors import NoWorkspace
    from tutor.lab.runs import all_runs

    try:
        return [CompletionItem(run.id) for run in all_runs(the_workspace().runs) if run.id.startswith(typed)]
    except NoWorkspace:
        return []


@click.command("runs")
@click.argument("name", metavar="[RUN]", required=False, shell_complete=_complete_run)
@click.option("--pause", "wish", flag_value="pause", help="Let it wait.")
@click.option("--go-on", "wish", flag_value="run", help="Let it go on after a pause.")
@click.option("--stop", "wish", flag_value="stop", help="Stop it; train --resume takes it up again.")
@click.option("--lr", "learning_rate", type=float, metavar="RATE", help="Change its learning rate while it runs.")
@click.option("--layers", "view", flag_value="layers", help="Show what a batch does in each layer of its networks.")
@click.option("--confusion", "view", flag_value="confusion", help="Show which digits its networks confuse.")
@click.option("--worst", "view", flag_value="worst", help="Show the digits on which they are most wrong.")
@click.option("--csv", "csv_file", metavar="FILE", help="Write its curves to FILE, or with - to stdout.")
@click.option("--tensorboard", type=click.Path(path_type=Path), metavar="DIR", help="Write its curves for TensorBoard.")
@click.option("--headless", is_flag=True, help="A line for each test and no bars, for a log.")
@output_format("text", "jsonl")
def command(
    name: str | None,
    wish: Wish | None,
    learning_rate: float | None,
    view: View | None,
    csv_file: str | None,
    tensorboard: Path | None,
    headless: bool,
    form: str,
) -> int | None:
    """List your trainings; or follow RUN, or ask something of it.

    RUN is a part of its name that no other has, or 'latest'. Ctrl-C leaves a training that is followed; it goes on.
    """
    from tutor.commands.following import follow_to_its_end
    from tutor.lab.export import write_csv, write_tensorboard
    from tutor.lab.runs import all_runs, find_run

    folder = the_workspace().runs
    if name is None:
        if wish or learning_rate is not None or view or csv_file or tensorboard:
            raise UsageError("which training is meant? Name it", "For example: cnn-tutor runs latest --pause")
        _list(all_runs(folder), form)
        return None
    run = find_run(folder, name)
    if view:
        _show(_whole_state(run), view, form)
        return None
    if csv_file:
        try:
            with click.open_file(csv_file, "w") as file:
                write_csv(_whole_state(run), file)
        except OSError as error:
            raise UsageError(f"{csv_file}: cannot be written: {error.strerror}") from None
    if tensorboard:
        write_tensorboard(_whole_state(run), tensorboard)
        say(f"To look at it: tensorboard --logdir {tensorboard}")
    if csv_file or tensorboard:
        return None
    if not wish and learning_rate is None:
        return follow_to_its_end(run, None, form, headless=headless)
    if not run.alive():
        raise UsageError(f"{run.id} does not run", f"To see what it came to: cnn-tutor runs {run.id}")
    if learning_rate is not None:
        run.ask_learning_rate(learning_rate)
    if wish:
        run.ask(wish)
    say(f"Asked. To follow it: cnn-tutor runs {run.id}")
    return None


def _show(state: RunState, view: View, form: str) -> None:
    """What was seen in a run's networks, on stdout."""
    from tutor.draw.inspected import inspected

    networks = inspected(state)
    if form == "jsonl":
        from tutor.lab.events import encode

        for network in networks:
            for seen in network.layers[-1:] if view == "layers" else [network.classified]:
                if seen is not None:
                    click.echo(encode(seen), nl=False)
    elif linear.is_wanted():
        from tutor.draw.linear.inspected import confusion_lines, layer_lines, worst_lines

        lines = {"layers": layer_lines, "confusion": confusion_lines, "worst": worst_lines}
        print_lines(lines[view](networks))
    else:
        from tutor.draw.confusion import ConfusionMatrices
        from tutor.draw.layer_table import LayerTable
        from tutor.draw.worst_digits import WorstDigits

        drawn = {"layers": LayerTable, "confusion": ConfusionMatrices, "worst": WorstDigits}
        console().print(drawn[view](networks))


def _whole_state(run: Run) -> RunState:
    """All that a run has said.

    Raises:
        TutorError: it cannot be read.
    """
    import msgspec

    from tutor.commands.following import unreadable
    from tutor.lab.run_state import state_of

    try:
        return state_of(run)
    except msgspec.MsgspecError as error:
        raise unreadable(run, error) from None


def _list(runs: list[Run], form: str) -> None:
    if form == "jsonl":
        import json

        for run in runs:
            click.echo(json.dumps(_as_json(run)))
    elif runs:
        print_lines(f"{run.id}  {_stands(run)}" for run in runs)
    else:
        say("No training yet. To begin one: cnn-tutor train bn")


def _stands(run: Run) -> str:
    """How a training stands, in a few words."""
    from tutor.lab.experiments import title_of

    state = _state(run)
    if state is None:
        return "cannot be read: another version's, or damaged"
    reached = (
        f"{title_of(name)} {curves.accuracy:.2f} %"
        for name, curves in state.curves.items()
        if curves.accuracy is not None
    )
    marked = "  synthetic digits, not MNIST" if state.started and state.started.dataset == SYNTHETIC else ""
    return "  ".join((_phase(state), ", ".join(reached) or "not tested yet")) + marked


def _as_json(run: Run) -> dict[str, Any]:
    state = _state(run)
    return {
        "run": run.id,
        "phase": _phase(state) if state else "unreadable",
        "dataset": state.started.dataset if state and state.started else None,
        "seed": state.started.seed if state and state.started else None,
        "accuracy": {name: curves.accuracy for name, curves in state.curves.items()} if state else {},
        "folder": str(run.folder),
    }


def _state(run: Run) -> RunState | None:
    """All that a run has said, or None where that cannot be read."""
    import msgspec

    from tutor.lab.run_state import state_of

    try:
        return state_of(run)
    except (OSError, msgspec.MsgspecError, KeyError):
        return None


def _phase(state: RunState) -> str:
    if state.failed:
        return "failed"
    return state.outcome or ("paused" if state.paused else "running")
