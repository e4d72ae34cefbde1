"""Settings: environment variables named TUNGNHA_*, read once, passed down, never global."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """One instance's settings.

    `mode`: `demo` (invented commune, invite codes that never wear out, plain HTTP, loopback only)
    or `production`. `data_dir`: folder of the SQLite file. `database_url`: `sqlite:///…` or
    `postgresql+psycopg://…`; empty means SQLite in `data_dir`. `min_build`: the oldest build of the phone's
    app that is given changes; an older one still delivers its queue and is told to update. `desk_log`: the
    file that what is decided at the desk is written down in, besides the database; keep it on another disk.
    `public_url`: where people open the app, `https://…` without a path; empty means `host` and the port.
    """

    model_config = SettingsConfigDict(env_prefix="TUNGNHA_", frozen=True)

    mode: Literal["demo", "production"] = "demo"
    data_dir: Path = Path("var")
    database_url: str = ""
    host: str = "127.0.0.1"
    public_url: str = Field(default="", pattern=r"^(https?://[^\s/?#@]+/?)?$")
    min_build: str = ""
    desk_log: Path | None = None

    @property
    def is_demo(self) -> bool:
        return self.mode == "demo"

    @property
    def database(self) -> str:
        """The database's address, the SQLite file's when none was given."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'tungnha.sqlite3'}"

    def address(self, port: int) -> str:
        """Where people open the app, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url.rstrip("/") or f"http://{host}:{port}"

    @property
    def desk_log_file(self) -> Path:
        """Where the desk log is: in the data folder when nothing was said."""
        return self.desk_log or self.data_dir / "desk-log.jsonl"
