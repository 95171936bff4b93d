"""``cnn-tutor completion``."""

from __future__ import annotations

import click

from tutor.cli import COMPLETION_VARIABLE, PROGRAM


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion script of your shell: commands, options, and the exercises by number and name.

    \b
    bash   eval "$(cnn-tutor completion bash)"           in ~/.bashrc
    zsh    eval "$(cnn-tutor completion zsh)"            in ~/.zshrc
    fish   cnn-tutor completion fish | source            in ~/.config/fish/config.fish
    """
    from click.shell_completion import get_completion_class

    script = get_completion_class(shell)
    assert script is not None
    click.echo(script(context.find_root().command, {}, PROGRAM, COMPLETION_VARIABLE).source())
