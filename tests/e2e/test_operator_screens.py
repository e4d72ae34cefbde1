"""The operators' pages by axe and by their looks."""

import pytest
from sqlmodel import Session, select

from app.areas import Province, load_areas
from app.core.clock import utc_now
from app.core.db import Database
from app.credentials import operators
from tests.e2e.accessibility import violations_in_both_schemes
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.screens_credentials import operator_screens
from tests.e2e.server import Server
from tests.e2e.test_looks import DESK_RULES, NARROW, SMALL, find_faults

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LONG = "Thành phố trực thuộc trung ương có tên rất dài Ỷ La Ễ Ộ Ậ Ấ"


def test_the_desk_of_operators(open_browser: Opener, server: Server, database: Database) -> None:
    link = database.write(_prepare)
    page = open_browser(DESKTOP, bypass_csp=True, reduced_motion="reduce").pages[0]
    problems: dict[str, list[str]] = {}
    for name in operator_screens(page, link):
        if found := violations_in_both_schemes(page):
            problems[name] = found
        problems |= find_faults(page, name, DESK_RULES, (NARROW, SMALL, DESKTOP))
    assert problems == {}


def _prepare(session: Session) -> str:
    """All areas, one of them with a long name; the path of a link for a new operator."""
    load_areas(session)
    province = session.exec(select(Province).where(Province.code == "01")).one()
    province.name = LONG
    session.add(province)
    return f"/link/{operators.issue_link(session, '', utc_now())}"
