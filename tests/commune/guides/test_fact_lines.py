"""Guides name the facts of law that they rest on; phones show them small, with the day of the check."""

import re
from datetime import date

import pytest

from app.commune.guides import fact_lines
from app.commune.guides.fact_lines import fact_codes, unknown_facts
from app.commune.guides.library import library, source_of
from app.commune.guides.rendering import render
from app.core.law.facts import Act, Fact, facts

_CHECK = "kiểm tra ngày 29/11/2026, theo nguồn thứ cấp.</small>"


def test_fact_is_printed_under_the_guide_with_article_day_and_check() -> None:
    html = render(":::luat link_platforms portal\n\nLiên kết\n\n:::luat portal")
    text, *small = re.findall(r"<p>(.*)</p>", html)
    assert text == "Liên kết"
    assert small[0].startswith("<small>Tài khoản trên nền tảng số")
    assert small[0].endswith(f"Điều 19 Nghị định 320/2026/NĐ-CP, chưa rõ ngày áp dụng; {_CHECK}")
    assert small[1].endswith(f"Quyết định 29/2026/QĐ-TTg, áp dụng từ 20/07/2026; {_CHECK}")
    assert len(small) == 2


def test_fact_line_under_a_line_leaves_paragraphs_and_lists_as_they_are() -> None:
    html = render("1. Một.\n:::luat portal\n2. Hai.\n\nMột câu.\n:::luat portal\nCâu nữa.")
    assert html.startswith("<ol>\n<li>Một.</li>\n<li>Hai.</li>\n</ol>\n<p>Một câu.\nCâu nữa.</p>\n<p><small>")


def test_source_and_day_are_said_as_they_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    day = date(2026, 12, 3)
    known = {
        "press": Fact(
            "press", Act("Thông tư A", date(2026, 4, 15)), "Một", day, "P", applies_from=date(2026, 6, 15)
        ),
        "page": Fact("page", Act("Thông tư B"), "Hai", day, "S"),
        "warning": Fact("warning", Act("Cảnh báo C", is_law=False), "Ba", day, "P"),
        "gazette": Fact("gazette", Act("Luật D", date(2026, 1, 1)), "Bốn", day, "G", article="điểm a Điều 1"),
    }
    monkeypatch.setattr(fact_lines, "facts", lambda: known)
    assert fact_lines.fact_sentences(":::luat press page warning gazette") == [
        "Một. Thông tư A, áp dụng từ 15/06/2026; kiểm tra ngày 03/12/2026, theo báo chí.",
        "Hai. Thông tư B, chưa rõ ngày áp dụng; kiểm tra ngày 03/12/2026, theo nguồn thứ cấp.",
        "Ba. Cảnh báo C; kiểm tra ngày 03/12/2026, theo báo chí.",
        "Bốn. Điểm a Điều 1 Luật D, áp dụng từ 01/01/2026; kiểm tra ngày 03/12/2026.",
    ]


def test_sims_are_told_their_own_days_and_not_those_of_accounts() -> None:
    accounts, sims = facts()["link_platforms"], facts()["sim_unverified"]
    assert "31/12/2026" in accounts.says
    assert not re.search("viễn thông|sim", accounts.says, re.IGNORECASE)
    assert (sims.act.name, sims.in_force) == ("Thông tư 08/2026/TT-BKHCN", date(2026, 6, 15))
    first, *_others = library()["vneid_link"].body.split("\n:::luat")
    assert "31/12/2026" in first
    assert "sim" not in first.lower()
    for code in ("vneid_link", "vneid_sign_in", "smartphone", "scam_warning"):
        assert "/field/guides/sim_verify" in library()[code].body, code
    assert {"sim_unverified", "sim_new_phone"} <= set(fact_codes(library()["sim_verify"].body))


def test_leaflet_has_the_facts_of_its_steps_or_all_where_they_have_none() -> None:
    steps = ":::buoc xong Một\nCâu.\n:::\n"
    of_steps = fact_lines.step_sentences(f"Trên.\n:::luat portal\n\n{steps}:::luat link_banks\n")
    assert of_steps == fact_lines.fact_sentences(":::luat link_banks")
    of_all = fact_lines.step_sentences(f"Trên.\n:::luat portal\n\n{steps}")
    assert of_all == fact_lines.fact_sentences(":::luat portal")


def test_only_whole_lines_name_facts() -> None:
    body = "a :::luat x\n:::luat  y   z\n:::luatx\n:::luat y"
    assert fact_codes(body) == ["y", "z"]
    assert unknown_facts(body) == ["y", "z"]
    assert "<small>" not in render(body)


def test_guides_of_the_project_name_known_facts_and_no_act_that_has_ended() -> None:
    for guide in library().values():
        assert not unknown_facts(guide.body), guide.code
        assert not re.search(r"2345|70/2025|123/2020|\b10 triệu|316|9068|8079|1 tỷ", guide.body), guide.code
    assert {"link_platforms", "link_banks"} <= set(fact_codes(library()["scam_warning"].body))
    assert fact_codes(library()["vneid_level_2"].body) == ["vneid_ages"]


def test_days_that_were_found_are_said_and_passports_cards_and_112_are_told() -> None:
    since = {code: fact.in_force for code, fact in facts().items()}
    assert since["vneid_ages"] == date(2024, 7, 1)
    assert since["bank_phones"] == since["shop_account_name"] == date(2026, 3, 1)
    assert since["bank_passports"] == since["mobile_money"] == date(2026, 1, 1)
    assert since["papers_integrated"] == since["digital_law"] == date(2026, 7, 1)
    cited = {code: set(fact_codes(guide.body)) for code, guide in library().items()}
    assert {"bank_passports", "bank_e_card"} <= cited["bank_account"]
    assert {"mobile_money", "mobile_money_limit"} <= cited["wallet"]
    assert {"teams", "teams_pilot", "digital_law"} <= cited["new_member"]
    assert "card_reorganised" in cited["id_card_online"]
    assert "(tel:112)" in library()["feedback"].body
    assert "emergency_112" in cited["feedback"]


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
