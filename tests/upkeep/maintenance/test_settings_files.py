"""The operator's command reads its settings as systemd does, not as a shell."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.upkeep.maintenance.settings_files import LineError, parse
from tests.cases import cases
from tests.e2e.server import ROOT

ADDRESS = "postgresql+psycopg://tungnha:a$b#c`d@db/tungnha?sslmode=require&application_name=x"


@cases(
    "text, value",
    [
        (f"A={ADDRESS}", ADDRESS),
        ("A=", ""),
        ("A=x y  \t", "x y"),
        ("A =  x", "x"),
        ("  A=x", "x"),
        ("A=x#y ;z", "x#y ;z"),
        ("A='x $y \"z\"'", 'x $y "z"'),
        ('A="x \\"y\\" \\$z \\n"', 'x "y" $z \\n'),
        ("A='x' \"y\" z", "xyz"),
        ("A=x 'y'", "x 'y'"),
        ("A=x\\ y\\\\", "x y\\"),
        ("A=x\\\ny", "xy"),
        ('A="x\ny"', "x\ny"),
        ("A=$HOME `id` $(id)", "$HOME `id` $(id)"),
        ("A=x\r\nB=y\r\n", "x"),
        ("# A=y\nA=x", "x"),
        (";A=y\n\nA=x", "x"),
        ("A=y\nA=x", "x"),
    ],
)
def test_value_is_what_systemd_reads(text: str, value: str) -> None:
    assert parse(text)["A"] == value


@cases(
    "text, line",
    [
        ("A", 1),
        ("# x\nexport A=1", 2),
        ("A=1\n\n=x", 3),
        ("A='x\ny'\nB", 3),
        ("1A=x", 1),
        ("# x \\\nA=1", 1),
        ("A='x", 1),
        ('B=1\nA="x\nC=1', 2),
    ],
)
def test_line_that_is_no_assignment_is_refused_by_its_number(text: str, line: int) -> None:
    with pytest.raises(LineError, match=f"^line {line} is no assignment$"):
        parse(text)


def test_command_runs_with_the_settings_of_all_files_and_its_own_arguments(tmp_path: Path) -> None:
    one, other = tmp_path / "settings.env", tmp_path / "address.env"
    one.write_text(f"TUNGNHA_DATABASE_URL={ADDRESS}\n")
    other.write_text("TUNGNHA_PUBLIC_URL=https://tungnha.example\n")
    names = "TUNGNHA_DATABASE_URL", "TUNGNHA_PUBLIC_URL"
    show = f"import os, sys; print(*(os.environ[name] for name in {names}), *sys.argv[1:], sep='\\n')"
    done = _run(one, other, "--", sys.executable, "-c", show, "--name", "Bùi Thị Na")
    assert done.stdout.splitlines() == [ADDRESS, "https://tungnha.example", "--name", "Bùi Thị Na"]


def test_file_that_cannot_be_read_ends_with_a_sentence_without_its_content(tmp_path: Path) -> None:
    file = tmp_path / "settings.env"
    file.write_text("A=1\nmat-khau\n")
    for path, sentence in ((file, "line 2 is no assignment."), (tmp_path / "none", "No such file")):
        done = _run(path, "--", sys.executable, "-c", "print('ran')")
        assert (done.returncode, done.stdout, sentence in done.stderr) == (2, "", True)
        assert "mat-khau" not in done.stderr


def test_operators_command_reads_the_files_of_the_service() -> None:
    unit = (ROOT / "deploy" / "systemd" / "tung-nha.service").read_text("utf-8")
    files = [line.partition("=")[2] for line in unit.splitlines() if line.startswith("EnvironmentFile=")]
    command = (ROOT / "deploy" / "tung-nha").read_text("utf-8")
    assert f"app.upkeep.maintenance.settings_files {' '.join(files)} -- " in command


def _run(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-I", "-m", "app.upkeep.maintenance.settings_files", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)
