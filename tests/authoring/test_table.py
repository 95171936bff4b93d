"""The table of wrong answers and checks, as it is printed."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from tutor.authoring.table import Row, table_view


def test_nine_checks_on_200_seeds_fit_into_80_columns_uncut() -> None:
    checks = [f"check_{number}" for number in range(1, 10)]
    table = [
        Row(name, check, name, dict.fromkeys(checks, 200), dict.fromkeys(checks, 200), None)
        for check, name in zip(checks, ["padding_pair_refused", "gradients_of_everything", *"abcdefg"], strict=True)
    ]
    printed = StringIO()
    Console(width=80, file=printed).print(table_view(table))
    lines = printed.getvalue().splitlines()
    assert lines[1].split() == ["padding_pair_refused", *["200"] * 9, "not", "by", "size"]
    assert lines[2].split()[0] == "gradients_of_everything"
    assert max(map(len, map(str.rstrip, lines))) <= 80


def test_what_passes_has_no_error_that_could_be_measured() -> None:
    checks = ["values", "gradients"]
    table = [
        Row("passes", "values", "m", {"values": 0, "gradients": 0}, dict.fromkeys(checks, 3), None),
        Row("of_other_shape", "values", "m", {"values": 3, "gradients": 0}, {"values": 3, "gradients": 0}, None),
    ]
    printed = StringIO()
    Console(width=80, file=printed).print(table_view(table))
    assert [line.split() for line in printed.getvalue().splitlines()[1:]] == [
        ["passes", "·", "·", "–"],
        ["of_other_shape", "3", "–", "not", "by", "size"],
    ]
