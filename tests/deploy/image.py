"""Runs the steps of deploy/Containerfile in folders, where no container runtime is at hand."""

import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.deploy.debian import Debian
from tests.deploy.installed import files_of_project
from tests.docs.sources import ROOT


@dataclass
class Stage:
    """One `FROM` and what follows it."""

    name: str
    machine: Debian
    folder: str = "/"
    user: str = "root"
    environment: dict[str, str] = field(default_factory=dict)
    command: list[str] = field(default_factory=list)


def build(file: Path, base: Path, folder: Path) -> Stage:
    """Run the steps of a Containerfile; its last stage. Each stage starts as a copy of `base`."""
    stages: dict[str, Stage] = {}
    stage: Stage | None = None
    for word, rest in steps(file):
        if word == "FROM":
            name = rest.partition(" AS ")[2] or str(len(stages))
            subprocess.run(["cp", "--archive", str(base), str(folder / name)], check=True)
            stage = stages[name] = Stage(name, Debian(folder / name))
        elif stage is not None:
            _apply(word, rest, stage, stages)
    assert stage is not None
    return stage


def steps(file: Path) -> list[tuple[str, str]]:
    """The instructions of a Containerfile and their arguments."""
    lines = [line for line in file.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def _apply(word: str, rest: str, stage: Stage, stages: dict[str, Stage]) -> None:
    if word == "RUN":
        stage.machine.run(rest, stage.folder, **stage.environment)
    elif word == "WORKDIR":
        stage.folder = rest
        _inside(stage, rest).mkdir(parents=True, exist_ok=True)
    elif word == "ENV":
        name, _, value = rest.partition("=")
        stage.environment[name] = value
    elif word == "USER":
        stage.user = rest
    elif word == "COPY":
        _copy(rest, stage, stages)
    elif word == "CMD":
        stage.command = re.findall(r'"([^"]+)"', rest)
    else:
        assert word in ("VOLUME", "EXPOSE", "HEALTHCHECK"), f"the test does not know {word}"


def _copy(rest: str, stage: Stage, stages: dict[str, Stage]) -> None:
    origin, *paths = shlex.split(rest) if rest.startswith("--from=") else ["", *shlex.split(rest)]
    source, target = paths
    if origin:
        its = stages[origin.removeprefix("--from=")]
        shutil.copytree(_inside(its, source), _inside(stage, target), symlinks=True)
        return
    assert (source, target) == (".", "."), "the test copies the whole project"
    for name in files_of_project("--cached"):
        copy = _inside(stage, stage.folder) / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, copy)


def _inside(stage: Stage, path: str) -> Path:
    return stage.machine.root / path.lstrip("/")
