"""A paper as a Word file, laid out as Nghị định 30/2020/NĐ-CP has it."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from docx.shared import Mm, Pt
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from app.core.clock import VIETNAM
from app.core.law.facts import Fact
from app.reports.forms import docx_layout as layout
from app.reports.forms.document import COMMITTEE, xml_text
from app.reports.forms.letter import add_head, add_signature, add_state
from app.reports.papers.filling import Filling, Table, find_block
from app.reports.papers.library import Paper

_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")
_WIDTH, _INDENT, _SMALL = 165, 10, 11  # mm of a page's text, mm of a first line, points of what is beside it
_AFTER = 4  # points below a paragraph
_DOTTED = "……"
_BREAKABLE_DOTS = "…\u200b"  # dotted lines go on in the next line, as text does
_BLANK_LINES, _BLANK = 3, "…" * 33  # for a table of which nothing is known


@dataclass(frozen=True)
class PaperWords:
    """The words that every paper has: *CHỦ TỊCH*, who receives it, the headings of the acts of law and the
    words of a line of them, and the line that says who made the draft and when."""

    signer: str
    receivers: tuple[str, ...]
    sources: str
    source_columns: tuple[str, ...]
    source_line: tuple[str, ...]
    unknown_day: str
    secondary: str
    made: str


@dataclass(frozen=True)
class Draft:
    """A paper to write: what is filled in, whose it is (*Xã Yên Bình*, *Yên Bình*), who made it when."""

    paper: Paper
    filling: Filling
    words: PaperWords
    commune: str
    place: str
    made_by: str
    made_at: datetime


def write_paper(draft: Draft) -> bytes:
    """The Word file. Raises `KeyError` for a name in the text that is not filled in."""
    word, paper = layout.new_document(), draft.paper
    properties = word.core_properties
    properties.title, properties.author = xml_text(paper.title), xml_text(draft.made_by)
    properties.created = properties.modified = draft.made_at.astimezone(VIETNAM).replace(tzinfo=None)
    properties.language = "vi-VN"
    if paper.number:
        add_head(word, draft.commune, draft.place, paper.number)
    else:
        add_state(word, 48)
    layout.add_text(word, paper.kind, bold=True, align=layout.CENTER, before=10)
    layout.add_text(word, paper.title, bold=True, align=layout.CENTER)
    layout.add_rule(word, 62)
    _Body(word, draft).write(SyntaxTreeNode(_PARSER.parse(paper.body)))
    (_add_sources if paper.sources == "table" else _add_sources_line)(word, draft)
    layout.add_text(word, draft.filling.fill(draft.words.made), italic=True, size=_SMALL, before=6)
    content = io.BytesIO()
    word.save(content)
    return content.getvalue()


def _add_sources(word: Any, draft: Draft) -> None:
    """A table of the acts of law that it names: each with its article, since when, when checked."""
    words = draft.words
    layout.add_text(word, words.sources, bold=True, size=_SMALL, before=8, after=3)
    rows = [words.source_columns]
    for fact in draft.filling.cited.values():
        since, checked = _days(fact, words)
        rows.append((fact.act.name, fact.article, fact.says, since, checked))
    _add_table(word, tuple(rows), (36, 34, 49, 21, 25), _SMALL - 1)


def _add_sources_line(word: Any, draft: Draft) -> None:
    """The same in one paragraph, for a paper that has to fit a page."""
    heading, since_words, checked_words = draft.words.source_line
    parts = []
    for fact in draft.filling.cited.values():
        since, checked = _days(fact, draft.words)
        parts.append(f"{fact.citation} ({since_words} {since}, {checked_words} {checked})")
    layout.add_text(word, f"{heading}: {'; '.join(parts)}.", italic=True, size=_SMALL - 1, before=4)


def _days(fact: Fact, words: PaperWords) -> tuple[str, str]:
    """Since when it is in force, and when it was checked."""
    since = f"{fact.act.in_force:%d/%m/%Y}" if fact.act.in_force else words.unknown_day
    return since, f"{fact.checked:%d/%m/%Y}{'' if fact.source == 'G' else words.secondary}"


def _add_table(word: Any, rows: Table, widths: tuple[float, ...], size: float) -> None:
    lines = [[layout.GridCell(cell, is_bold=not at) for cell in row] for at, row in enumerate(rows)]
    layout.add_grid(word, lines, widths, size)


class _Body:
    """Writes the text of a paper, node by node."""

    def __init__(self, word: Any, draft: Draft) -> None:
        self._word, self._filling, self._size = word, draft.filling, draft.paper.size
        self._words = draft.words
        self._writers: dict[str, Callable[[SyntaxTreeNode], None]] = {
            "root": self._write_all,
            "heading": self._write_heading,
            "paragraph": self._write_paragraph,
            "bullet_list": self._write_list,
            "ordered_list": self._write_list,
            "blockquote": self._write_note,
            "table": self._write_table,
            "hr": self._write_page_break,
        }

    def write(self, node: SyntaxTreeNode) -> None:
        self._writers[node.type](node)

    def _write_all(self, node: SyntaxTreeNode) -> None:
        for child in node.children:
            self.write(child)

    def _write_heading(self, node: SyntaxTreeNode) -> None:
        """`#`: the name of a form on a page of its own, centred; `##`: a part; `###`: a point of it."""
        is_form = node.tag == "h1"
        paragraph = self._new(layout.CENTER if is_form else layout.LEFT_ALIGNED, before=8)
        self._add_runs(paragraph, node, bold=True, italic=node.tag == "h3")
        paragraph.paragraph_format.keep_with_next = True

    def _write_paragraph(self, node: SyntaxTreeNode) -> None:
        block = find_block(node.children[0].content)
        if block is None:
            self._write_text(node)
        elif block.kind == "chairman":
            add_signature(self._word, self._words.receivers, (COMMITTEE, self._words.signer))
        elif block.kind == "sign":
            self._write_signatures(block.names)
        else:
            self._write_known_table(self._filling.tables[block.names[0]])

    def _write_text(self, node: SyntaxTreeNode, mark: str = "") -> None:
        """A paragraph; one with dotted lines is not justified, which would pull its words from each other."""
        is_form = _DOTTED in node.children[0].content
        paragraph = self._new(layout.LEFT_ALIGNED if is_form else layout.JUSTIFY)
        paragraph.paragraph_format.first_line_indent = Mm(_INDENT)
        self._add_run(paragraph, mark)
        self._add_runs(paragraph, node)

    def _write_list(self, node: SyntaxTreeNode) -> None:
        first = int(node.attrs.get("start", 1))
        for at, item in enumerate(node.children):
            mark = "- " if node.type == "bullet_list" else f"{first + at}. "
            for child in item.children:
                if child.type == "paragraph":
                    self._write_text(child, mark)
                    mark = ""
                else:
                    self.write(child)

    def _write_note(self, node: SyntaxTreeNode) -> None:
        """A note to whoever prepares the paper: smaller, in italics."""
        for child in node.children:
            paragraph = self._new(layout.JUSTIFY)
            self._add_runs(paragraph, child, italic=True, size=_SMALL)

    def _write_table(self, node: SyntaxTreeNode) -> None:
        rows = [row for part in node.children for row in part.children]
        table = tuple(
            tuple("".join(text for text, _bold, _italic in self._texts(cell)) for cell in row.children)
            for row in rows
        )
        self._write_known_table(table)

    def _write_known_table(self, table: Table) -> None:
        if not table:
            for _line in range(_BLANK_LINES):
                self._add_run(self._new(layout.LEFT_ALIGNED), _BLANK)
            return
        _add_table(self._word, table, _widths(table), self._size - 1)

    def _write_signatures(self, names: tuple[str, ...]) -> None:
        cells = layout.add_columns(self._word, *(_WIDTH / len(names) for _name in names))
        for cell, name in zip(cells, names, strict=True):
            layout.add_text(cell, self._filling.fill(name), bold=True, size=self._size, align=layout.CENTER)
            for _line in range(3):
                layout.add_text(cell, " ", size=self._size, align=layout.CENTER)

    def _write_page_break(self, _node: SyntaxTreeNode) -> None:
        self._word.add_page_break()

    def _new(self, align: Any, before: float = 0) -> Any:
        paragraph = self._word.add_paragraph()
        paragraph.alignment = align
        paragraph.paragraph_format.space_before = Pt(before)
        paragraph.paragraph_format.space_after = Pt(_AFTER)
        return paragraph

    def _add_runs(
        self,
        paragraph: Any,
        node: SyntaxTreeNode,
        *,
        bold: bool = False,
        italic: bool = False,
        size: float | None = None,
    ) -> None:
        for text, is_strong, is_emphasis in self._texts(node):
            self._add_run(paragraph, text, bold=bold or is_strong, italic=italic or is_emphasis, size=size)

    def _add_run(
        self,
        paragraph: Any,
        text: str,
        *,
        bold: bool = False,
        italic: bool = False,
        size: float | None = None,
    ) -> None:
        run = paragraph.add_run(xml_text(text).replace("…", _BREAKABLE_DOTS))
        run.bold, run.italic, run.font.size = bold, italic, Pt(size or self._size)

    def _texts(
        self, node: SyntaxTreeNode, bold: bool = False, italic: bool = False
    ) -> Iterator[tuple[str, bool, bool]]:
        """The filled texts below a node, each with whether it is bold and in italics."""
        for child in node.children:
            if child.type == "text":
                yield self._filling.fill(child.content), bold, italic
            elif child.type in ("softbreak", "hardbreak"):
                yield " " if child.type == "softbreak" else "\n", bold, italic
            else:
                yield from self._texts(child, bold or child.type == "strong", italic or child.type == "em")


def _widths(table: Table) -> tuple[float, ...]:
    """The widths of the columns in mm: by how much text the longest cells have, none below a sixth of the
    page or of its share."""
    lengths = [min(60, max(len(row[at]) for row in table)) for at in range(len(table[0]))]
    least = min(_WIDTH / 6, _WIDTH / len(lengths))
    left = _WIDTH - least * len(lengths)
    return tuple(least + left * length / sum(lengths) for length in lengths)
