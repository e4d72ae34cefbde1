"""*Tổ và thôn*: the teams, their hamlets, and the hamlets themselves."""

from app.web.desk.people.teams import (
    hamlet_form,
    hamlet_list,
    hamlet_merging,
    team_form,
    team_list,
    walking_list,
)
from app.web.routing import routes_of

router = routes_of(team_list, team_form, hamlet_list, hamlet_form, hamlet_merging, walking_list)
