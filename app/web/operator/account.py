"""/operator/account: an operator's own password and sessions."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from app.commune.credentials.models import Operator, OperatorSession
from app.commune.credentials.operators import OPERATORS
from app.web.forms import Sent
from app.web.operator.context import ACCOUNT, OperatorContext
from app.web.operator.instance_account import InstanceAccount

router = APIRouter()


def _account(
    request: Request, context: Annotated[OperatorContext, Depends()]
) -> InstanceAccount[Operator, OperatorSession]:
    operator = context.operator
    return InstanceAccount(OPERATORS, operator, context, ACCOUNT, request, context.database, context.now)


Account = Annotated[InstanceAccount[Operator, OperatorSession], Depends(_account)]


@router.get(ACCOUNT)
def show_account(account: Account, done: str = "") -> Response:
    return account.show(done)


@router.post(f"{ACCOUNT}/password")
def change_password(account: Account, sent: Sent) -> Response:
    return account.change_password(sent)


@router.post(f"{ACCOUNT}/elsewhere")
def sign_out_elsewhere(account: Account) -> Response:
    return account.sign_out_elsewhere()
