import pytest

from tutor.course.answer_file import Cells, UnreadableAnswers, WrittenAnswer, cell_fault, read_answers, write_answers
from tutor.course.questions import NamedBlank

NUMBER = NamedBlank("q1", "a number", ())
ROW = NamedBlank("q1_mean", "a row", (3,))
TABLE = NamedBlank("q2_output", "a table", (2, 2))
BLANKS = (NUMBER, ROW, TABLE)

STARTER = '''"""Fill in the blanks."""

# Question 1: μ of [1, 2] → a number, then a row.
q1 = ...  # one number
q1_mean = ...
q2_output = ...
'''


def test_untouched_file_has_no_answers() -> None:
    assert read_answers(STARTER, BLANKS) == {blank.name: WrittenAnswer({}) for blank in BLANKS}


def test_answers_are_written_as_typed_and_read_back() -> None:
    answers: dict[str, Cells] = {
        "q1": {(): "1/3"},
        "q1_mean": {(0,): "2.25", (1,): " 5 / 2 ", (2,): "1.25"},
        "q2_output": {(0, 0): "1", (0, 1): "-2", (1, 0): "3", (1, 1): "4e-1"},
    }
    written = write_answers(STARTER, BLANKS, answers)
    assert written == STARTER.replace("q1 = ...", "q1 = 1/3").replace(
        "q1_mean = ...", "q1_mean = [2.25, 5 / 2, 1.25]"
    ).replace("q2_output = ...", "q2_output = [[1, -2], [3, 4e-1]]")
    read = read_answers(written, BLANKS)
    assert read["q1"].cells == {(): "1/3"}
    assert read["q1_mean"].cells[1,] == "5 / 2"
    assert read["q2_output"].cells == answers["q2_output"]


def test_an_empty_entry_stays_unanswered() -> None:
    written = write_answers(STARTER, BLANKS, {"q1_mean": {(1,): "2.5", (2,): "  "}})
    assert "q1_mean = [..., 2.5, ...]\n" in written
    assert read_answers(written, BLANKS)["q1_mean"].cells == {(1,): "2.5"}


def test_clearing_every_entry_makes_the_blank_unanswered_again() -> None:
    written = write_answers(STARTER, BLANKS, {"q1": {(): "5"}, "q2_output": {(0, 0): "1"}})
    assert write_answers(written, BLANKS, {"q1": {}, "q2_output": {}}) == STARTER


def test_a_long_table_gets_a_line_for_each_row() -> None:
    cells: Cells = {(row, column): "0.1234567890123456789" for row in range(2) for column in range(2)}
    written = write_answers(STARTER, BLANKS, {"q2_output": cells})
    assert "q2_output = [\n    [0.1234567890123456789, 0.1234567890123456789],\n" in written
    assert read_answers(written, BLANKS)["q2_output"].cells == cells


def test_comments_and_layout_inside_an_answer_stay() -> None:
    source = "q2_output = [\n    [1, 2],  # first row, σ\n    (3, 4),\n]\n"
    written = write_answers(source, [TABLE], {"q2_output": {(0, 0): "1", (0, 1): "7", (1, 0): "3", (1, 1): "4"}})
    assert written == source.replace("[1, 2]", "[1, 7]")


def test_a_tuple_stays_a_tuple() -> None:
    pair = NamedBlank("q1", "a shape", (2,))
    assert write_answers("q1 = (2, 2)\n", [pair], {"q1": {(0,): "3", (1,): "2"}}) == "q1 = (3, 2)\n"


def test_what_is_written_by_hand_in_another_shape_is_shown_and_left_alone() -> None:
    source = "q1_mean = [1, 2] * 2\n"
    assert read_answers(source, [ROW]) == {"q1_mean": WrittenAnswer({}, by_hand="[1, 2] * 2")}
    assert write_answers(source, [ROW], {"q1_mean": {}}) == source
    assert write_answers(source, [ROW], {"q1_mean": {(0,): "1"}}) == "q1_mean = [1, ..., ...]\n"


def test_a_blank_that_is_gone_is_appended() -> None:
    assert write_answers("# nothing here", [NUMBER], {"q1": {(): "5"}}) == "# nothing here\nq1 = 5\n"


def test_columns_are_counted_after_wide_characters_and_other_line_ends() -> None:
    source = "x = 'σ²'; q1 = ...  # ε\r\nq1_mean = ...\r\n"
    written = write_answers(source, [NUMBER, ROW], {"q1": {(): "5"}, "q1_mean": {(0,): "1"}})
    assert written == "x = 'σ²'; q1 = 5  # ε\r\nq1_mean = [1, ..., ...]\r\n"


def test_a_file_that_is_no_python_is_said_so() -> None:
    with pytest.raises(UnreadableAnswers, match="line 2"):
        read_answers("q1 = 5\nq1_mean = [1,\n", BLANKS)
    with pytest.raises(UnreadableAnswers):
        write_answers("q1 = (", BLANKS, {"q1": {(): "5"}})


DEEP = ["+".join(["1"] * 200_000), "-" * 100_000 + "1", "lambda: " * 50_000 + "1", "a" + ".a" * 200_000]


@pytest.mark.parametrize("deep", DEEP, ids=lambda deep: str(deep[:8]))
def test_a_file_that_is_nested_too_deeply_is_said_so(deep: str) -> None:
    with pytest.raises(UnreadableAnswers, match="nested too deeply") as error:
        read_answers(f"q1 = {deep}\n", BLANKS)
    assert len(str(error.value)) < 100
    assert len(cell_fault(deep)) < 200


@pytest.mark.parametrize("text", ["", "  ", "2.5", "1/3", "-0.169", "2**0.5", "(1 + 2) / 3", "...", "1e-5"])
def test_what_may_be_typed(text: str) -> None:
    assert cell_fault(text) == ""


@pytest.mark.parametrize("text", ["1/", "2 5", "1, 2", "1] + [2", "3 # a comment", "*x", "x := 3", "1\n2, 3", "'"])
def test_what_may_not_be_typed(text: str) -> None:
    assert text.strip() in cell_fault(text)


def test_decimal_comma_and_typographic_minus_are_explained() -> None:
    assert "2.5" in cell_fault("2,5")
    assert "-1.5" in cell_fault("−1.5")
