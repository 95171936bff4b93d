"""``cnn-tutor train``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from tutor.commands.common import engine_for, output_format, telling, the_course, the_workspace
from tutor.errors import UsageError
from tutor.settings import mnist_for

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from tutor.course import Exercise
    from tutor.lab.plan import Plan
    from tutor.verdict import Verdict
    from tutor.workspace import Workspace

OF_THE_RECIPE = "By default as the recipe has it."
WITH_RESUME = ("resume", "form", "headless")
"""The options that say how a training is shown, not what it is."""


def _complete_experiment(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:  # noqa: ARG001
    from click.shell_completion import CompletionItem

    from tutor.lab.experiments import EXPERIMENTS

    return [CompletionItem(name, help=one.title) for name, one in EXPERIMENTS.items() if name.startswith(typed)]


def _complete_network(context: click.Context, parameter: click.Parameter, typed: str) -> list[str]:  # noqa: ARG001
    from tutor.lab.experiments import network_examples

    return [name for name in network_examples() if name.startswith(typed)]


def _complete_mine(context: click.Context, parameter: click.Parameter, typed: str) -> list[str]:  # noqa: ARG001
    from tutor.lab.mine import OWN

    before, comma, begun = typed.rpartition(",")
    return [f"{before}{comma}{slug}" for slug in OWN if slug.startswith(begun) and slug not in before.split(",")]


@click.command("train")
@click.argument("experiment", metavar="[EXPERIMENT]", required=False, shell_complete=_complete_experiment)
@click.option(
    "--network",
    "networks",
    metavar="NAME",
    multiple=True,
    shell_complete=_complete_network,
    help="Train this network; give it again for another one beside it.",
)
@click.option(
    "--mine",
    metavar="EXERCISES",
    shell_complete=_complete_mine,
    help="Build them of your own layers, e.g. batch-norm-2d,basic-block; what you have there is checked again first.",
)
@click.option("--data", metavar="DIR", help="A folder with MNIST's files, or 'synthetic'. By default it is downloaded.")
@click.option("--dataset", type=click.Choice(["mnist", "fashion-mnist", "kmnist"]), default="mnist", show_default=True)
@click.option(
    "--recipe",
    type=click.Choice(["standard", "fast"]),
    default="standard",
    show_default=True,
    help="How it is trained; fast takes the network fast to 99 % in one epoch.",
)
@click.option("--epochs", type=int, metavar="N", help=f"Passes over the training set. {OF_THE_RECIPE}")
@click.option("--batch-size", type=int, metavar="N", help="Samples a step.")
@click.option("--lr", "learning_rate", type=float, metavar="RATE", help="Adam's learning rate, or its highest.")
@click.option("--schedule", type=click.Choice(["constant", "one-cycle"]), help="What becomes of the learning rate.")
@click.option("--weight-decay", type=float, metavar="RATE", help="AdamW's.")
@click.option("--label-smoothing", type=float, metavar="SHARE", help="Spread so much of each label over all digits.")
@click.option("--shift", type=int, metavar="PIXELS", help="Move each training image at random, by so many at most.")
@click.option("--target", type=float, metavar="PERCENT", help="Stop a network once its test accuracy is so high.")
@click.option("--precision", type=click.Choice(["auto", "float32", "bf16"]), help="auto is bf16 on a GPU that can.")
@click.option("--deterministic", is_flag=True, default=None, help="Give the same result every time, if slower.")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Seeds initialisation and the order of batches.",
)
@click.option(
    "--processes",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Train each network with so many together, on a GPU each.",
)
@click.option("--device", type=click.Choice(["cuda", "mps", "cpu"]), help="By default the best there is.")
@click.option(
    "--resume",
    is_flag=False,
    flag_value="latest",
    metavar="[RUN]",
    help="Take up a training that was stopped or killed, where it was; the latest, or RUN.",
)
@click.option("--headless", is_flag=True, help="A line for each test and no bars, for a log.")
@output_format("text", "jsonl")
@click.pass_context
def command(
    context: click.Context,
    /,
    experiment: str | None,
    networks: tuple[str, ...],
    mine: str | None,
    data: str | None,
    dataset: str,
    recipe: str,
    seed: int,
    device: str | None,
    processes: int,
    resume: str | None,
    headless: bool,
    form: str,
    **recipes_own: Any,
) -> int:
    """Train an experiment of the slides on MNIST, e.g. bn: the base CNN without and with batch norm.

    Or networks by name: --network fast --recipe fast. Ctrl-C stops it; what it has measured stays, and --resume goes
    on from there.
    """
    from tutor.commands.following import follow_to_its_end
    from tutor.lab.launching import resume_run, start_run
    from tutor.lab.plan import Plan
    from tutor.lab.runs import find_run

    if resume is not None:
        _refuse_all_but(WITH_RESUME, context)
        run = find_run(the_workspace().runs, resume)
        return follow_to_its_end(run, resume_run(run), form, headless=headless)
    workspace = the_workspace()
    plan = Plan(
        experiment or "",
        networks=networks,
        dataset=dataset,
        data=mnist_for(workspace, data, dataset),
        seed=seed,
        device=device,
        recipe=_recipe(recipe, recipes_own),
        processes=processes,
    )
    _refuse_unknown(plan)
    own_texts = {} if mine is None else _own_texts(mine, plan.trained, workspace)
    run, process = start_run(workspace.runs, plan, own_texts)
    return follow_to_its_end(run, process, form, headless=headless)


def _recipe(name: str, changed: dict[str, Any]) -> Any:
    from msgspec.structs import replace

    from tutor.lab.recipe import RECIPES, checked

    return checked(replace(RECIPES[name], **{field: value for field, value in changed.items() if value is not None}))


def _own_texts(mine: str, networks: tuple[str, ...], workspace: Workspace) -> dict[str, str]:
    """The learner's texts for ``--mine``, each judged by the engine just now."""
    from tutor.lab.mine import prepare
    from tutor.verdict import DEFAULT_SEED

    course = the_course()
    with engine_for(course, shared=True) as engine:

        def judge(exercise: Exercise, source: str) -> Verdict:
            with telling(f"checking your {exercise.slug} …"):
                return engine.check(exercise, source, learner=workspace.learner, seed=DEFAULT_SEED)

        return prepare(mine, networks, course, workspace, judge)


def _refuse_unknown(plan: Plan) -> None:
    from tutor.lab.experiments import EXPERIMENTS, find_network

    there_are = f"There are: {', '.join(EXPERIMENTS)}"
    if plan.networks:
        if plan.experiment:
            raise UsageError("an experiment has its own networks: name it, or networks, not both")
        if len(set(plan.networks)) < len(plan.networks):
            raise UsageError("each network is trained once: name it once")
        for network in plan.networks:
            find_network(network)
    elif not plan.experiment:
        raise UsageError("which experiment? Name one, or networks with --network", there_are)
    elif plan.experiment not in EXPERIMENTS:
        raise UsageError(f"there is no experiment '{plan.experiment}'", there_are)


def _refuse_all_but(allowed: tuple[str, ...], context: click.Context) -> None:
    """A training is taken up as it was planned, so that what says otherwise would be passed over in silence."""
    for parameter in context.command.params:
        name = parameter.name or ""
        if name not in allowed and context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise UsageError(
                f"--resume goes on as it was planned: {parameter.opts[0]} has no place there",
                "To change the learning rate while it runs: cnn-tutor runs RUN --lr RATE",
            )
