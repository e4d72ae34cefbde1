"""/desk/households/{id}/facts: a supervisor says what a household has, or that it is not known."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from app.core.errors import Invalid, NotFound, StaleDecision
from app.review.register.commands import set_fact
from app.web.desk.page.context import Desk, FormVersion, PathId
from app.web.desk.records.households.household import household_page

router = APIRouter()
Typed = Annotated[str, Form(max_length=40)]


@router.post("/desk/households/{household_id}/facts")
def change_fact(
    household_id: PathId, desk: Desk, version: FormVersion, fact: Typed = "", value: Typed = ""
) -> Response:
    """*Có*, *Không*, *Chưa biết*."""
    try:
        desk.database.write(
            lambda session: set_fact(session, desk.actor, household_id, version, (fact, value), desk.now)
        )
    except StaleDecision:
        return household_page(desk, household_id, seen=version)
    except Invalid as error:
        raise NotFound from error
    return RedirectResponse(f"/desk/households/{household_id}?done=edited", 303)
