"""/operator/communes/{id}: beginning a commune with its first supervisor, links for its supervisors, and
their lost second factors."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.credentials import addresses, communes
from app.commune.credentials.models import Operator
from app.commune.credentials.second_step import losing
from app.commune.credentials.supervisors import Supervisor
from app.commune.second_factor import factors, losses
from app.commune.second_factor.models import FactorLoss
from app.core.errors import NameTaken, StaleDecision
from app.core.numbers.phone import display_phone
from app.core.strings import _
from app.province import instance
from app.upkeep.moving import queues
from app.web.addresses import commune_origin
from app.web.desk.page.context import PathId
from app.web.desk.page.labels import Badge
from app.web.desk.people.supervisors.labels import state_badge
from app.web.desk.people.supervisors.link_sheet import link_sheet
from app.web.desk.people.supervisors.losses import confirmers_sentence
from app.web.frame import Frame
from app.web.operator.context import OperatorContext, operator_frame, province_label
from app.web.operator.signs import SignTexts, read_instance, sign_texts
from app.web.reading import RecentFactor
from app.web.rendering import html, moment, number
from app.web.sign_in.new_name import NAME_IS_IN_USE, name_problems

router = APIRouter()
Context = Annotated[OperatorContext, Depends()]
LOSS = "/operator/communes/{commune_id}/factor-losses/{loss_id}"


@dataclass(frozen=True)
class LossRow:
    """A loss that is open; `confirm` and `stop`: the addresses of the buttons, the first empty where this
    operator cannot confirm it; `is_operators`: an operator has asked."""

    sentence: str
    confirmers: str
    confirm: str
    stop: str
    is_operators: bool


@dataclass(frozen=True)
class SupervisorRow:
    """A supervisor of the commune; `link` and `lost` are the addresses of the buttons, empty for one who has
    left; `losses`: that the second factor was reported as lost, and then `phone`: the number to call."""

    name: str
    sign_in_name: str
    state: Badge
    link: str
    lost: str
    losses: list[LossRow]
    phone: str


@dataclass(frozen=True)
class CommunePage:
    """What templates/operator/commune.html shows. `begun` is empty before the commune begins; `off`: since
    when it is switched off, empty if it is not; `host`: its own name, `can_change_host`: no phone knows it
    yet; `moved`, `moved_to`: since when it is elsewhere, and where; `queues`: what its phones have
    sent here since; `notice` says that a colleague began it
    meanwhile; `problems` are sentences by field."""

    title: str
    frame: Frame
    address: str
    province: str
    code: str
    begun: str
    off: str
    host: str
    can_change_host: bool
    moved: str
    moved_to: str
    queues: str
    signs: SignTexts
    supervisors: list[SupervisorRow]
    name: str
    sign_in_name: str
    problems: dict[str, str]
    notice: str


@router.get("/operator/communes/{commune_id}")
def show_commune(commune_id: PathId, context: Context) -> Response:
    return _page(context, commune_id)


@router.post("/operator/communes/{commune_id}/supervisors", dependencies=[RecentFactor])
def add_supervisor(
    request: Request,
    commune_id: PathId,
    context: Context,
    name: Annotated[str, Form()] = "",
    sign_in_name: Annotated[str, Form()] = "",
    begun: Annotated[str, Form()] = "",
) -> Response:
    """Begin the commune, or add a supervisor to one that has begun; shows the link to hand over."""
    commune = context.database.read(lambda session: communes.find_commune(session, commune_id)).commune
    chosen = sign_in_name.strip().lower()
    if commune.started_at and not begun:
        notice = _("Vừa có người khác bắt đầu nơi này: xem cán bộ ở trên, rồi bấm lại nếu vẫn cần thêm.")
        return _page(context, commune_id, (name, sign_in_name), notice=notice)
    if problems := name_problems(name, chosen):
        return _page(context, commune_id, (name, sign_in_name), problems)
    try:
        account, token = context.database.write(
            lambda session: communes.add_supervisor(
                session, context.operator, commune_id, name, chosen, context.now
            )
        )
    except NameTaken:
        return _page(context, commune_id, (name, sign_in_name), {"sign_in_name": NAME_IS_IN_USE})
    return _sheet(request, context, commune_id, (account.name, chosen), token)


@router.post("/operator/communes/{commune_id}/host", dependencies=[RecentFactor])
def set_host(commune_id: PathId, context: Context, host: Annotated[str, Form()] = "") -> Response:
    """*Lưu địa chỉ riêng*; without a name the commune has that of the instance."""
    wanted = host.strip().lower()
    if wanted and not context.settings.answers_to(wanted):
        problem = _("Máy chủ chưa nhận tên này: thêm vào TUNGNHA_ALLOWED_HOSTS trước.")
        return _page(context, commune_id, problems={"host": problem}, host=wanted)
    try:
        context.database.write(
            lambda s: addresses.set_host(s, commune_id, wanted, context.now, context.operator.id)
        )
    except NameTaken:
        problem = _("Nơi khác đang dùng tên này.")
        return _page(context, commune_id, problems={"host": problem}, host=wanted)
    except StaleDecision:
        notice = _("Đã có máy đăng nhập ở nơi này nên không đổi địa chỉ được nữa.")
        return _page(context, commune_id, notice=notice)
    return RedirectResponse(f"/operator/communes/{commune_id}", 303)


@router.post("/operator/communes/{commune_id}/supervisors/{account_id}/link", dependencies=[RecentFactor])
def reset_password(request: Request, commune_id: PathId, account_id: PathId, context: Context) -> Response:
    """A new link for a supervisor."""
    one, token = context.database.write(
        lambda session: communes.reset_password(
            session, context.operator, commune_id, account_id, context.now
        )
    )
    return _sheet(request, context, commune_id, (one.account.name, one.sign_in_name), token)


@router.post("/operator/communes/{commune_id}/supervisors/{account_id}/lost", dependencies=[RecentFactor])
def ask_for_new_factor(commune_id: PathId, account_id: PathId, context: Context) -> Response:
    """*Xin đặt lại lớp thứ hai*: after three days, in which the commune sees it and may stop it."""
    context.database.write(
        lambda session: communes.ask_for_new_factor(
            session, context.operator, commune_id, account_id, context.now
        )
    )
    return RedirectResponse(f"/operator/communes/{commune_id}", 303)


@router.post(f"{LOSS}/confirm", dependencies=[RecentFactor])
def confirm_loss(commune_id: PathId, loss_id: PathId, context: Context) -> Response:
    """*Đã gọi, đúng là người ấy*."""
    context.database.write(
        lambda session: communes.confirm_loss(session, context.operator, commune_id, loss_id, context.now)
    )
    return RedirectResponse(f"/operator/communes/{commune_id}", 303)


@router.post(f"{LOSS}/stop")
def stop_loss(commune_id: PathId, loss_id: PathId, context: Context) -> Response:
    """*Dừng*: the factor stays as it is."""
    context.database.write(
        lambda session: communes.stop_loss(session, context.operator, commune_id, loss_id, context.now)
    )
    return RedirectResponse(f"/operator/communes/{commune_id}", 303)


def _queues_text(count: int, last_at: datetime | None) -> str:
    if last_at is None:
        return _("Chưa nhận bản ghi nào từ khi chuyển.")
    return _(
        "Đã nhận %(n)s bản ghi từ khi chuyển, lần cuối %(when)s: đưa sang bằng export-commune-queues.",
        n=number(count),
        when=moment(last_at),
    )


def _page(
    context: OperatorContext,
    commune_id: str,
    names: tuple[str, str] = ("", ""),
    problems: dict[str, str] | None = None,
    notice: str = "",
    host: str | None = None,
) -> Response:
    """The page; what was typed stays in its fields."""

    def load(session: Session) -> CommunePage:
        address, entry = f"/operator/communes/{commune_id}", communes.find_commune(session, commune_id)
        started_at = entry.commune.started_at
        (signs,) = instance.find(session, [commune_id])
        return CommunePage(
            title=entry.commune.full_name,
            frame=operator_frame(context.operator),
            address=address,
            province=province_label(entry.province),
            code=entry.commune.code,
            begun=moment(started_at) if started_at else "",
            off=moment(entry.commune.off_at) if entry.commune.off_at else "",
            host=host if host is not None else entry.commune.host or "",
            can_change_host=bool(started_at) and addresses.can_change(session, commune_id),
            moved=moment(entry.commune.moved_at) if entry.commune.moved_at else "",
            moved_to=entry.commune.moved_to or "",
            queues=_queues_text(*queues.received(session, entry.commune)),
            signs=sign_texts(signs, read_instance(session, context.settings)),
            supervisors=[
                _row(session, context, one, address)
                for one in communes.supervisors_of(session, commune_id, context.now)
            ],
            name=names[0],
            sign_in_name=names[1],
            problems={"name": "", "sign_in_name": "", "host": ""} | (problems or {}),
            notice=notice,
        )

    status = 422 if problems else 409 if notice else 200
    return html("operator/commune.html", context.database.read(load), status)


def _row(session: Session, context: OperatorContext, one: Supervisor, address: str) -> SupervisorRow:
    account = one.account
    own = "" if account.ended_at else f"{address}/supervisors/{account.id}"
    found = _loss_rows(session, context.operator, one, context.now)
    has_factor = factors.has_factor(session, one.sign_in_name)
    return SupervisorRow(
        name=account.name,
        sign_in_name=one.sign_in_name,
        state=state_badge(one),
        link=own and f"{own}/link",
        lost=f"{own}/lost" if own and has_factor and not any(row.is_operators for row in found) else "",
        losses=found,
        phone=display_phone(account.contact_phone) if found and account.contact_phone else "",
    )


def _loss_rows(session: Session, operator: Operator, one: Supervisor, now: datetime) -> list[LossRow]:
    """What is open of a supervisor."""
    account = one.account
    return [
        _loss_row(session, operator, loss)
        for loss in losses.open_of(session, account.commune_id, account.id, now)
    ]


def _loss_row(session: Session, operator: Operator, loss: FactorLoss) -> LossRow:
    address = f"/operator/communes/{loss.commune_id}/factor-losses/{loss.id}"
    may_confirm = losing.is_second_person(session, operator.id, loss)
    is_asked = not loss.operator and loss.confirmed_at is None
    confirmers = confirmers_sentence(losing.second_persons(session, loss)) if is_asked else ""
    if is_asked and not may_confirm:
        why = _("30 ngày qua bạn cấp quyền đăng nhập cho người này, nên bạn không xác nhận được.")
        others = _("Người vận hành khác xác nhận, hoặc bạn xin đặt lại, sau ba ngày.")
        confirmers = f"{why} {others}"
    return LossRow(
        sentence=_loss_sentence(loss),
        confirmers=confirmers,
        confirm=f"{address}/confirm" if may_confirm else "",
        stop=f"{address}/stop",
        is_operators=bool(loss.operator),
    )


def _loss_sentence(loss: FactorLoss) -> str:
    due = moment(loss.due_at) if loss.due_at else ""
    if loss.operator:
        return _("%(by)s đã xin đặt lại lớp thứ hai, có hiệu lực từ %(when)s.", by=loss.operator, when=due)
    if loss.confirmed_at:
        return _("Được xác nhận mất lớp thứ hai: từ %(when)s đặt được lớp mới.", when=due)
    return _(
        "Báo mất lớp thứ hai lúc %(asked)s, từ %(where)s. Cần xác nhận; có hiệu lực từ %(when)s.",
        asked=moment(loss.asked_at),
        where=loss.browser,
        when=due,
    )


def _sheet(
    request: Request, context: OperatorContext, commune_id: str, names: tuple[str, str], token: str
) -> Response:
    frame, address = operator_frame(context.operator), f"/operator/communes/{commune_id}"
    origin = context.database.read(lambda session: commune_origin(session, request, commune_id))
    return link_sheet(origin, frame, address, names, token, context.now)
