"""The operator's commands: within the test's own process, or in one of their own as an operator runs them."""

import os
import subprocess
import sys

from typer.testing import CliRunner, Result

from app.cli import cli


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
    )
