"""/province/account: a viewer's own password and sessions."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from app.commune.credentials.models import ProvinceViewer, ProvinceViewerSession
from app.commune.credentials.viewers import VIEWERS
from app.web.forms import Sent
from app.web.operator.instance_account import InstanceAccount
from app.web.province.context import ACCOUNT, ProvinceDesk

router = APIRouter()
_ViewersAccount = InstanceAccount[ProvinceViewer, ProvinceViewerSession]


def _account(request: Request, desk: ProvinceDesk) -> _ViewersAccount:
    return InstanceAccount(VIEWERS, desk.person, desk, ACCOUNT, request, desk.database, desk.now)


Account = Annotated[_ViewersAccount, Depends(_account)]


@router.get(ACCOUNT)
def show_account(account: Account, done: str = "") -> Response:
    return account.show(done)


@router.post(f"{ACCOUNT}/password")
def change_password(account: Account, sent: Sent) -> Response:
    return account.change_password(sent)


@router.post(f"{ACCOUNT}/elsewhere")
def sign_out_elsewhere(account: Account) -> Response:
    return account.sign_out_elsewhere()
