"""*Cho bà con xem* on the phone says the same as the papers."""

from app.core.law.facts import facts
from app.review.citizen_requests.deadlines import ANSWER_WORKDAYS, term_of
from tests.docs.sources import ROOT


def test_phone_says_what_the_law_and_the_clocks_say() -> None:
    template = (ROOT / "templates/field/information.html").read_text("utf-8")
    view, withdraw, erase = (term_of(kind).usual for kind in ("view", "withdraw", "erase"))
    assert f"Ủy ban nhân dân trả lời trong {ANSWER_WORKDAYS} ngày làm việc." in template
    assert f"Xem, sửa, cung cấp bản sao: {view} ngày." in template
    assert f"Rút đồng ý, hạn chế, phản đối: {withdraw} ngày. Xóa: {erase} ngày." in template
    terms = facts()["rights_terms"]
    since, checked = f"{terms.act.in_force:%d/%m/%Y}", f"{terms.checked:%d/%m/%Y}"
    names = f"{facts()['without_consent'].act.name}, {terms.act.name}"
    assert f"{names}, hiệu lực từ {since}; kiểm tra ngày {checked}." in template
