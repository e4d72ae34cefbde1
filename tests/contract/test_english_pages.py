"""Pages of the phone in English: counts have their own plurals, and Vietnamese texts say that they are."""

import json

from app.core.strings import language
from app.web.rendering import environment

from .test_golden_pages import cases_of


def _in_english(page: str, **values: object) -> str:
    context = json.loads(cases_of(f"field/{page}")[0].read_text(encoding="utf-8"))
    with language("en"):
        return environment().get_template(f"field/{page}.html").render({**context, **values})


def test_each_count_of_a_day_has_its_plural() -> None:
    days = [
        {"day": "24/11", "visits": "2", "sessions": "1"},
        {"day": "23/11", "visits": "1", "sessions": "3"},
    ]
    html = _in_english("month", days=days)
    assert "2 visits, 1 session<" in html
    assert "1 visit, 3 sessions<" in html


def test_each_count_of_the_team_has_its_plural() -> None:
    row = {"name": "Thôn Đông", "visits": "2", "met": "1", "guided": "1", "sessions": "1", "so_far": ""}
    assert "2 household visits · 1 household met · 1 household guided · 1 session<" in _in_english(
        "month", hamlets=[row]
    )


def test_a_guide_says_that_it_is_vietnamese() -> None:
    html = _in_english("guide")
    assert '<article class="guide" id="guide" lang="vi">' in html
    assert '<h1 tabindex="-1" autofocus lang="vi">' in html
