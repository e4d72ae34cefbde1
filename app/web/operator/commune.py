"""/operator/communes/{id}: beginning a commune with its first supervisor, links for its supervisors, and
their lost second factors; switching it off, which is asked once, and on again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.credentials import addresses, communes
from app.commune.credentials.models import Operator
from app.commune.credentials.second_step import losing
from app.commune.credentials.supervisors import Supervisor
from app.commune.second_factor import factors, losses
from app.commune.second_factor.models import FactorLoss
from app.core.errors import Invalid, NameTaken, NotFound, StaleDecision
from app.core.strings import _, lazy
from app.province import instance
from app.upkeep.moving import queues
from app.web.addresses import commune_origin
from app.web.desk.page.context import PathId
from app.web.desk.people.supervisors.link_sheet import link_sheet
from app.web.desk.people.supervisors.words import confirmers_sentence, state_badge
from app.web.expired_session import OPERATOR_START
from app.web.forms import At, Filled, Form, Sent, Text, Values, submit
from app.web.operator.context import Context, OperatorContext
from app.web.operator.signs import read_instance, sign_texts
from app.web.reading import RecentFactor
from app.web.rendering import moment, number
from app.web.screens import screen
from app.web.sign_in.new_name import NAME_REFUSALS, NEW_PERSON

router = APIRouter()
PATH = "/operator/communes/{commune_id}"
LOSS = f"{PATH}/factor-losses/{{loss_id}}"
# `begun`: whether the commune had begun when the form was shown.
SUPERVISOR = Form(
    *NEW_PERSON,
    Text("begun"),
    refusals={
        **NAME_REFUSALS,
        StaleDecision: lazy(
            "Vừa có người khác bắt đầu nơi này: xem cán bộ ở trên, rồi bấm lại nếu vẫn cần thêm."
        ),
    },
)
HOST = Form(
    Text(
        "host",
        lazy("Tên miền riêng"),
        lazy("Ví dụ: yenbinh.tungnha.example. Để trống thì dùng địa chỉ chung."),
        lazy("Máy chủ chưa nhận tên này: thêm vào TUNGNHA_ALLOWED_HOSTS trước."),
        maxlength=253,
    ),
    refusals={
        NameTaken: At("host", lazy("Nơi khác đang dùng tên này.")),
        StaleDecision: lazy("Đã có máy đăng nhập ở nơi này nên không đổi địa chỉ được nữa."),
    },
)


@router.get(PATH)
def show_commune(commune_id: PathId, context: Context) -> Response:
    return _page(context, commune_id)


@router.post(f"{PATH}/supervisors", dependencies=[RecentFactor])
def add_supervisor(request: Request, commune_id: PathId, context: Context, sent: Sent) -> Response:
    """Begin the commune, or add a supervisor to one that has begun; shows the link to hand over."""
    commune = context.read(lambda session: communes.find_commune(session, commune_id)).commune
    form = SUPERVISOR.read(sent, context.now)
    if commune.started_at and not form["begun"].text:
        stale = SUPERVISOR.refused(form, StaleDecision())
        return _page(context, commune_id, supervisor=stale)

    def add(session: Session, typed: Values) -> tuple[tuple[str, str], str]:
        names = (typed["name"], typed["sign_in_name"])
        account, token = communes.add_supervisor(session, context.operator, commune_id, *names, context.now)
        return (account.name, typed["sign_in_name"]), token

    def again(form: Filled) -> Response:
        return _page(context, commune_id, supervisor=form)

    def added(made: tuple[tuple[str, str], str]) -> Response:
        return _sheet(request, context, commune_id, *made)

    return submit(context, SUPERVISOR, sent, add, added, again)


@router.post(f"{PATH}/host", dependencies=[RecentFactor])
def set_host(commune_id: PathId, context: Context, sent: Sent) -> Response:
    """*Lưu địa chỉ riêng*; without a name the commune has that of the instance."""

    def store(session: Session, typed: Values) -> None:
        wanted = typed["host"].strip().lower()
        if wanted and not context.settings.answers_to(wanted):
            raise Invalid("host")
        addresses.set_host(session, commune_id, wanted, context.now, context.operator.id)

    def again(form: Filled) -> Response:
        return _page(context, commune_id, host=form)

    return submit(context, HOST, sent, store, f"/operator/communes/{commune_id}", again)


@router.post(f"{PATH}/supervisors/{{account_id}}/link", dependencies=[RecentFactor])
def reset_password(request: Request, commune_id: PathId, account_id: PathId, context: Context) -> Response:
    """A new link for a supervisor."""
    one, token = context.database.write(
        lambda session: communes.reset_password(
            session, context.operator, commune_id, account_id, context.now
        )
    )
    return _sheet(request, context, commune_id, (one.account.name, one.sign_in_name), token)


@router.post(f"{PATH}/supervisors/{{account_id}}/lost", dependencies=[RecentFactor])
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


@router.get(f"{PATH}/off")
def show_off_form(commune_id: PathId, context: Context) -> Response:
    """Ask for confirmation of *Tạm dừng*, with the consequences."""

    def load(session: Session) -> Mapping[str, Any]:
        commune = communes.find_commune(session, commune_id).commune
        if commune.started_at is None:
            raise NotFound
        return {"commune": commune}

    return screen(context, "operator/commune_off.html", OPERATOR_START, load)


@router.post(f"{PATH}/off")
def switch_off(commune_id: PathId, context: Context) -> Response:
    """*Tạm dừng*."""
    context.database.write(lambda s: communes.switch_off(s, context.operator, commune_id, context.now))
    return RedirectResponse(f"/operator/communes/{commune_id}", 303)


@router.post(f"{PATH}/on")
def switch_on(commune_id: PathId, context: Context) -> Response:
    """*Mở lại*."""
    context.database.write(lambda s: communes.switch_on(s, context.operator, commune_id, context.now))
    return RedirectResponse(f"/operator/communes/{commune_id}", 303)


def _page(
    context: OperatorContext,
    commune_id: str,
    *,
    supervisor: Filled | None = None,
    host: Filled | None = None,
) -> Response:
    """The page, with the form that was refused."""
    refused = supervisor or host

    def load(session: Session) -> Mapping[str, Any]:
        entry = communes.find_commune(session, commune_id)
        commune = entry.commune
        (signs,) = instance.find(session, [commune_id])
        return {
            "commune": commune,
            "province": entry.province,
            "can_change_host": commune.started_at and addresses.can_change(session, commune_id),
            "queues": _queues_text(*queues.received(session, commune)),
            "signs": sign_texts(signs, read_instance(session, context.settings)),
            "supervisors": [
                _supervisor(session, context, one)
                for one in communes.supervisors_of(session, commune_id, context.now)
            ],
            "supervisor": supervisor or SUPERVISOR.blank(),
            "host": host or HOST.blank(host=commune.host),
            "notice": refused.notice if refused else "",
        }

    return screen(context, "operator/commune.html", OPERATOR_START, load, refused.status if refused else 200)


def _supervisor(session: Session, context: OperatorContext, one: Supervisor) -> dict[str, Any]:
    """A supervisor with what was reported of the second factor. `may_ask`: an operator can ask for another
    one."""
    account = one.account
    reported = losses.open_of(session, account.commune_id, account.id, context.now)
    has_factor = factors.has_factor(session, one.sign_in_name)
    return {
        "one": one,
        "account": account,
        "state": state_badge(one),
        "may_ask": not account.ended_at and has_factor and not any(loss.operator for loss in reported),
        "losses": [_loss(session, context.operator, loss) for loss in reported],
    }


def _loss(session: Session, operator: Operator, loss: FactorLoss) -> tuple[FactorLoss, str, bool]:
    """A loss that is open, what is said of it, and whether this operator can confirm it."""
    may_confirm = losing.is_second_person(session, operator.id, loss)
    is_asked = not loss.operator and loss.confirmed_at is None
    confirmers = confirmers_sentence(losing.second_persons(session, loss)) if is_asked else ""
    if is_asked and not may_confirm:
        why = _("30 ngày qua bạn cấp quyền đăng nhập cho người này, nên bạn không xác nhận được.")
        others = _("Người vận hành khác xác nhận, hoặc bạn xin đặt lại, sau ba ngày.")
        confirmers = f"{why} {others}"
    return loss, f"{_loss_sentence(loss)} {confirmers}".strip(), may_confirm


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


def _queues_text(count: int, last_at: datetime | None) -> str:
    if last_at is None:
        return _("Chưa nhận bản ghi nào từ khi chuyển.")
    return _(
        "Đã nhận %(n)s bản ghi từ khi chuyển, lần cuối %(when)s: đưa sang bằng export-commune-queues.",
        n=number(count),
        when=moment(last_at),
    )


def _sheet(
    request: Request, context: OperatorContext, commune_id: str, names: tuple[str, str], token: str
) -> Response:
    origin = context.read(lambda session: commune_origin(session, request, commune_id))
    address = f"/operator/communes/{commune_id}"
    return link_sheet(context, OPERATOR_START, origin, address, names, token)
