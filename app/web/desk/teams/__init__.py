"""*Tổ và thôn*: the teams, their hamlets, and the hamlets themselves."""

from fastapi import APIRouter

from app.web.desk.teams import hamlet_form, team_form, team_list

router = APIRouter()
for _page in (team_list, team_form, hamlet_form):
    router.include_router(_page.router)
