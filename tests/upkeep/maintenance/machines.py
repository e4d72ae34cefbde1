"""Machines that each have a database and an id key, with secrets that only this key can read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from sqlmodel import Session, select

from app.commune.second_factor import factors
from app.commune.second_factor.models import APP, SecondFactor
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.db import Database
from app.core.id_key import encryption
from app.core.id_key.stored import id_key
from app.sync.export import keys
from tests import operator
from tests.conftest import NewPostgres

SUPERVISOR = ("--name", "Hoàng Văn Bình", "--sign-in-name", "binh", "--commune", "06391")
SECRET = "JBSWY3DPEHPK3PXP"


@dataclass
class Machine:
    """A machine with a database of its own, and a file for the id key apart from it."""

    url: str
    folder: Path

    @property
    def key_file(self) -> Path:
        return self.folder / "apart" / "id-key"

    @property
    def settings(self) -> Settings:
        return Settings(database_url=self.url, data_dir=self.folder, id_key_file=self.key_file)

    def run(self, *words: str, **more: str) -> CompletedProcess[str]:
        """In a process of its own: a restore waits until nobody has the database open."""
        key_file = {"TUNGNHA_ID_KEY_FILE": str(self.key_file)}
        return operator.run_forked(self.url, *words, TUNGNHA_DATA_DIR=str(self.folder), **key_file | more)

    def must(self, *words: str, **more: str) -> str:
        done = self.run(*words, **more)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def open(self) -> Database:
        return Database(self.url, key_file=self.key_file)

    def key(self) -> str:
        database = self.open()
        try:
            return database.read(id_key)
        finally:
            database.close()

    def begin(self) -> None:
        """A commune with what is encrypted with the key: a key of export files, an authenticator app."""
        self.must("supervisor", *SUPERVISOR)
        self.must("new-export-key", "--commune", "06391")
        database = self.open()
        database.write(_add_app)
        database.close()

    def secrets(self) -> list[str]:
        """What can be decrypted: the private keys and the apps' secrets."""
        database = self.open()
        try:
            return database.read(_read_secrets)
        finally:
            database.close()


def _add_app(session: Session) -> None:
    stored = encryption.encrypt(session, factors.PURPOSE, SECRET, "an-app")
    session.add(
        SecondFactor(id="an-app", sign_in_name="binh", kind=APP, name="", secret=stored, added_at=utc_now())
    )


def _read_secrets(session: Session) -> list[str]:
    apps = session.exec(select(SecondFactor)).all()
    read = [encryption.decrypt(session, factors.PURPOSE, app.secret, app.id) for app in apps]
    return read + [key.private_key for key in keys.keys_in_plain(session)]


NewMachine = Callable[[str], Machine]


@pytest.fixture(params=["sqlite"])
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewMachine]:
    """Makes machines with SQLite; a test whose database matters asks for the other one as well."""
    removals: list[Callable[[], None]] = []

    def new(name: str) -> Machine:
        folder = tmp_path / name
        (folder / "apart").mkdir(parents=True)
        url = f"sqlite:///{folder / 'data.sqlite3'}"
        if request.param == "postgresql":
            postgres: NewPostgres = request.getfixturevalue("new_postgres")
            url, remove = postgres("template0")
            removals.append(remove)
        return Machine(url, folder)

    yield new
    for remove in removals:
        remove()
