"""The service catalog: the kinds of help, and the outcomes that each allows.

Each commune has its own rows; `DEFAULT_SERVICES` is what it starts with.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from sqlalchemy import JSON, ForeignKeyConstraint
from sqlmodel import AutoString, Field, Session, select
from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11

from app.commune.accounts.access import Actor, visible_to
from app.core.clock import Instant
from app.core.db import RowOf
from app.core.feed import CommuneRow, feed
from app.core.personal_data import rows
from app.core.personal_data.columns import stores
from app.core.sql.snapshot import once_in_a_read
from app.core.strings import current_language

Outcome = Literal[
    "did_it",
    "done_for_them",
    "explained",
    "already_had",
    "referred",
    "come_back",
    "declined",
    "not_possible",
]
Pillar = Literal["eid", "cashless", "services", "more"]
Unit = Literal["people", "applications"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
PILLARS: tuple[Pillar, ...] = get_args(Pillar)
UNITS: tuple[Unit, ...] = get_args(Unit)


class ServiceValues(TypedDict):
    """A row of `service`."""

    commune_id: str
    code: str
    pillar: Pillar
    label_vi: str
    label_en: str
    outcomes: list[Outcome]
    first: list[Outcome]
    unit: Unit
    position: int
    active: bool
    first_day: date | None
    last_day: date | None
    changed_by: str | None
    changed_at: datetime | None
    feed_seq: int


class ServiceRow(TypedDict):
    """A service of the catalog; a form offers it while it is `active`, from `first_day` to `last_day`."""

    code: str
    pillar: Pillar
    label: dict[str, str]
    outcomes: list[Outcome]
    first: list[Outcome]
    order: int
    unit: Unit
    active: bool
    first_day: str | None
    last_day: str | None
    feed_seq: int


@stores(
    rows.PUBLIC,
    {
        rows.PUBLIC: "code pillar label_vi label_en outcomes first unit",
        rows.DECIDED: "changed_by",
    },
)
class Service(CommuneRow, RowOf[ServiceValues], table=True):
    """One kind of help. `first`: the three outcomes that are offered first. `unit`: what `people` counts.

    A visit form offers it while it is `active`, from `first_day` to `last_day` (None: without a limit). What
    was recorded with it is accepted whenever it arrives, so no row is ever deleted. `changed_by`: the
    supervisor who last changed it.
    """

    __tablename__ = "service"
    __table_args__ = (ForeignKeyConstraint(["commune_id"], ["commune.id"]),)

    commune_id: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    pillar: Pillar = Field(sa_type=AutoString)
    label_vi: str
    label_en: str
    outcomes: list[Outcome] = Field(sa_type=JSON)
    first: list[Outcome] = Field(sa_type=JSON)
    unit: Unit = Field(default="people", sa_type=AutoString)
    position: int
    active: bool = True
    first_day: date | None = None
    last_day: date | None = None
    changed_by: str | None = None
    changed_at: datetime | None = Field(default=None, sa_type=Instant)

    @property
    def label(self) -> str:
        """Its name in the current language."""
        return self.label_en if current_language() == "en" else self.label_vi


@dataclass(frozen=True)
class CatalogEntry:
    """A service of the default catalog."""

    code: str
    pillar: Pillar
    vi: str
    en: str
    outcomes: tuple[Outcome, ...]
    first: tuple[Outcome, ...]
    unit: Unit = "people"


# The outcomes of which somebody was guided: figures count households and people for these alone.
GUIDED: tuple[Outcome, ...] = ("did_it", "done_for_them", "explained", "referred")
SCAM_WARNING = "scam_warning"  # reports count the households that were warned
OWN = "own_"  # begins the codes of services that a commune has defined itself

# The five that volunteers need most often come first on the form, then the others by pillar.
_FRONT = ("vneid_install", "vneid_activate", "vietqr", "file_application", "bills")
FRONT_COUNT = len(_FRONT)  # so many stand before *Việc khác*, here and on phones

_SETUP: tuple[Outcome, ...] = ("did_it", "done_for_them", "already_had")
_TASK: tuple[Outcome, ...] = ("did_it", "done_for_them", "explained")
_TALK: tuple[Outcome, ...] = ("explained", "did_it", "declined")
# Level 2 is issued by the police.
_POLICE: tuple[Outcome, ...] = ("referred", "already_had", "declined", "not_possible")


def _entry(
    code: str, pillar: Pillar, vi: str, en: str, first: tuple[Outcome, ...], unit: Unit = "people"
) -> CatalogEntry:
    return CatalogEntry(code, pillar, vi, en, OUTCOMES, first, unit)


DEFAULT_SERVICES = (
    _entry("vneid_install", "eid", "Cài VNeID", "Install VNeID", _SETUP),
    _entry("vneid_activate", "eid", "Kích hoạt VNeID", "Activate the account", _SETUP),
    CatalogEntry("vneid_level_2", "eid", "Làm mức 2", "Level 2 identity", _POLICE, _POLICE[:3]),
    _entry(
        "id_card_online", "eid", "Cấp đổi, cấp lại căn cước trực tuyến", "Replace the ID card online", _TASK
    ),
    _entry("vneid_sign_in", "eid", "Lỗi đăng nhập, quên mật khẩu", "Sign-in trouble", _TASK),
    _entry("vneid_documents", "eid", "Tích hợp giấy tờ", "Add documents", _TASK),
    _entry("vneid_benefits", "eid", "Liên kết tài khoản an sinh", "Link the benefits account", _TASK),
    _entry("vneid_link", "eid", "Liên kết tài khoản với VNeID", "Link accounts with VNeID", _TASK),
    _entry("sim_verify", "eid", "Xác thực sim chính chủ", "Verify a SIM", _TASK),
    _entry("digital_signature", "eid", "Chữ ký số", "Digital signature", _TASK),
    _entry("skills_confirmed", "eid", "Xác nhận phổ cập kỹ năng số", "Confirm digital skills", _TASK),
    _entry("bank_account", "cashless", "Mở tài khoản ngân hàng", "Open a bank account", _SETUP),
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
    _entry(SCAM_WARNING, "more", "Cảnh báo lừa đảo", "Warn of scams", _TALK),
)


@once_in_a_read
def services_by_code(session: Session, actor: Actor) -> dict[str, Service]:
    """The commune's catalog."""
    return {service.code: service for service in session.exec(visible_to(actor, Service))}


