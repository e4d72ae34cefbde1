"""A page that answers a form may be asked for again by its address: after a restart of the browser, or by
Enter in the address. It leads to the page that has the form."""

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.commune.card.card_phone import CardDesk, CardPhone
from tests.phone import Phone
from tests.web import access
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_checked_card_is_asked_for_again(desk: TestClient, lan: Phone, world: World) -> None:
    check = CardDesk(desk, world.lan)
    card = CardPhone(lan)
    card.renew()
    card.renew()
    question = check.begin()
    assert check.accepts(question, card.answer(question))
    again = desk.get(f"{check.address}/answer", follow_redirects=True)
    assert (again.status_code, "Đưa bốn số" in again.text) == (200, True)


def test_address_of_each_form_leads_to_a_page(app: FastAPI, desk: TestClient, world: World) -> None:
    rows = [row for row in access.rows(app) if not row.path.startswith("/api/")]
    pages = [row.path for row in rows if row.method == "GET"]
    shown = [re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)) for path in pages]
    forms = [row.path for row in rows if row.method == "POST" and row.path not in pages]
    assert len(forms) > 70
    for path in forms:
        address = re.sub(r"\{\w+\}", world.lan, path)
        if any(one.fullmatch(address) for one in shown):
            continue  # /desk/people/new is shown as if *new* were an id
        answer = desk.get(address)
        location = answer.headers.get("location", "")
        assert (answer.status_code, any(one.fullmatch(location) for one in shown)) == (303, True), path
        assert address.startswith(location), path
