"""``cnn-tutor doctor``."""

from __future__ import annotations

from pathlib import Path

import click

from tutor.commands.common import EXIT_NOT_PASSED, console, output_format, print_lines, say, telling
from tutor.draw import linear


@click.command("doctor")
@output_format("text", "json")
def command(form: str) -> int:
    """Say what this machine can do: torch, GPU, sandbox, terminal, data, your folder.

    The exit status is 0 if checks can run.
    """
    from tutor.doctor.examine import examine

    out = console()
    findings = []
    with telling("looking …") as update:
        for finding in examine(Path.cwd(), out):
            findings.append(finding)
            if form == "text" and linear.is_wanted():
                print_lines([f"{finding.topic}, {finding.state}: {finding.says}"])
                print_lines([f"What to do: {finding.remedy}"] if finding.remedy else [])
            elif form == "text":
                from tutor.draw.doctor import finding_view

                out.print(finding_view(finding))
            update(f"{finding.topic} is looked at; going on …")
    can_check = all(finding.state != "bad" for finding in findings)
    if form == "json":
        import json
        from dataclasses import asdict

        report = {"format": 1, "can_check": can_check, "findings": [asdict(finding) for finding in findings]}
        click.echo(json.dumps(report, indent=2))
    else:
        sign = "bad" if linear.is_wanted() else "✗"
        say("Checks can run here." if can_check else f"Checks cannot run here: see the lines with {sign}.")
    return 0 if can_check else EXIT_NOT_PASSED
