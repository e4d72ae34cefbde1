"""The pages of tokens for a commune's supervisors and a province's viewers: list, a new one, revoking."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.core.db import Database
from app.core.errors import Invalid, TextRefused
from app.core.strings import _, lazy
from app.reports.open_data import tokens
from app.reports.open_data.models import ApiToken
from app.reports.open_data.tokens import LIFETIMES, MAX_LABEL, MAX_VALID, Owner
from app.web.deps import get_settings
from app.web.desk.page.context import PathId
from app.web.frame import Frame
from app.web.public.odata import ADDRESS as ODATA
from app.web.rendering import day, html, moment

_PROBLEMS = {
    "label": lazy("Ghi tên chương trình sẽ đọc, nhiều nhất %(count)s ký tự.", count=MAX_LABEL),
    "days": lazy("Chọn một thời hạn trong danh sách."),
    "tokens": lazy(
        "Đã có %(count)s mã còn hạn. Thu hồi một mã không dùng nữa rồi tạo mã mới.", count=MAX_VALID
    ),
}


@dataclass(frozen=True)
class TokenRow:
    """A token: what it is called, made by whom and when, used last, its state, and the address that asks to
    revoke it; empty for one that is over."""

    label: str
    made: str
    used: str
    state: str
    revoke: str


@dataclass(frozen=True)
class TokensPage:
    """What templates/desk/page/tokens.html shows. `scope`: the sentence that says what a token reads;
    `token`: the one just made, which is shown this once; `back`: address and label of the page before."""

    title: str
    frame: Frame
    address: str
    back: tuple[str, str]
    scope: str
    rows: list[TokenRow]
    days: tuple[int, ...]
    service: str
    token: str = ""
    label: str = ""
    problem: str = ""
    done: str = ""


@dataclass(frozen=True)
class RevokePage:
    """What templates/desk/page/token_revoke.html shows: what is about to end."""

    title: str
    frame: Frame
    label: str
    address: str
    back: str


@dataclass(frozen=True)
class TokenDesk:
    """Where an owner's tokens are shown: the address of the list, and what is around it."""

    request: Request
    database: Database
    now: datetime
    owner: Owner
    address: str
    back: tuple[str, str]
    scope: str
    frame: Callable[[Session], Frame]

    def show(self, done: str = "") -> Response:
        """The owner's tokens, and the form for a new one."""
        return self._list(done=_("Đã thu hồi mã.") if done == "revoked" else "")

    def create(self, label: str, days: int) -> Response:
        """Make a token; the page shows it this once."""
        try:
            token = self.database.write(
                lambda session: tokens.create_token(session, self.owner, label, days, self.now)
            )
        except (Invalid, TextRefused) as error:
            return self._list(422, label=label, problem=str(_PROBLEMS[error.fields[0]]))
        return self._list(token=token)

    def ask_to_revoke(self, token_id: str) -> Response:
        """Ask once, with what it does. Raises `NotFound`."""

        def load(session: Session) -> RevokePage:
            token = tokens.find_token(session, self.owner.scope, token_id)
            address = f"{self.address}/{token_id}/revoke"
            return RevokePage(_("Thu hồi mã này?"), self.frame(session), token.label, address, self.address)

        return html("desk/page/token_revoke.html", self.database.read(load))

    def revoke(self, token_id: str) -> Response:
        """End the token. Raises `NotFound`."""
        self.database.write(lambda session: tokens.revoke_token(session, self.owner, token_id, self.now))
        return RedirectResponse(f"{self.address}?done=revoked", 303)

    def _list(self, status: int = 200, **said: str) -> Response:
        origin = get_settings(self.request).public_url or str(self.request.base_url)

        def load(session: Session) -> TokensPage:
            return TokensPage(
                title=_("Mã đọc số liệu"),
                frame=self.frame(session),
                address=self.address,
                back=self.back,
                scope=self.scope,
                rows=[self._row(one) for one in tokens.list_tokens(session, self.owner.scope)],
                days=LIFETIMES,
                service=f"{origin.rstrip('/')}{ODATA}/",
                **said,
            )

        return html("desk/page/tokens.html", self.database.read(load), status)

    def _row(self, token: ApiToken) -> TokenRow:
        is_valid = token.revoked_at is None and token.expires_at > self.now
        return TokenRow(
            label=token.label,
            made=_("%(by)s, %(when)s", by=token.made_by, when=day(token.made_at)),
            used=moment(token.last_used_at) if token.last_used_at else _("chưa dùng"),
            state=self._state(token),
            revoke=f"{self.address}/{token.id}/revoke" if is_valid else "",
        )

    def _state(self, token: ApiToken) -> str:
        if token.revoked_at:
            return _("đã thu hồi %(day)s", day=day(token.revoked_at))
        if token.expires_at <= self.now:
            return _("hết hạn %(day)s", day=day(token.expires_at))
        return _("dùng đến %(day)s", day=day(token.expires_at))


def token_router(address: str, token_desk: Callable[..., TokenDesk]) -> APIRouter:
    """The routes of an owner's tokens at this address; `token_desk` is a dependency."""
    router = APIRouter()

    @router.get(address)
    def show_tokens(tokens: Annotated[TokenDesk, Depends(token_desk)], done: str = "") -> Response:
        return tokens.show(done)

    @router.post(address)
    def create_token(
        tokens: Annotated[TokenDesk, Depends(token_desk)],
        label: Annotated[str, Form(max_length=400)] = "",
        days: Annotated[int, Form()] = 0,
    ) -> Response:
        return tokens.create(label, days)

    @router.get(f"{address}/{{token_id}}/revoke")
    def ask_to_revoke(token_id: PathId, tokens: Annotated[TokenDesk, Depends(token_desk)]) -> Response:
        return tokens.ask_to_revoke(token_id)

    @router.post(f"{address}/{{token_id}}/revoke")
    def revoke_token(token_id: PathId, tokens: Annotated[TokenDesk, Depends(token_desk)]) -> Response:
        return tokens.revoke(token_id)

    return router
