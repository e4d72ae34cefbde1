"""Guides name the facts of law that they rest on; phones show them small, with the day of the check."""

import re
from datetime import date

import pytest

from app.commune.guides import fact_lines
from app.commune.guides.fact_lines import fact_codes, unknown_facts
from app.commune.guides.library import library, source_of
from app.commune.guides.rendering import render
from app.core.law.facts import Act, Fact

_CHECK = "kiểm tra ngày 29/11/2026, theo nguồn thứ cấp.</small>"


def test_fact_is_printed_under_the_guide_with_article_day_and_check() -> None:
    html = render(":::luat link_platforms portal\n\nLiên kết\n\n:::luat portal")
    text, *small = re.findall(r"<p>(.*)</p>", html)
    assert text == "Liên kết"
    assert small[0].startswith("<small>Tài khoản trên nền tảng số")
    assert small[0].endswith(f"Điều 19 Nghị định 320/2026/NĐ-CP, chưa rõ ngày áp dụng; {_CHECK}")
    assert small[1].endswith(f"Quyết định 29/2026/QĐ-TTg, áp dụng từ 20/07/2026; {_CHECK}")
    assert len(small) == 2


def test_only_whole_lines_name_facts() -> None:
    body = "a :::luat x\n:::luat  y   z\n:::luatx\n:::luat y"
    assert fact_codes(body) == ["y", "z"]
    assert unknown_facts(body) == ["y", "z"]
    assert "<small>" not in render(body)


def test_guides_of_the_project_name_known_facts_and_no_act_that_has_ended() -> None:
    for guide in library().values():
        assert not unknown_facts(guide.body), guide.code
        assert not re.search(r"2345|70/2025|123/2020|10 triệu", guide.body), guide.code
    assert {"link_platforms", "link_banks"} <= set(fact_codes(library()["scam_warning"].body))
    assert fact_codes(library()["vneid_level_2"].body) == ["vneid_ages"]


def test_phones_get_a_guide_again_when_one_of_its_facts_was_checked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    guide = library()["shop_qr"]
    before = source_of(guide.place, guide.title, guide.body)
    checked = Fact("shop_account_name", Act("Thông tư"), "Tên", date(2027, 2, 1), "S")
    monkeypatch.setattr(fact_lines, "facts", lambda: {"shop_account_name": checked})
    source_of.cache_clear()
    assert source_of(guide.place, guide.title, guide.body) != before
    source_of.cache_clear()
