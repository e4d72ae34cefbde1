"""TUNGNHA_MIN_BUILD: an older build can deliver its queue and has to be updated."""

import pytest
from fastapi import FastAPI

from app.sync.wire.builds import is_older
from tests.cases import cases
from tests.phone import Phone
from tests.world import World


@pytest.fixture(autouse=True)
def newest(app: FastAPI) -> None:
    app.state.settings = app.state.settings.model_copy(update={"min_build": "1.2.0"})


def test_old_build_delivers_its_queue_and_learns_the_oldest_served_build(lan: Phone, world: World) -> None:
    answer = lan.exchange(lan.visit(world.duc), build="1.1.9+abc")
    assert (answer["results"][0]["status"], answer["min_build"]) == ("applied", "1.2.0")


def test_old_build_without_operations_is_answered_outdated(lan: Phone) -> None:
    answer = lan.send(build="1.1.9")
    assert (answer.status_code, answer.json()) == (
        426,
        {"proto": 1, "error": "outdated", "min_build": "1.2.0"},
    )


def test_new_build_gets_no_min_build(lan: Phone) -> None:
    assert "min_build" not in lan.exchange(build="1.10.0+abc")


@cases(
    "build, older",
    [("1.1.9", True), ("1.2.0", False), ("1.10.0", False), ("1.2.0+0f", False), ("", True), ("dev", True)],
)
def test_builds_are_compared_by_their_numbers(build: str, older: bool) -> None:
    assert is_older(build, "1.2.0") is older
