"""A parsed template file: its outline, macros and references to other files."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from jinja2 import Environment, TemplateNotFound, TemplateSyntaxError, nodes
from jinja2.defaults import DEFAULT_NAMESPACE

from .errors import NotInSubset, describe

_GETTEXT = {"_", "gettext", "ngettext", "pgettext", "npgettext"}
_SPECIAL = {"loop", "self", "super", "caller", "varargs", "kwargs"}
_RESERVED = _SPECIAL | _GETTEXT | set(DEFAULT_NAMESPACE)
_IDENTIFIER = re.compile(r"(?!__)[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


@dataclass(frozen=True)
class Macro:
    """A macro's signature and its JavaScript function."""

    function: str
    parameters: tuple[str, ...]
    required: int
    node: nodes.Macro


@dataclass(eq=False)
class Source:
    """A parsed file.

    ``macros`` are those it may call, its own and the imported ones, by local name. Compiling it fills
    ``context_names`` (the names it reads from the context, each with a line) and ``references`` (the files it
    extends and includes).
    """

    name: str
    tree: nodes.Template
    parent: str | None = None
    imports: list[nodes.FromImport] = field(default_factory=list)
    own_macros: dict[str, Macro] = field(default_factory=dict)
    macros: dict[str, Macro] = field(default_factory=dict)
    context_names: dict[str, int] = field(default_factory=dict)
    references: set[str] = field(default_factory=set)

    @property
    def is_macro_library(self) -> bool:
        kinds = {type(node) for node in statements(self.tree)}
        return nodes.Macro in kinds and kinds <= {nodes.Macro, nodes.FromImport}

    @property
    def function_prefix(self) -> str:
        """The prefix of the names of this file's functions in JavaScript."""
        return re.sub(r"\W", "_", self.name.removesuffix(".html"), flags=re.ASCII)

    @property
    def blocks(self) -> dict[str, nodes.Block]:
        return {block.name: block for block in self.tree.find_all(nodes.Block)}

    @property
    def page_function(self) -> str:
        return f"{self.function_prefix}$page"

    def block_function(self, name: str) -> str:
        return f"{self.function_prefix}$block_{name}"

    def refuse(self, node: nodes.Node, what: str) -> NotInSubset:
        lines = (part.lineno for part in [node, *node.find_all(nodes.Node)])  # some nodes of Jinja2 have none
        return NotInSubset(self.name, next(line for line in lines if line), what)

    def check_name(self, node: nodes.Node, name: str) -> None:
        """Refuse a variable name that Jinja2 reserves."""
        if name in _RESERVED:
            raise self.refuse(node, f"the name {name} belongs to Jinja2")
        self.check_identifier(node, name)

    def check_identifier(self, node: nodes.Node, name: str) -> None:
        if not _IDENTIFIER.fullmatch(name):
            raise self.refuse(node, f"the name {name}: use a-z, 0-9 and _, and do not start with __")


def parse(environment: Environment, name: str, referrer: tuple[str, int]) -> Source:
    """Read and parse a file; ``referrer`` is the file and line that refers to it.

    Raises NotInSubset also for a missing file and for a syntax error.
    """
    assert environment.loader is not None
    try:
        text, path, _ = environment.loader.get_source(environment, name)
        tree = environment.parse(text, name, path)
    except TemplateNotFound as missing:
        raise NotInSubset(*referrer, f"there is no template {missing.name}") from missing
    except TemplateSyntaxError as error:
        raise NotInSubset(name, error.lineno, error.message or "syntax error") from error
    source = Source(name, tree)
    _find_parent(source)
    _find_macros(source)
    return source


def template_name(source: Source, node: nodes.Include | nodes.Extends | nodes.FromImport) -> str:
    """The file that a tag names, which must be a constant."""
    if isinstance(node.template, nodes.Const) and isinstance(node.template.value, str):
        return node.template.value
    raise source.refuse(node, "the name of a template must be a string")


def statements(tree: nodes.Template) -> Iterator[nodes.Node]:
    """The statements of a file without the white space between them."""
    return (node for node in tree.body if not is_blank(node))


def is_blank(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Output) and all(
        isinstance(part, nodes.TemplateData) and not part.data.strip() for part in node.nodes
    )


def _find_parent(source: Source) -> None:
    extends = list(source.tree.find_all(nodes.Extends))
    if not extends:
        return
    if extends != source.tree.body[:1]:
        raise source.refuse(extends[-1], "{% extends %} comes first in the file, and once")
    source.parent = template_name(source, extends[0])
    for node in list(statements(source.tree))[1:]:
        if not isinstance(node, (nodes.Block, nodes.Assign, nodes.FromImport, nodes.Macro)):
            raise source.refuse(node, f"{describe(node)} outside the blocks of a child template")


def _find_macros(source: Source) -> None:
    """Imports and macros must come first, so that nothing is called before it is defined."""
    leading = list(statements(source.tree))[1 if source.parent else 0 :]
    declarations = itertools.takewhile(
        lambda node: isinstance(node, (nodes.FromImport, nodes.Macro)), leading
    )
    for node in declarations:
        if isinstance(node, nodes.Macro):
            source.own_macros[node.name] = _signature(source, node)
        elif isinstance(node, nodes.FromImport):
            source.imports.append(node)
            if node.with_context:
                raise source.refuse(node, f"{describe(node)} with context")
    source.macros.update(source.own_macros)
    known = [*source.imports, *(macro.node for macro in source.own_macros.values())]
    for node in source.tree.find_all((nodes.FromImport, nodes.Macro)):
        if not any(node is one for one in known):
            raise source.refuse(node, f"{describe(node)} comes before everything but {{% extends %}}")


def _signature(source: Source, node: nodes.Macro) -> Macro:
    source.check_name(node, node.name)
    if node.name in source.own_macros:
        raise source.refuse(node, f"two macros are named {node.name}")
    parameters = tuple(argument.name for argument in node.args)
    for default in node.defaults:
        for name in [default, *default.find_all(nodes.Name)]:
            if isinstance(name, nodes.Name) and name.name in parameters:
                raise source.refuse(node, f"a default that names the parameter {name.name}")
    required = len(node.args) - len(node.defaults)
    return Macro(f"{source.function_prefix}__{node.name}", parameters, required, node)
