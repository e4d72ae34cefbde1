"""Settings: environment variables named TUNGNHA_*, read once, passed down, never global."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator
from pydantic_settings import BaseSettings, SettingsConfigDict

_PUBLIC_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


def _hosts(value: str) -> str:
    if value and not all(_PUBLIC_HOST.fullmatch(name) for name in value.split(",")):
        raise ValueError("it is a name such as tungnha.example, or several with commas between them")
    return value


class Settings(BaseSettings):
    """One instance's settings.

    `mode`: `demo` (invented commune, invite codes that never wear out, plain HTTP, loopback only)
    or `production`. `data_dir`: folder of the SQLite file. `database_url`: `sqlite:///…` or
    `postgresql+psycopg://…`; empty means SQLite in `data_dir`. `min_build`: the oldest build of the phone's
    app that is given changes; an older one still delivers its queue and is told to update. `desk_log`: the
    file that what is decided at the desk is written down in, besides the database; keep it on another disk.
    `allowed_hosts`: the names that people open a production server by, with commas between them; this
    machine's own are always answered.
    """

    model_config = SettingsConfigDict(env_prefix="TUNGNHA_", frozen=True)

    mode: Literal["demo", "production"] = "demo"
    data_dir: Path = Path("var")
    database_url: str = ""
    host: str = "127.0.0.1"
    min_build: str = ""
    desk_log: Path | None = None
    allowed_hosts: Annotated[str, AfterValidator(_hosts)] = ""

    @property
    def is_demo(self) -> bool:
        return self.mode == "demo"

    @property
    def public_hosts(self) -> frozenset[str]:
        """The names in `allowed_hosts`; none in demo mode, which has public passwords."""
        return frozenset(self.allowed_hosts.lower().split(",")) - {""} if not self.is_demo else frozenset()

    @property
    def database(self) -> str:
        """The database's address, the SQLite file's when none was given."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'tungnha.sqlite3'}"

    @property
    def desk_log_file(self) -> Path:
        """Where the desk log is: in the data folder when nothing was said."""
        return self.desk_log or self.data_dir / "desk-log.jsonl"
