"""Run the operator's commands: in the test's process, in a fork of one that has imported the app, or in a
subprocess as an operator does."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import typer
from sqlalchemy import make_url
from typer.testing import CliRunner, Result

from app.cli import cli
from tests.e2e import fork_server

# Values of required options; any other option gets an arbitrary word.
REQUIRED_VALUES = {"name": "Lê Văn Thử", "phone": "0912345678", "hamlet": "Thôn Đông", "commune": "00004"}
# One of the alternative options of a command that requires one of them.
ALTERNATIVES = {"end-account": ["--phone", REQUIRED_VALUES["phone"]]}


def commands() -> dict[str, Any]:
    """The click command objects by name, without `backup-keys`, which uses no database."""
    group: Any = typer.main.get_command(cli)
    return {name: command for name, command in group.commands.items() if name != "backup-keys"}


def minimal_arguments(name: str, file: Path) -> list[str]:
    """The command with its required arguments and options; `file` for an argument of that name."""
    words = [name, *ALTERNATIVES.get(name, [])]
    for parameter in commands()[name].params:
        if parameter.required:
            value = str(file) if parameter.name == "file" else REQUIRED_VALUES.get(parameter.name, "thu")
            words += [parameter.opts[0], value] if parameter.param_type_name == "option" else [value]
    return words


def _addresses(url: str) -> dict[str, str]:
    """The settings of a database; a SQLite file has a data folder of its own, where no other test was."""
    parsed = make_url(url) if url.startswith("sqlite") else None
    folder = {"TUNGNHA_DATA_DIR": str(Path(parsed.database).parent)} if parsed and parsed.database else {}
    return {"TUNGNHA_DATABASE_URL": url} | folder


def run(url: str, *arguments: str, **settings: str) -> Result:
    """Run a command in this process; a traceback fails the test."""
    before = os.umask(0o022)  # a command changes the umask of its process, which is the tests' own
    try:
        done = CliRunner().invoke(cli, arguments, env=_addresses(url) | settings)
    finally:
        os.umask(before)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def run_forked(url: str, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own, without the second that `run_subprocess` takes for imports."""
    return fork_server.run_forked(arguments, os.environ | _addresses(url) | settings)


def run_subprocess(url: str, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a subprocess."""
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        env=os.environ | _addresses(url) | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
