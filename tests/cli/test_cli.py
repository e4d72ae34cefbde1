"""The operator's commands that start an instance, and who can sign in then."""

import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
from sqlmodel import SQLModel, col, func, select

from app.cli import cli
from app.commune.accounts.access import FIELD_ROLES
from app.commune.accounts.models import Account
from app.commune.areas import Commune, Province
from app.core.db import Database
from app.fieldwork.households.models import Household
from app.fieldwork.remarks.models import KINDS, ReportRemark
from app.fieldwork.visits.models import Visit
from tests.operator import commands, run


def count(database: Database, model: type[SQLModel]) -> int:
    return database.read(lambda session: session.exec(select(func.count()).select_from(model)).one())


def test_tung_nha_is_the_same_program_and_answers_help() -> None:
    project = tomllib.loads(Path(__file__).parents[2].joinpath("pyproject.toml").read_text("utf-8"))[
        "project"
    ]
    module, name = project["scripts"]["tung-nha"].split(":")
    assert getattr(import_module(module), name) is cli
    script = Path(sys.executable).with_name("tung-nha")
    assert script.exists(), "make build installs it"
    answer = subprocess.run([script, "--help"], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert [name for name in commands() if name not in answer.stdout] == []


def test_areas_are_loaded_whole_and_only_once(database_url: str, database: Database) -> None:
    for _ in range(2):
        assert "34 provinces, 3321 communes" in run(database_url, "load-areas").stdout
    assert (count(database, Province), count(database, Commune)) == (34, 3321)


@pytest.mark.both_databases
def test_demo_is_loaded_once_and_is_as_large_as_promised(database_url: str, database: Database) -> None:
    assert "loaded" in run(database_url, "seed-demo").stdout
    first = (count(database, Household), count(database, Visit))
    assert "nothing loaded" in run(database_url, "seed-demo").stdout
    assert (count(database, Household), count(database, Visit)) == first
    assert first[0] >= 400
    of_teams = select(Account).where(col(Account.role).in_(FIELD_ROLES))
    volunteers = database.read(lambda s: s.exec(of_teams).all())
    assert len(volunteers) == 12 + 1, "twelve with a phone, one who has not signed in yet"
    numbers = select(Account.contact_phone).where(Account.role == "supervisor")
    assert database.read(lambda s: s.exec(numbers).all()) == ["+84900000014"], "phones have whom to call"
    days = database.read(lambda s: {visit.counted_on for visit in s.exec(select(Visit))})
    assert (max(days) - min(days)).days >= 55
    remarks = database.read(lambda s: s.exec(select(ReportRemark)).all())
    written = {(one.kind, "phone" if one.device_id else "desk") for one in remarks}
    assert written == {(kind, where) for kind in KINDS for where in ("phone", "desk")}


def test_demo_is_refused_in_production(database_url: str) -> None:
    assert run(database_url, "seed-demo", TUNGNHA_MODE="production").exit_code == 2


def test_demo_does_not_start_on_an_address_that_others_reach(database_url: str) -> None:
    refused = run(database_url, "serve", TUNGNHA_HOST="0.0.0.0")
    assert refused.exit_code == 2
    assert "does not start on 0.0.0.0" in refused.stderr


def test_production_does_not_serve_a_database_with_public_passwords(database_url: str) -> None:
    run(database_url, "seed-demo")
    refused = run(database_url, "serve", TUNGNHA_MODE="production")
    assert refused.exit_code == 2
    assert "was begun in demo mode" in refused.stderr


def test_names_that_are_none_are_refused(database_url: str) -> None:
    for name in ("", "  ", "a\u202eb"):
        who = ("--name", name, "--sign-in-name", "na", "--commune", "00004")
        assert run(database_url, "supervisor", *who).exit_code == 2, name


def test_sign_in_name_of_another_commune_is_refused(database_url: str) -> None:
    who = ("supervisor", "--name", "Bùi Thị Na", "--sign-in-name", "na", "--commune")
    assert run(database_url, *who, "00004").exit_code == 0
    refused = run(database_url, *who, "00008")
    assert (refused.exit_code, "choose another" in refused.stderr) == (2, True)


def test_real_commune_begins_with_a_supervisor_and_an_invite(database_url: str) -> None:
    begun = run(
        database_url, "supervisor", "--name", "Bùi Thị Na", "--sign-in-name", "na", "--commune", "00004"
    )
    assert re.search(r"Mật khẩu: \S{10,}", begun.stdout)
    who = ("--name", "Lê Văn Thử", "--phone", "0912 345 678", "--hamlet", "Tổ dân phố số 9")
    refused = run(database_url, "invite", *who)
    assert (refused.exit_code, "--create-hamlet" in refused.stderr) == (2, True)
    invited = run(database_url, "invite", *who, "--create-hamlet")
    assert re.search(r"^Mã mời: \d{8}$", invited.stdout, re.MULTILINE)


def test_hamlet_is_found_as_people_type_it_and_a_number_that_is_none_is_refused(database_url: str) -> None:
    run(database_url, "seed-demo")
    person = ("invite", "--name", "Lê Văn Thử", "--phone")
    for number, hamlet in enumerate(("Thôn Đông", "thôn đông", "thon dong")):
        invited = run(database_url, *person, f"091234567{number}", "--hamlet", hamlet)
        assert re.search(r"^Mã mời: \d{8}$", invited.stdout, re.MULTILINE), hamlet
    refused = run(database_url, *person, "mười", "--hamlet", "Thôn Đông")
    assert (refused.exit_code, "phone number" in refused.stderr) == (2, True)


def test_folder_of_the_database_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "mới" / "var"
    assert run("", "load-areas", TUNGNHA_DATA_DIR=str(folder)).exit_code == 0
    assert (folder / "tungnha.sqlite3").exists()
