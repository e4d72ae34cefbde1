"""Markdown to the HTML that phones show: a few elements, no scripts, nothing that makes a request.

Two independent filters: markdown-it makes text of raw HTML, images and code, and nh3 then deletes every
element and attribute that is not listed here (`docs/decisions/0063-guides-are-cleaned-twice.md`).
"""

import re

import nh3
from markdown_it import MarkdownIt

from app.commune.guides.fact_lines import facts_html, without_fact_lines
from app.commune.guides.steps import without_steps

RENDERING = 4  # raise it when the same Markdown gives other HTML: stored HTML is then made anew

_TAGS = {"h2", "h3", "p", "ul", "ol", "li", "strong", "em", "blockquote", "a", "br", "small"}
_ATTRIBUTES: dict[str, set[str]] = {"*": set(), "a": {"href"}, "ol": {"start"}}  # "*": else lang and title
# A link leads to another guide or dials a number: the app sends nobody to an address on the web.
_HREF = re.compile(r"/field/guides/[a-z0-9_-]{1,40}|tel:\+?[0-9]{3,15}")
_OFF = ["code", "fence", "html_block", "html_inline", "backticks", "autolink", "image", "reference", "hr"]
_PARSER = MarkdownIt("commonmark", {"html": False, "maxNesting": 10}).disable(_OFF)


def render(body: str) -> str:
    """The HTML of a guide's Markdown without its steps, with the facts of law that it names. Its headings are
    of level 2 and 3: the page's title is the first."""
    tokens = _PARSER.parse(without_fact_lines(without_steps(body)))
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h2" if token.tag in ("h1", "h2") else "h3"
    html = _PARSER.renderer.render(tokens, _PARSER.options, {}) + facts_html(body)
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"tel"},
        link_rel=None,
        attribute_filter=_filter_attribute,
    ).strip()


def _filter_attribute(_tag: str, name: str, value: str) -> str | None:
    return None if name == "href" and not _HREF.fullmatch(value) else value
