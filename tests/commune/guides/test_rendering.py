"""Guides as HTML: the elements that phones show, and nothing else."""

import random
import re
import time

from app.commune.guides.commands import MAX_BODY
from app.commune.guides.rendering import render
from tests.cases import cases
from tests.commune.guides.hostile import hostile_texts

ALLOWED = re.compile(
    r"</?(h2|h3|p|ul|li|strong|em|blockquote|small)>|</?ol>|<ol start=\"\d+\">|<br>|</a>|<a>"
    r"|<a href=\"(/field/guides/[a-z0-9_-]+|tel:\+?\d+)\">"
)


def test_steps_headings_and_links_to_guides() -> None:
    html = render("# Tên\n\n## Các bước\n\n1. **Mở** [VssID](/field/guides/vssid)\n2. Gọi [113](tel:113)\n")
    assert html.startswith("<h2>Tên</h2>\n<h2>Các bước</h2>\n<ol>\n<li><strong>Mở</strong>")
    assert '<a href="/field/guides/vssid">VssID</a>' in html
    assert '<a href="tel:113">113</a>' in html


@cases(
    "address",
    [
        "https://a.example",
        "javascript:alert(1)",
        "//a.example",
        "/desk/",
        "data:text/html,x",
        "/field/guides/vssid/../../log",
        "tel:113#x",
    ],
)
def test_link_to_anywhere_else_leads_nowhere(address: str) -> None:
    assert "href" not in render(f"[xem]({address}) <{address}>\n\n[a]: {address}\n\n[a]")


def test_hostile_texts_give_only_allowed_elements() -> None:
    texts = hostile_texts(random.Random(7), 500)
    assert len(set(texts)) == 500
    for text in texts:
        rest = ALLOWED.sub("", render(text))
        assert "<" not in rest, (text, rest)


@cases("part", ["[", "*a", "> ", "- ", "![](", "<a ", "1. \n", "`", "**", "((", "\\", "&"])
def test_longest_text_is_rendered_quickly(part: str) -> None:
    began = time.process_time()
    render((part * MAX_BODY)[:MAX_BODY])
    assert time.process_time() - began < 3
