"""A text in Markdown, by sections, as lines that are read one after the other.

A table becomes a sentence for each row. A drawing in characters becomes the words that stand in it, in a block of its
own, so that whoever reads can pass over it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from tutor.draw.linear.columns import table_lines
from tutor.draw.linear.signs import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DRAWN = re.compile("[\u2500-\u25ff]")
"""Lines, boxes, blocks and arrow heads."""

AHEAD = re.compile("[\u2500-\u257f]*[►▶] ?")
LINE_OR_GAP = re.compile("[\u2500-\u25ff]+| {3,}")


@dataclass(frozen=True)
class Prose:
    """A paragraph, an item of a list, or a row of a table: one line, to be broken anywhere."""

    text: str

    @property
    def lines(self) -> tuple[str, ...]:
        """What is read."""
        return (self.text,)


@dataclass(frozen=True)
class AsWritten:
    """Lines whose breaks matter: Python, a formula, numbers in columns."""

    written: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """What is read: several lines say what they are, and where they end."""
        if len(self.written) == 1:
            return self.written
        what = "Python session" if self.written[0].startswith(">>>") else "Block"
        return (f"{what}, {len(self.written)} lines:", *self.written, "End of the lines.")


@dataclass(frozen=True)
class Drawing:
    """A drawing in characters, of which the words are left."""

    words: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """What is read."""
        return ("Drawing, its words line by line:", *self.words, "End of the drawing.")


Block = Prose | AsWritten | Drawing


@dataclass(frozen=True)
class Section:
    """A heading, and what stands below it."""

    title: str
    blocks: tuple[Block, ...]


def sections(markdown: str) -> list[Section]:
    """A text by its headings; what stands before the first of them has none."""
    found: list[tuple[str, list[Block]]] = [("", [])]
    for node in SyntaxTreeNode(MarkdownIt().enable("table").parse(markdown)).children:
        if node.type == "heading":
            found.append((_text(node), []))
        else:
            found[-1][1].extend(_blocks(node))
    return [Section(title, tuple(blocks)) for title, blocks in found if title or blocks]


def linear(markdown: str) -> list[str]:
    """A whole text, an empty line between two blocks."""
    lines: list[str] = []
    for section in sections(markdown):
        if section.title:
            lines += [f"Section: {section.title}", ""]
        for block in section.blocks:
            lines += [*block.lines, ""]
    return lines


def _blocks(node: SyntaxTreeNode) -> Iterator[Block]:
    match node.type:
        case "fence" | "code_block":
            yield _set_apart(node.content.rstrip("\n").split("\n"))
        case "paragraph":
            yield Prose(_text(node))
        case "table":
            yield from _table(node)
        case "bullet_list" | "ordered_list":
            for number, item in enumerate(node.children, start=int(node.attrs.get("start", 1))):
                yield from _item(item, f"{number}. " if node.type == "ordered_list" else "- ")
        case _:
            for child in node.children:
                yield from _blocks(child)


def _item(node: SyntaxTreeNode, begin: str) -> Iterator[Block]:
    for first, block in ((not place, block) for place, child in enumerate(node.children) for block in _blocks(child)):
        yield Prose(begin + block.text) if first and isinstance(block, Prose) else block


def _table(node: SyntaxTreeNode) -> Iterator[Block]:
    head, *body = [
        [_text(cell) for cell in row.children] for part in node.children for row in part.children if row.type == "tr"
    ]
    yield Prose(f"Table, {len(body)} rows:")
    for row in body:
        named = [f"{name}: {cell}" if name else cell for name, cell in zip(head, row, strict=True) if cell]
        yield Prose(f"{'; '.join(named)}.")


def _set_apart(lines: Sequence[str]) -> Block:
    if not any(DRAWN.search(line) for line in lines):
        return AsWritten(tuple(table_lines(lines)))
    return Drawing(tuple(filter(None, map(_words, lines))))


def _words(line: str) -> str:
    """The words in a line of a drawing, those that stand apart with a semicolon between them."""
    parts = LINE_OR_GAP.split(AHEAD.sub(" → ", line))
    return " ".join(spoken("; ".join(part for part in parts if part.strip())).split())


def _text(node: SyntaxTreeNode) -> str:
    """The words of a paragraph, a heading or a cell."""
    if node.type in ("text", "code_inline"):
        return spoken(node.content)
    if node.type in ("softbreak", "hardbreak"):
        return " "
    return "".join(map(_text, node.children))
