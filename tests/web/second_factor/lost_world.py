"""What the tests of lost factors do at the desk, as people do it."""

import re

from tests.web.second_factor.conftest import NewClient
from tests.web.second_factor.factor_client import STEP, FactorClient
from tests.web.second_factor.test_sign_in import PASSWORD, open_link

LOST = f"{STEP}/lost"
STOP = f"{LOST}/stop"


def signed_in(browsers: NewClient, name: str, password: str) -> FactorClient:
    """A browser that has shown the password."""
    client = browsers()
    assert client.sign_in(name, password).headers["location"].startswith(STEP)
    return client


def open_again(client: FactorClient, name: str, password: str) -> None:
    """Sign in with password and app."""
    client.sign_in(name, password)
    assert client.show(client.next_code()).status_code == 303


def loss_of(page: str) -> str:
    """The page of the loss that the overview names."""
    (found,) = set(re.findall(r"/desk/factor-losses/[\w-]{16}", page))
    return str(found)


def colleague_of(client: FactorClient, name: str) -> str:
    """The page of a colleague."""
    found = re.search(rf'(/desk/supervisors/[\w-]{{16}})">{name}', client.get("/desk/supervisors").text)
    assert found
    return found[1]


def invite(client: FactorClient, browsers: NewClient, name: str, sign_in_name: str) -> FactorClient:
    """Somebody whom `client` invites, in a browser of their own, with an app that is set up."""
    names = {"name": name, "sign_in_name": sign_in_name}
    invited = browsers()
    open_link(invited, client.post("/desk/supervisors/new", names).text)
    invited.set_up()
    return invited


def take_password(client: FactorClient, browsers: NewClient, name: str) -> FactorClient:
    """A browser that has chosen a colleague's password by a link that `client` had made."""
    as_colleague = browsers()
    open_link(as_colleague, client.post(f"{colleague_of(client, name)}/link").text)
    return as_colleague


__all__ = ["LOST", "PASSWORD", "STOP", "open_link"]
