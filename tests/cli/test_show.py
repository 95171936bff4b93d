"""``cnn-tutor show``: pictures step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


def test_without_a_name_it_lists_every_picture_and_setting(cnn_tutor: Run, tmp_path: Path) -> None:
    listed = cnn_tutor("show", cwd=tmp_path)
    assert listed.returncode == 0
    assert "convolution\n" in listed.stdout
    assert "stride=2  how far the window moves" in listed.stdout


def test_a_picture_is_shown_step_by_step(cnn_tutor: Run, tmp_path: Path) -> None:
    shown = cnn_tutor("show", "convolution", "input=3x3", "kernel=2", "padding=0", "stride=1", cwd=tmp_path)
    assert shown.returncode == 0
    assert shown.stdout.startswith("Convolution: input 3×3, kernel 2×2\n")
    assert shown.stdout.count("\nStep ") == 5
    assert "products" in shown.stdout


def test_one_step_and_words_alone(cnn_tutor: Run, tmp_path: Path) -> None:
    one = cnn_tutor("show", "convolution", "--step", "2", "--words", cwd=tmp_path)
    assert one.stdout.count("Step ") == 1
    assert "Output row 1, column 1" in one.stdout
    assert "[" not in one.stdout


def test_what_cannot_be_drawn_is_said(cnn_tutor: Run, tmp_path: Path) -> None:
    for words, says in (
        (("convolution", "kernel=9"), "kernel: '9' is not"),
        (("convolution", "kernel"), "'kernel' is no setting"),
        (("convolutions", "kernel=2"), "there is no picture 'convolutions'"),
        (("convolution", "--step", "9"), "the picture has 5 steps"),
        (("exercise", "99"), "there is no exercise"),
    ):
        wrong = cnn_tutor("show", *words, cwd=tmp_path)
        assert wrong.returncode == 2
        assert says in wrong.stderr
        assert wrong.stdout == ""
