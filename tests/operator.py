"""The operator's commands: within the test's own process, or in one of their own as an operator runs them."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner, Result

from app.cli import cli

# What is typed where a command cannot do without; an option that is not here is given a word.
WORDS = {"name": "Lê Văn Thử", "phone": "0912345678", "hamlet": "Thôn Đông", "commune": "00004"}
# What a command asks for in one of several ways.
ONE_OF = {"end-account": ["--phone", WORDS["phone"]]}


def commands() -> dict[str, Any]:
    """Every command by its name, as click knows it."""
    group: Any = typer.main.get_command(cli)
    found: dict[str, Any] = group.commands
    return found


def line(name: str, file: Path) -> list[str]:
    """The command with all that it asks for; `file` where it asks for one."""
    words = [name, *ONE_OF.get(name, [])]
    for asked in commands()[name].params:
        if asked.required:
            value = str(file) if asked.name == "file" else WORDS.get(asked.name, "thu")
            words += [asked.opts[0], value] if asked.param_type_name == "option" else [value]
    return words


def run(url: str, *arguments: str, **settings: str) -> Result:
    """A command against a database, with further settings; a traceback fails the test."""
    before = os.umask(0o022)  # a command changes it for its process, which here is the tests'
    try:
        done = CliRunner().invoke(cli, arguments, env={"TUNGNHA_DATABASE_URL": url} | settings)
    finally:
        os.umask(before)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def run_alone(url: str, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The same in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        env=os.environ | {"TUNGNHA_DATABASE_URL": url} | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
