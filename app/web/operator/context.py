"""What the operators' routes share: the context of a request and the frame of the pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends
from sqlmodel import Session

from app.commune.areas import Province
from app.commune.credentials.models import Operator
from app.core.strings import _
from app.web.deps import Config, Db, Now, SignedInOperator
from app.web.expired_session import OPERATOR_START
from app.web.frame import Frame, ScreenLink

T = TypeVar("T")
ACCOUNT = "/operator/account"
STATUS = "/operator/status"
PROVINCES = "/operator/provinces"


@dataclass(frozen=True)
class OperatorContext:
    """One request of an operator, the database, the settings and the instant of the request."""

    operator: SignedInOperator
    database: Db
    settings: Config
    now: Now

    def read(self, work: Callable[[Session], T]) -> T:
        """What `work` finds in one snapshot of the database."""
        return self.database.read(work)

    def frame(self, _session: Session, screen: str) -> Frame:
        """The rail around a page; `screen`: the address of the one that is open."""
        return operator_frame(self.operator, screen)


Context = Annotated[OperatorContext, Depends()]


def operator_frame(operator: Operator, current: str = OPERATOR_START) -> Frame:
    """The rail of the operators' pages; `current`: the address of the screen that is open."""
    addresses = (
        (OPERATOR_START, _("Xã, phường"), "log"),
        (PROVINCES, _("Tỉnh, thành phố"), "copy"),
        (STATUS, _("Tình trạng"), "alert"),
    )
    screens = [
        ScreenLink(address, label, icon, "page" if address == current else "")
        for address, label, icon in addresses
    ]
    return Frame(_("Vận hành"), operator.name, screens, account=ACCOUNT)


def province_label(province: Province) -> str:
    """*tỉnh Lạng Sơn*."""
    return f"{province.kind} {province.name}"
