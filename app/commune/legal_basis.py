"""On which basis of law a commune has its list of households, as it has stated: its papers print it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from app.commune.accounts.models import Account
from app.commune.settings import settings_of
from app.core.strings import _, lazy

Basis = Literal["consent", "public_task"]
BASES = {
    "consent": lazy("Từng hộ đồng ý (Luật số 91/2025/QH15)"),
    "public_task": lazy("Hoạt động của cơ quan nhà nước (điểm c khoản 1 Điều 19 Luật số 91/2025/QH15)"),
}
"""The bases that can be stated, in words. That of a state body has `DUTIES`."""
DUTIES = {
    "procedure": lazy("Quy trình bằng văn bản, nêu rõ người chịu trách nhiệm"),
    "safeguards": lazy("Biện pháp bảo vệ, đánh giá rủi ro thường xuyên"),
    "checks": lazy("Kiểm tra định kỳ"),
    "complaints": lazy("Nơi nhận phản ánh, kiến nghị của bà con"),
}
"""What article 19.2 of the law asks of a state body that processes without consent."""


@dataclass(frozen=True)
class LegalBasis:
    """What the commune has stated: `decided_by` is the name of the supervisor who did."""

    basis: Basis
    decided_by: str
    decided_at: datetime


def legal_basis(session: Session, commune_id: str) -> LegalBasis | None:
    """The basis of a commune's list; None as long as nobody has stated one."""
    settings = settings_of(session, commune_id)
    if not settings.legal_basis or not settings.legal_basis_at:
        return None
    person = session.get(Account, (commune_id, settings.legal_basis_by))
    return LegalBasis(settings.legal_basis, person.name if person else "", settings.legal_basis_at)


def basis_text(stated: LegalBasis | None) -> str:
    """The basis in words, as papers print it; *chưa nêu* without one."""
    return BASES[stated.basis] if stated else _("chưa nêu")
