"""*Độ phủ*: the hamlets, the households that were not reached, appointments that are overdue,
open needs and outreach sessions."""

from app.web.desk.coverage import (
    hamlet_map,
    hamlet_table,
    lists,
    outreach,
    outreach_correction,
    outreach_entry,
    outreach_session,
)
from app.web.routing import routes_of

_OUTREACH = (outreach, outreach_entry, outreach_correction, outreach_session)
router = routes_of(hamlet_table, hamlet_map, lists, *_OUTREACH)
