"""Settings: environment variables named TUNGNHA_*, read once, passed down, never global."""

import ipaddress
import os
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, ValidationInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict
from pyrage import RecipientError, x25519
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "TUNGNHA_"
MAX_WORKERS = 16
THREADS = 40  # of all workers of a server together
MIN_THREADS = 8
MAX_LINE = 200  # characters of a name that papers print
_DRIVERS = ("sqlite+pysqlite", "postgresql+psycopg")
_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_NUMBERS = re.compile(r"[\d.]+")
_PUBLIC_URL = re.compile(r"https?://[^\s/?#@]+/?")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}")
FactorDemand = Literal["none", "offered", "required"]
_BUILD = re.compile(r"\d{1,9}(\.\d{1,9}){0,4}([+-][\w.+-]{0,40})?", re.ASCII)


class SettingRefused(Exception):  # noqa: N818 - a fact, named as such
    """An invalid environment; `sentence` names the variable, never a database's address."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def _address(value: str) -> str:
    if not value:
        return value
    expected = "it is sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE"
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        raise ValueError(expected) from None
    if _driver(url) not in _DRIVERS:
        raise ValueError(expected)
    if not url.database or url.database == ":memory:":
        raise ValueError("it names no database")
    return value


def _replica(value: str, info: ValidationInfo) -> str:
    if not value:
        return value
    primary = info.data.get("database_url", "")
    if not primary or make_url(primary).get_backend_name() == "sqlite":
        raise ValueError("a SQLite file has no replica, and TUNGNHA_DATABASE_URL names no PostgreSQL")
    try:
        is_postgresql = make_url(_address(value)).get_backend_name() == "postgresql"
    except ValueError:
        is_postgresql = False
    if not is_postgresql:
        raise ValueError("it is postgresql+psycopg://USER:PASSWORD@HOST/DATABASE")
    return value


def _driver(url: URL) -> str:
    """Backend and driver (*postgresql+psycopg*), also if the address names only the backend."""
    try:
        return f"{url.get_backend_name()}+{url.get_driver_name()}"
    except (ArgumentError, ImportError):
        return url.drivername


def _host(value: str) -> str:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        if _NUMBERS.fullmatch(value) or not _HOST_NAME.fullmatch(value):
            raise ValueError("it is an address such as 127.0.0.1, or a name") from None
    return value


def _public_url(value: str) -> str:
    if value and not _PUBLIC_URL.fullmatch(value):
        raise ValueError("it is https://NAME, without a path")
    return value


def _build(value: str) -> str:
    if value and not _BUILD.fullmatch(value):
        raise ValueError("it is a number such as 1.4.0")
    return value


def _path(value: object) -> object:
    if value == "":
        raise ValueError("it is empty")
    return value


FilePath = Annotated[Path, BeforeValidator(_path)]


def _hosts(value: str) -> str:
    if value and not all(_HOST_NAME.fullmatch(name) for name in value.split(",")):
        raise ValueError("it is a name such as tungnha.example, or several with commas between them")
    return value


def _proxies(value: str) -> str:
    for name in value.split(",") if value else []:
        try:
            network = ipaddress.ip_network(name)
        except ValueError:
            raise ValueError(
                "it is an address or a network such as 172.30.71.0/24, or several with commas"
            ) from None
        if not network.prefixlen:
            raise ValueError("it is every address: anybody could take another's")
    return value


def _token(value: str) -> str:
    if value and not _TOKEN.fullmatch(value):
        raise ValueError("it is 20 to 100 letters, digits, - and _")
    return value


def _line(value: str) -> str:
    if len(value) > MAX_LINE or not value.isprintable():
        raise ValueError(f"it is one line of at most {MAX_LINE} characters")
    return value


def valid_public_key(value: str) -> str:
    """A public key of age, or nothing. Raises `ValueError`."""
    try:
        return str(x25519.Recipient.from_str(value)) if value else value
    except RecipientError:
        raise ValueError("it is age1…, as backup-keys prints it") from None


def _full_path(value: Path | None) -> Path | None:
    if value and not value.is_absolute():
        raise ValueError("it is a path that begins with /")
    return value


class Settings(BaseSettings):
    """One instance's settings.

    `mode`: `demo` (invented commune, reusable invite codes, plain HTTP, loopback only) or `production`.
    `data_dir`: folder of the SQLite file.
    `database_url`: `sqlite:///…` or `postgresql+psycopg://…`; empty means SQLite in `data_dir`.
    `read_url`: a standby of that PostgreSQL, from which the desk's pages that only show something, and its
    files, are read; empty: none.
    `public_url`: where people open the app, `https://…` without a path; empty means `host` and the port.
    `allowed_hosts`: further names that a production server answers to, separated by commas. It always answers
    to the name of `public_url` and to the names of this machine.
    `trusted_proxies`: addresses and networks, separated by commas, of the web servers whose
    `X-Forwarded-For` says where a request came from; empty means this machine.
    `min_build`: the oldest build of the phone's app that gets changes; an older one can still send its queue
    and is asked to update.
    `desk_log`: the file of the desk log; keep it on another disk than the database.
    `id_key_file`: with the id key; if none is set it is beside a SQLite file, and in a PostgreSQL database.
    `backup_dir`: the place of nightly backups, best on another disk or machine.
    `backup_public_key`: the key of age for which they are encrypted.
    `metrics_token`: what a request for `/metrics` has to bring; empty: there are no metrics.
    `after_promotion`: what a server does that finds itself on another timeline of PostgreSQL:
    `begin-history`, as the command does; `same-history`, if the standby was synchronous and has everything;
    `refuse`: answer no phone until somebody has run `begin-history`.
    `second_factor`: whether everybody who signs in at the desk of a production server must set up a second
    factor (`required`) or may (`offered`); whoever has one is always asked. Demo mode asks for none.
    `encrypted_at_rest`: whether the operator states that the database's disk is encrypted; empty: not stated.
    `hosted_by`: who runs the machine, as the papers of communes name them.
    `workers`: the processes of a server; each has its share of threads and of connections to PostgreSQL.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    mode: Literal["demo", "production"] = "demo"
    data_dir: FilePath = Path("var")
    database_url: Annotated[str, AfterValidator(_address)] = ""
    read_url: Annotated[str, AfterValidator(_replica)] = ""
    host: Annotated[str, AfterValidator(_host)] = "127.0.0.1"
    public_url: Annotated[str, AfterValidator(_public_url)] = ""
    allowed_hosts: Annotated[str, AfterValidator(_hosts)] = ""
    trusted_proxies: Annotated[str, AfterValidator(_proxies)] = ""
    min_build: Annotated[str, AfterValidator(_build)] = ""
    desk_log: FilePath | None = None
    id_key_file: FilePath | None = None
    backup_dir: Annotated[FilePath | None, AfterValidator(_full_path)] = None
    backup_public_key: Annotated[str, AfterValidator(valid_public_key)] = ""
    metrics_token: Annotated[str, AfterValidator(_token)] = ""
    after_promotion: Literal["begin-history", "same-history", "refuse"] = "begin-history"
    second_factor: Literal["required", "offered"] = "required"
    encrypted_at_rest: Literal["", "yes", "no"] = ""
    hosted_by: Annotated[str, AfterValidator(_line)] = ""
    workers: Annotated[int, Field(ge=1, le=MAX_WORKERS)] = 1

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the environment. Raises `SettingRefused` for an invalid value or an unknown name."""
        for name in os.environ:
            if name.upper().startswith(PREFIX) and name[len(PREFIX) :].lower() not in cls.model_fields:
                raise SettingRefused(_unknown(name))
        try:
            return cls()
        except ValidationError as error:
            raise SettingRefused(_sentence(error.errors(include_input=False)[0])) from None

    @property
    def is_demo(self) -> bool:
        """Whether `mode` is `demo`."""
        return self.mode == "demo"

    @property
    def factor_demand(self) -> FactorDemand:
        """What is asked of those who sign in at the desk besides the password."""
        return "none" if self.is_demo else self.second_factor

    @property
    def public_hosts(self) -> frozenset[str]:
        """The names of `public_url` and `allowed_hosts`; none in demo mode, whose passwords are public."""
        public = urlsplit(self.public_url).hostname or ""
        names = frozenset({public, *self.allowed_hosts.lower().split(",")} - {""})
        return frozenset() if self.is_demo else names

    def answers_to(self, host: str) -> bool:
        """Whether a server answers to this name: in demo mode to addresses of this machine only."""
        if not self.is_demo:
            return host in self.public_hosts
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False

    @property
    def proxies(self) -> list[str]:
        """The addresses and networks of `trusted_proxies`; loopback if there are none."""
        return self.trusted_proxies.split(",") if self.trusted_proxies else ["127.0.0.1", "::1"]

    @property
    def database(self) -> str:
        """The database's address; that of the SQLite file if none is set."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'tungnha.sqlite3'}"

    @property
    def threads(self) -> int:
        """How many requests one worker works on at a time."""
        return max(MIN_THREADS, THREADS // self.workers)

    def local_address(self, port: int) -> str:
        """Where the server listens."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{port}"

    def address(self, port: int) -> str:
        """Where people open the app, without a slash at the end."""
        return self.public_url.rstrip("/") or self.local_address(port)

    @property
    def database_shown(self) -> str:
        """The database's address without passwords, for people to read."""
        url = make_url(self.database)
        shown = {name: value for name, value in url.query.items() if "password" not in name.lower()}
        return url.set(query=shown).render_as_string(hide_password=True)

    @property
    def sqlite_file(self) -> Path | None:
        """The file of a SQLite database, None for another kind."""
        url = make_url(self.database)
        return Path(url.database or "") if url.get_backend_name() == "sqlite" else None

    @property
    def key_file(self) -> Path | None:
        """Where the id key is; None if the database has it."""
        return self.id_key_file or (Path(f"{self.sqlite_file}.key") if self.sqlite_file else None)

    @property
    def desk_log_file(self) -> Path:
        """The file of the desk log; in the data folder if none is set."""
        return self.desk_log or self.data_dir / "desk-log.jsonl"


def _unknown(name: str) -> str:
    known = [f"{PREFIX}{field.upper()}" for field in Settings.model_fields]
    (nearest,) = get_close_matches(name.upper(), known, n=1, cutoff=0)
    shown = "".join(character if character.isprintable() else "?" for character in name)
    return f"There is no setting {shown}: is it {nearest}?"


def _sentence(error: ErrorDetails) -> str:
    """*TUNGNHA_MODE: it is 'demo' or 'production'.*"""
    message = error["msg"].removeprefix("Value error, ").replace("Input should be", "it is")
    return f"{PREFIX}{str(error['loc'][0]).upper()}: {message}."
