"""Bugs of *Ngày đầu*."""

from tests.mutants.planted import Planted

TESTS = "tests/web/desk/overview/test_first_day.py"

BUGS = (
    Planted(
        "a team with people is taken back with the new ones",
        "app/commune/teams/missing_teams.py",
        "    return list(session.exec(visible_to(actor, Team).where(col(Team.id).not_in(joined))))",
        "    return list(session.exec(visible_to(actor, Team)))",
        f"{TESTS}::test_teams_are_taken_back_without_those_that_somebody_is_in",
    ),
    Planted(
        "people are taken back after one of them has signed in",
        "app/commune/teams/new_members.py",
        "    if session.exec(visible_to(actor, Device).limit(1)).first() is not None:",
        "    if False:",
        f"{TESTS}::test_people_of_a_list_are_taken_back_until_somebody_signs_in"
        "_and_invited_again_they_are_the_same",
    ),
    Planted(
        "a sheet that is printed again leaves the codes of the lost one open",
        "app/commune/teams/new_members.py",
        "        .values(used_at=now)",
        "        .values(used_at=None)",
        f"{TESTS}::test_lost_sheet_is_printed_again_with_new_codes_for_those_who_have_not_signed_in",
    ),
    Planted(
        "a visit that was withdrawn ends the first day",
        "app/review/first_day.py",
        "    visits = visible_to(actor, Visit).where(col(Visit.withdrawn_at).is_(None))",
        "    visits = visible_to(actor, Visit)",
        f"{TESTS}::test_path_is_left_and_opened_again_and_ends_by_itself_with_the_first_visit",
    ),
    Planted(
        "a commune without households has met none of none",
        "app/web/desk/overview/figures.py",
        '        "–" if percent is None else f"{number(commune.reached)}/{number(commune.households)}",',
        '        f"{number(commune.reached)}/{number(commune.households)}",',
        "tests/web/desk/test_empty_commune.py::test_no_page_of_the_desk_says_a_share_of_nothing",
    ),
    Planted(
        "a browser with two sessions goes to one of them",
        "app/web/public/start.py",
        "    if desk and not is_phone:",
        "    if desk:",
        "tests/web/public/test_start.py"
        "::test_session_leads_straight_to_its_own_pages_and_two_sessions_to_the_choice",
    ),
)
