"""The compiler's error and its descriptions of constructs."""

from jinja2 import nodes


class NotInSubset(Exception):  # noqa: N818 - errors are named for the fact
    """A template uses something that does not compile; the message starts with ``file:line``."""

    def __init__(self, file: str, line: int, what: str) -> None:
        super().__init__(f"{file}:{line}: {what}")


_TAGS: dict[type[nodes.Node], str] = {
    nodes.AssignBlock: "{% set %} with a body",
    nodes.Break: "{% break %}",
    nodes.CallBlock: "{% call %}",
    nodes.Continue: "{% continue %}",
    nodes.ExprStmt: "{% do %}",
    nodes.FilterBlock: "{% filter %}",
    nodes.FromImport: "{% from … import … %}",
    nodes.Import: "{% import %} (write {% from … import … %})",
    nodes.Macro: "{% macro %}",
    nodes.Scope: "{% autoescape %}",
    nodes.With: "{% with %}",
    nodes.Div: "/",
    nodes.FloorDiv: "//",
    nodes.Mod: "%",
    nodes.Mul: "*",
    nodes.Neg: "a minus sign before a value",
    nodes.Pos: "a plus sign before a value",
    nodes.Pow: "**",
    nodes.Slice: "a slice",
    nodes.Tuple: "a tuple",
}


def describe(node: nodes.Node) -> str:
    """The construct as it is written in a template, for an error message."""
    return _TAGS.get(type(node), type(node).__name__)
