"""Compiles Jinja2 statements to JavaScript, one function at a time.

Scopes are resolved by jinja2.idtracking, the analysis that Jinja2 itself compiles with, so that {% set %}
inside {% if %} and {% for %} has exactly the scope that it has in Python.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from jinja2 import nodes
from jinja2.compiler import find_undeclared
from jinja2.idtracking import (
    VAR_LOAD_ALIAS,
    VAR_LOAD_PARAMETER,
    VAR_LOAD_RESOLVE,
    VAR_LOAD_UNDEFINED,
    Symbols,
)

from .errors import describe
from .expressions import Expressions, variable
from .source import Macro, Source, template_name


class Function:
    """Writes the body of one JavaScript function: a file's page, a block or a macro.

    ``page_of`` returns the function name of a file, given its name and the line that includes it.
    """

    def __init__(self, source: Source, page_of: Callable[[str, int], str], in_macro: bool = False) -> None:
        self.source, self.page_of, self.in_macro = source, page_of, in_macro
        self.lines: list[str] = []
        self.depth = 1
        self.loop_count = 0
        self.loops: dict[str, int] = {}
        self.symbols = Symbols()
        self.assigned: set[str] = set()
        self.at_top_level = False

    def page(self, parent: str | None) -> list[str]:
        """The function that renders a file. A child only passes its blocks to its parent's function."""
        self.at_top_level = True
        names = ", ".join(f"{name}: {self.source.block_function(name)}" for name in self.source.blocks)
        if names:
            self.write(f"blocks = {{ {names}, ...blocks }};")
        self.symbols.analyze_node(self.source.tree)
        if parent is None:
            self.begin()
            return self.finish(self.source.tree.body, "html")
        self.declare()
        self.body([node for node in self.source.tree.body if isinstance(node, nodes.Assign)])
        self.write(f"return {parent}(ctx, blocks);")
        return self.lines

    def block(self, node: nodes.Block) -> list[str]:
        self.source.check_identifier(node, node.name)
        self.symbols.analyze_node(node)
        self.begin()
        return self.finish(node.body, "html")

    def macro(self, macro: Macro) -> list[str]:
        node = macro.node
        for argument in node.args:
            self.source.check_name(argument, argument.name)
        self.symbols.analyze_node(node)
        self.begin()
        for argument, default in zip(node.args[macro.required :], node.defaults, strict=True):
            name = variable(self.symbols.ref(argument.name))
            self.write(f"if ({name} === missing) {name} = {self.expressions.value(default)};")
        return self.finish(node.body, "new Markup(html)")

    def begin(self) -> None:
        self.write('let html = "";')
        self.declare()

    def finish(self, body: list[nodes.Node], result: str) -> list[str]:
        self.body(body)
        self.write(f"return {result};")
        return self.lines

    @property
    def expressions(self) -> Expressions:
        return Expressions(self.source, self.symbols, self.loops, self.in_macro)

    def write(self, line: str) -> None:
        self.lines.append("  " * self.depth + line)

    def declare(self) -> None:
        """Declare this scope's variables as Jinja2 does on entering it."""
        for reference, (action, origin) in self.symbols.loads.items():
            name = reference.split("_", 2)[2]
            if name == "_" or name in self.source.macros:
                continue
            self.assigned.discard(reference)
            if action != VAR_LOAD_UNDEFINED and (action != VAR_LOAD_ALIAS or origin in self.assigned):
                self.assigned.add(reference)
            start = ""
            if action == VAR_LOAD_ALIAS:
                start = f" = {variable(origin)}"
            elif action == VAR_LOAD_RESOLVE and not self.in_macro:
                start = f" = ctx.{name}"
            if action != VAR_LOAD_PARAMETER:
                self.write(f"let {variable(reference)}{start};")

    def body(self, body: Iterable[nodes.Node]) -> None:
        for node in body:
            compile_ = _STATEMENTS.get(type(node))
            if compile_ is None:
                raise self.source.refuse(node, f"{describe(node)} is not in the subset")
            compile_(self, node)

    def output(self, node: nodes.Output) -> None:
        self.write(f"html += `{''.join(self.part(part) for part in node.nodes)}`;")

    def part(self, node: nodes.Expr) -> str:
        """A piece of a template literal."""
        if isinstance(node, nodes.TemplateData):
            return node.data.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
        return f"${{{self.expressions.printed(node)}}}"

    def if_(self, node: nodes.If) -> None:
        self.write(f"if ({self.expressions.test(node.test)}) {{")
        self.indented(node.body)
        for branch in node.elif_:
            self.write(f"}} else if ({self.expressions.test(branch.test)}) {{")
            self.indented(branch.body)
        if node.else_:
            self.write("} else {")
            self.indented(node.else_)
        self.write("}")

    def indented(self, body: Iterable[nodes.Node]) -> None:
        self.depth += 1
        self.body(body)
        self.depth -= 1

    def for_(self, node: nodes.For) -> None:
        if node.test or node.recursive:
            raise self.source.refuse(node, "{% for %} with if or recursive is not in the subset")
        if not isinstance(node.target, nodes.Name):
            raise self.source.refuse(node, "{% for %} takes one name")
        self.source.check_name(node.target, node.target.name)
        self.loop_count += 1
        number, counted = self.loop_count, bool(find_undeclared(node.body, ("loop",)))
        self.write(f"const $items{number} = iterate({self.expressions.value(node.iter)});")
        with self.scope(number):
            self.symbols.analyze_node(node, for_branch="body")
            target = variable(self.symbols.ref(node.target.name))
            binding = f"[$i{number}, {target}]" if counted else target
            self.write(f"for (let {binding} of $items{number}{'.entries()' if counted else ''}) {{")
            self.nested(node.body)
        self.write("}")
        if node.else_:
            self.write(f"if ($items{number}.length === 0) {{")
            with self.scope():
                self.symbols.analyze_node(node, for_branch="else")
                self.nested(node.else_)
            self.write("}")

    @contextmanager
    def scope(self, loop: int | None = None) -> Iterator[None]:
        """A nested scope; a loop's scope has its own ``loop``."""
        outer = self.symbols, self.loops, self.at_top_level
        self.symbols, self.loops, self.at_top_level = Symbols(parent=self.symbols), dict(self.loops), False
        if loop is not None:
            self.loops[self.symbols.declare_parameter("loop")] = loop
        yield
        self.symbols, self.loops, self.at_top_level = outer

    def nested(self, body: Iterable[nodes.Node]) -> None:
        self.depth += 1
        self.declare()
        self.body(body)
        self.depth -= 1

    def set_(self, node: nodes.Assign) -> None:
        if not isinstance(node.target, nodes.Name):
            raise self.source.refuse(node, "{% set %} takes one name")
        name = node.target.name
        self.source.check_name(node, name)
        if name in self.source.macros:
            raise self.source.refuse(node, f"{name} is a macro of this file")
        reference = self.symbols.ref(name)
        target = variable(reference)
        self.write(f"{target} = {self.expressions.value(node.node)};")
        self.assigned.add(reference)
        if self.at_top_level:
            self.source.context_names.setdefault(name, node.lineno)
            self.write(f"ctx.{name} = {target};")

    def include(self, node: nodes.Include) -> None:
        if node.ignore_missing or not node.with_context or self.in_macro:
            raise self.source.refuse(node, "{% include %} with options, or in a macro, is not in the subset")
        page = self.page_of(template_name(self.source, node), node.lineno)
        hidden = {"loop", *self.source.macros}
        known = {name: ref for name, ref in self.symbols.dump_stores().items() if name not in hidden}
        pairs = ", ".join(f"{name}: {variable(ref)}" for name, ref in known.items() if ref in self.assigned)
        self.write(f"html += {page}(includeContext(ctx, {{ {pairs} }}), {{}});")

    def block_call(self, node: nodes.Block) -> None:
        if node.scoped or node.required or self.in_macro:
            raise self.source.refuse(node, "a block that is scoped, required or in a macro")
        self.write(f"html += blocks.{node.name}(ctx, blocks);")

    def nothing(self, node: nodes.FromImport | nodes.Macro) -> None:
        """Imports and macros were read with the file and write nothing here."""


_STATEMENTS: dict[type[nodes.Node], Callable[[Function, Any], None]] = {
    nodes.Assign: Function.set_,
    nodes.Block: Function.block_call,
    nodes.For: Function.for_,
    nodes.FromImport: Function.nothing,
    nodes.If: Function.if_,
    nodes.Include: Function.include,
    nodes.Macro: Function.nothing,
    nodes.Output: Function.output,
}
