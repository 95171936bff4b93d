"""What is typed after a command."""

from __future__ import annotations

import shlex

from tutor.errors import UsageError


def number_in(typed: str, most: int, of_what: str) -> int:
    """A number from 1 to so many.

    Raises:
        UsageError: it is none.
    """
    if not typed.isdecimal() or not 1 <= int(typed) <= most:
        raise UsageError(f"there is no {of_what} {typed}", f"There are {most}." if most else "")
    return int(typed)


def words_in(line: str) -> list[str]:
    """The words of a line, with quotes as in a shell.

    Raises:
        UsageError: a quote is open.
    """
    try:
        return shlex.split(line)
    except ValueError as error:
        raise UsageError(f"the line cannot be read: {error}", "Close the quote, or leave it out.") from None
