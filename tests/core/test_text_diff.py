"""What changed from one text to another."""

from __future__ import annotations

from tutor.draw.text_diff import MAX_LINES, text_diff

PROGRAM = "".join(f"line {number}\n" for number in range(1, 31))


def test_what_is_gone_and_what_is_new_stand_among_the_lines_around_them() -> None:
    after = PROGRAM.replace("line 20\n", "line twenty\n")
    assert text_diff(PROGRAM, after).plain.splitlines() == [
        "  ⋯ line 17",
        *(f"  line {number}" for number in (17, 18, 19)),
        "- line 20",
        "+ line twenty",
        *(f"  line {number}" for number in (21, 22, 23)),
    ]


def test_where_no_line_differs_it_is_said() -> None:
    assert text_diff(PROGRAM, PROGRAM).plain == "The two texts are the same."
    assert text_diff("x = 1\n", "x = 1\r\n").plain == "They differ only in how their lines end."
    assert "not compared" in text_diff("a\n", "b\n" * (MAX_LINES + 1)).plain


def test_what_a_terminal_would_obey_is_not_in_it() -> None:
    assert "\x1b" not in text_diff("a\n", "\x1b[2Jb\n").plain
