"""The document with the sign-in page is for a browser in which nobody has signed in, at two addresses."""

import pytest
from fastapi.testclient import TestClient

from tests.phone import Phone
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FORM = 'action="/field/sign-in"'


def test_first_document_has_the_sign_in_page(client: TestClient, world: World) -> None:
    for path in ("/field/", "/field/sign-in"):
        assert FORM in client.get(path).text
    others = ("/field/households", f"/field/households/{world.duc}/visit?x=1", "/field/sign-in/x")
    shells = {client.get(path).text for path in others}
    assert len(shells) == 1
    assert FORM not in shells.pop()


def test_phone_that_has_signed_in_gets_the_shell(lan: Phone) -> None:
    for path in ("/field/", "/field/sign-in"):
        assert FORM not in lan.client.get(path).text
