"""The service catalog: what help can be given with, and which outcomes each service allows.

It is data, rows per commune; `DEFAULT` below is what a commune begins with .
"""

from dataclasses import dataclass

from sqlalchemy import JSON, ForeignKeyConstraint
from sqlmodel import Field, Session, select

from app.core.db import FeedRow, feed


class Service(FeedRow, table=True):
    """One kind of help. `first` are the three outcomes offered first; `unit` is what `people` counts."""

    __tablename__ = "service"
    __table_args__ = (ForeignKeyConstraint(["commune_id"], ["commune.id"]),)

    commune_id: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    pillar: str
    label_vi: str
    label_en: str
    outcomes: list[str] = Field(sa_type=JSON)
    first: list[str] = Field(sa_type=JSON)
    unit: str = "people"
    position: int
    active: bool = True


@dataclass(frozen=True)
class Entry:
    """A service of the default catalog."""

    code: str
    pillar: str
    vi: str
    en: str
    outcomes: tuple[str, ...]
    first: tuple[str, ...]
    unit: str = "people"


OUTCOMES = (
    "did_it",
    "done_for_them",
    "explained",
    "already_had",
    "referred",
    "come_back",
    "declined",
    "not_possible",
)
PILLARS = ("eid", "cashless", "services", "more")

# The five a volunteer needs most at a door stand first on the form; the rest follow by pillar.
_FRONT = ("vneid_install", "vneid_activate", "vietqr", "file_application", "bills")

_SETUP = ("did_it", "done_for_them", "already_had")
_TASK = ("did_it", "done_for_them", "explained")
_TALK = ("explained", "did_it", "declined")
# Level 2 is done by the commune police, in person .
_POLICE = ("referred", "already_had", "declined", "not_possible")


def _entry(code: str, pillar: str, vi: str, en: str, first: tuple[str, ...], unit: str = "people") -> Entry:
    return Entry(code, pillar, vi, en, OUTCOMES, first, unit)


DEFAULT = (
    _entry("vneid_install", "eid", "Cài VNeID", "Install VNeID", _SETUP),
    _entry("vneid_activate", "eid", "Kích hoạt tài khoản", "Activate the account", _SETUP),
    Entry("vneid_level_2", "eid", "Làm mức 2", "Level 2 identity", _POLICE, _POLICE[:3]),
    _entry("vneid_sign_in", "eid", "Lỗi đăng nhập, quên mật khẩu", "Sign-in trouble", _TASK),
    _entry("vneid_documents", "eid", "Tích hợp giấy tờ", "Add documents", _TASK),
    _entry("vneid_benefits", "eid", "Liên kết tài khoản an sinh", "Link the benefits account", _TASK),
    _entry("digital_signature", "eid", "Chữ ký số", "Digital signature", _TASK),
    _entry("skills_confirmed", "eid", "Xác nhận phổ cập kỹ năng số", "Confirm digital skills", _TASK),
    _entry("bank_account", "cashless", "Mở, kích hoạt tài khoản", "Open a bank account", _SETUP),
    _entry("wallet", "cashless", "Ví điện tử, Mobile Money", "E-wallet, Mobile Money", _SETUP),
    _entry("vietqr", "cashless", "Chuyển khoản, quét VietQR", "Transfer, scan VietQR", _TASK),
    _entry("bills", "cashless", "Trả điện, nước, học phí", "Pay bills and school fees", _TASK),
    _entry("shop_qr", "cashless", "Mã QR cho hộ kinh doanh", "QR code for a shop", _SETUP),
    _entry(
        "portal_sign_in", "services", "Đăng nhập Cổng dịch vụ công quốc gia", "Sign in to the portal", _TASK
    ),
    _entry("file_application", "services", "Nộp hồ sơ", "File an application", _TASK, "applications"),
    _entry("track_application", "services", "Tra cứu hồ sơ", "Track an application", _TASK),
    _entry("pay_fee", "services", "Nộp phí trực tuyến", "Pay a fee online", _TASK),
    _entry("feedback", "services", "Phản ánh, kiến nghị", "Give feedback", _TASK),
    _entry("health_record", "more", "Sổ sức khỏe điện tử", "Electronic health record", _SETUP),
    _entry("vssid", "more", "VssID/BHXH", "Social insurance app", _SETUP),
    _entry("online_shop", "more", "Gian hàng số", "Online shop", _TASK),
    _entry("e_invoice", "more", "Hóa đơn điện tử", "Electronic invoice", _TASK),
    _entry("smartphone", "more", "Dùng điện thoại thông minh", "Use a smartphone", _TASK),
    _entry("e_learning", "more", "Học trực tuyến", "Learn online", _TASK),
    _entry("scam_warning", "more", "Cảnh báo lừa đảo", "Warn of scams", _TALK),
)


def add_default(session: Session, commune_id: str) -> None:
    """Give a commune the default catalog; services it already has stay as they are."""
    known = set(session.exec(select(Service.code).where(Service.commune_id == commune_id)))
    ordered = sorted(DEFAULT, key=lambda entry: (*_FRONT, entry.code).index(entry.code))
    rows = [
        Service(
            commune_id=commune_id, code=entry.code, pillar=entry.pillar, label_vi=entry.vi,
            label_en=entry.en, outcomes=list(entry.outcomes), first=list(entry.first),
            unit=entry.unit, position=position, feed_seq=0,
        )
        for position, entry in enumerate(ordered, start=1)
        if entry.code not in known
    ]  # fmt: skip
    feed(session, commune_id, rows)
    session.add_all(rows)
