"""What ``compare`` and ``sweep`` share: how the networks are trained, and where the results go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tutor.commands.common import console, output_format, print_lines, relative, say, the_workspace
from tutor.commands.spreading import spreading_options, the_scheduler
from tutor.draw import linear
from tutor.errors import UsageError
from tutor.lab.datasets import from_any_folder
from tutor.settings import mnist_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.lab.comparison import Findings

OPTIONS = (
    click.option(
        "--seeds",
        type=click.IntRange(min=1),
        default=5,
        show_default=True,
        metavar="N",
        help="Train each network so often, from the seeds 0 to N - 1.",
    ),
    click.option("--data", metavar="DIR", help="A folder with MNIST's files, or 'synthetic'. By default downloaded."),
    click.option(
        "--dataset", type=click.Choice(["mnist", "fashion-mnist", "kmnist"]), default="mnist", show_default=True
    ),
    click.option("--recipe", type=click.Choice(["standard", "fast"]), default="standard", show_default=True),
    click.option("--epochs", type=int, metavar="N", help="Passes over the training set. By default as the recipe has."),
    click.option("--batch-size", type=int, metavar="N", help="Samples a step."),
    click.option("--lr", "learning_rate", type=float, metavar="RATE", help="Adam's learning rate, or its highest."),
    click.option("--device", type=click.Choice(["cuda", "mps", "cpu"]), help="By default the best there is."),
    click.option(
        "--report",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Write report.md and report.svg there, to keep.",
    ),
    output_format("text", "json"),
)
SPREADING = ("jobs", "scheduler", "tls_ca", "tls_cert", "tls_key", "insecure")


def comparison_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a comparison."""
    command = spreading_options(command)
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def run_comparison(
    name: str,
    networks: tuple[str, ...],
    *,
    seeds: int,
    data: str | None,
    dataset: str,
    recipe: str,
    device: str | None,
    report: Path | None,
    form: str,
    **how: Any,
) -> None:
    """Make a comparison, or go on with it, and print what it shows.

    Args:
        name: what one typed, without options.
        how: what differs from the recipe that is named, None for nothing; and the options of :mod:`.spreading`.

    Raises:
        TutorError: it cannot be made.
    """
    from msgspec.structs import replace

    from tutor.lab.comparing import compare
    from tutor.lab.comparison import ComparisonPlan
    from tutor.lab.recipe import RECIPES, checked

    spreading = {name: how.pop(name) for name in SPREADING}
    scheduler = the_scheduler(**spreading)
    recipes_own = {name: value for name, value in how.items() if value is not None}
    workspace = the_workspace()
    data = mnist_for(workspace, data, dataset)
    plan = ComparisonPlan(
        name,
        networks,
        tuple(range(seeds)),
        dataset,
        # The same folder, wherever the command is given.
        from_any_folder(data),
        device,
        checked(replace(RECIPES[recipe], **recipes_own)),
        _versions(),
    )
    folder = workspace.runs.with_name("comparisons")
    if report is not None:
        _made(report)
    found = compare(plan, folder, console(stderr=True), jobs=spreading["jobs"] or 1, scheduler=scheduler)
    _print(found, form, report)


def _made(folder: Path) -> None:
    """Make a folder, before hours are spent on what shall be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: no report can be written there: {error.strerror}") from None


def _print(findings: Findings, form: str, report: Path | None) -> None:
    from tutor.lab.report import as_json, write_report

    if report is not None:
        say(f"Written: {', '.join(relative(path) for path in write_report(findings, report))}")
    if form == "json":
        click.echo(as_json(findings))
    elif linear.is_wanted():
        from tutor.draw.linear.comparison import comparison_lines

        print_lines(comparison_lines(findings))
    else:
        from tutor.draw.comparison import comparison_view

        console().print(comparison_view(findings))


def _versions() -> str:
    from importlib.metadata import version

    from tutor import __version__

    return f"cnn-tutor {__version__}, PyTorch {version('torch')}"
