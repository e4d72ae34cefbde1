"""*Tổ và thôn*: the teams, their hamlets, and the hamlets themselves."""

from fastapi import APIRouter

from app.web.desk.people.teams import (
    hamlet_form,
    hamlet_list,
    hamlet_merging,
    team_form,
    team_list,
    walking_list,
)

router = APIRouter()
for _page in (team_list, team_form, hamlet_list, hamlet_form, hamlet_merging, walking_list):
    router.include_router(_page.router)
