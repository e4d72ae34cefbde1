"""What a phone practises with is what the server gives a commune that begins."""

import json
import re
import runpy

import pytest

from app.commune.guides.library import add_guides
from app.core.db import Database
from app.core.types import JsonObject
from tests.contract.renderers import ROOT
from tests.phone import Phone
from tests.world import World


def test_practice_has_the_catalog_and_guides_of_a_commune_that_begins(
    lan: Phone, world: World, database: Database
) -> None:
    database.write(lambda session: add_guides(session, world.commune_id))
    text = (ROOT / "static/dist/field/practiceRows.js").read_text(encoding="utf-8")
    built = {name: json.loads(rows) for name, rows in re.findall(r"export const (\w+) = (.*);\n", text)}
    services = lan.exchange()["changes"]["service"]
    guides = lan.exchange(guide_cursor=0)["changes"]["guide"]
    assert without_numbers(built["SERVICES"]) == without_numbers(services)
    assert without_numbers(built["GUIDES"]) == without_numbers(guides)
    assert len(built["SERVICES"]) >= 25
    assert len(built["GUIDES"]) >= 25


def test_practice_is_built_anew_when_a_fact_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    build = ROOT / "service_worker/build"
    monkeypatch.syspath_prepend(build)
    sources = runpy.run_path(str(build / "__main__.py"), run_name="builder")["PRACTICE_SOURCES"]
    facts = ROOT / "app/core/law/facts.toml"
    assert {facts, *facts.parents} & set(sources)


def without_numbers(rows: list[JsonObject]) -> list[JsonObject]:
    """As every commune has them, in their order: each numbers its own changes."""
    ordered = sorted(rows, key=lambda row: str(row.get("id", row.get("code"))))
    return [{name: value for name, value in row.items() if name != "feed_seq"} for row in ordered]