def add_default_services(session: Session, commune_id: str) -> bool:
    """Add to a commune what it does not have of the default catalog; False if there was nothing to add.

    Services that it has are not changed. One that a later version of the app brought is last in the order,
    and on as long as nobody has changed the catalog: a commune that has chosen its services chooses this one
    too.
    """
    known = session.exec(select(Service).where(Service.commune_id == commune_id)).all()
    codes, last = {one.code for one in known}, max((one.position for one in known), default=0)
    is_on = all(one.changed_at is None for one in known)
    rows = [row for row in default_services(commune_id) if row.code not in codes]
    for position, row in enumerate(rows, start=last + 1):
        row.position, row.active = position, is_on
    feed(session, commune_id, rows)
    session.add_all(rows)
    return bool(rows)


def default_services(commune_id: str) -> list[Service]:
    """The default catalog as the rows of a commune, not numbered yet."""
    ordered = sorted(DEFAULT_SERVICES, key=lambda entry: (*_FRONT, entry.code).index(entry.code))
    return [
        Service(
            commune_id=commune_id, code=entry.code, pillar=entry.pillar, label_vi=entry.vi,
            label_en=entry.en, outcomes=list(entry.outcomes), first=list(entry.first),
            unit=entry.unit, position=position, feed_seq=0,
        )
        for position, entry in enumerate(ordered, start=1)
    ]  # fmt: skip
