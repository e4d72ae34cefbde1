"""Compiles Jinja2 expressions to JavaScript. Expressions not handled here are refused."""

import json
import re
from collections.abc import Callable
from typing import Any

from jinja2 import nodes
from jinja2.idtracking import VAR_LOAD_RESOLVE, Symbols
from markupsafe import escape

from .errors import describe
from .source import Macro, Source

_ORDER_OPERATORS = {"lt": "<", "lteq": "<=", "gt": ">", "gteq": ">="}
_LOOP = {
    "index": "({i} + 1)",
    "index0": "{i}",
    "first": "({i} === 0)",
    "last": "({i} === {items}.length - 1)",
    "length": "{items}.length",
}
_FILTERS = {
    "length": ("length", 0, 0),
    "default": ("defaultValue", 1, 1),
    "join": ("join", 0, 1),
    "safe": ("safe", 0, 0),
}
_TESTS = {"defined": "!== undefined", "none": "=== null"}
_PLACEHOLDER = re.compile(r"%(?:\(([A-Za-z_]\w*)\)s|(%)|)", re.ASCII)
_MAX_SAFE_INTEGER = 2**53 - 1


class Expressions:
    """Compiles the expressions of one scope of names.

    ``loops`` maps Jinja2's variable of each enclosing loop to the loop's number.
    """

    def __init__(self, source: Source, symbols: Symbols, loops: dict[str, int], in_macro: bool) -> None:
        self.source, self.symbols, self.loops, self.in_macro = source, symbols, loops, in_macro

    def value(self, node: nodes.Node) -> str:
        """JavaScript for the value of an expression."""
        compile_ = _VALUES.get(type(node))
        if compile_ is None:
            raise self.source.refuse(node, f"{describe(node)} is not in the subset")
        return compile_(self, node)

    def test(self, node: nodes.Node) -> str:
        """JavaScript for a condition: a boolean by Jinja2's rules of truth."""
        if isinstance(node, nodes.And):
            return f"({self.test(node.left)} && {self.test(node.right)})"
        if isinstance(node, nodes.Or):
            return f"({self.test(node.left)} || {self.test(node.right)})"
        if isinstance(node, (nodes.Not, nodes.Compare, nodes.Test)):
            return self.value(node)
        return f"isTruthy({self.value(node)})"

    def printed(self, node: nodes.Expr) -> str:
        """JavaScript for the escaped output of ``{{ … }}``. Only here an ``if`` may lack its ``else``."""
        if isinstance(node, nodes.CondExpr):
            otherwise = '""' if node.expr2 is None else self.printed(node.expr2)
            return f"({self.test(node.test)} ? {self.printed(node.expr1)} : {otherwise})"
        if isinstance(node, nodes.Const):
            self.const(node)
            return literal(str(escape(node.value)))
        if isinstance(node, nodes.Call):
            return self.call(node)  # a macro or a message: Markup, which a template literal prints as it is
        return f"escapeHtml({self.value(node)})"

    def name(self, node: nodes.Name) -> str:
        name = node.name
        if name in self.source.macros and not self.is_variable(name):
            raise self.source.refuse(node, f"the macro {name} is not a value: call it")
        if name == "loop" and self.symbols.find_ref(name) in self.loops:
            raise self.source.refuse(node, f"loop is not a value, only its {', '.join(_LOOP)}")
        self.source.check_name(node, name)
        reference = self.symbols.ref(name)
        load = self.symbols.find_load(reference)
        if load is not None and load[0] == VAR_LOAD_RESOLVE:
            self.check_context_name(node)
        return variable(reference)

    def check_context_name(self, node: nodes.Name) -> None:
        """Record a name that is read from the context. Macros have no context: there it is refused."""
        if not self.in_macro:
            self.source.context_names.setdefault(node.name, node.lineno)
        elif node.name not in self.symbols.dump_stores() or not self.source.is_macro_library:
            raise self.source.refuse(
                node, f"{node.name} in a macro, which sees only what it is given or sets"
            )

    def const(self, node: nodes.Const) -> str:
        if isinstance(node.value, float) or (
            isinstance(node.value, int) and abs(node.value) > _MAX_SAFE_INTEGER
        ):
            raise self.source.refuse(node, f"the number {node.value}: only whole numbers up to 2^53")
        return literal(node.value)

    def list_(self, node: nodes.List) -> str:
        return f"[{', '.join(self.value(item) for item in node.items)}]"

    def dict_(self, node: nodes.Dict) -> str:
        pairs = []
        for pair in node.items:
            if not isinstance(pair.key, nodes.Const) or not isinstance(pair.key.value, str):
                raise self.source.refuse(pair, "a key of a dict must be a string")
            pairs.append(f"[{literal(pair.key.value)}]: {self.value(pair.value)}")
        return f"{{{', '.join(pairs)}}}"

    def condition(self, node: nodes.CondExpr) -> str:
        if node.expr2 is None:
            raise self.source.refuse(node, "an inline if without else, other than directly in {{ }}")
        return f"({self.test(node.test)} ? {self.value(node.expr1)} : {self.value(node.expr2)})"

    def not_(self, node: nodes.Not) -> str:
        return f"!{self.test(node.node)}"

    def and_(self, node: nodes.And) -> str:
        return f"and({self.value(node.left)}, () => ({self.value(node.right)}))"

    def or_(self, node: nodes.Or) -> str:
        return f"or({self.value(node.left)}, () => ({self.value(node.right)}))"

    def concat(self, node: nodes.Concat) -> str:
        return f"concat({', '.join(self.value(part) for part in node.nodes)})"

    def sum_(self, node: nodes.Add | nodes.Sub) -> str:
        for side in (node.left, node.right):
            if isinstance(side, nodes.Const) and isinstance(side.value, str):
                raise self.source.refuse(node, f"{node.operator} with text: join text with ~")
        return f"(toNumber({self.value(node.left)}) {node.operator} toNumber({self.value(node.right)}))"

    def compare(self, node: nodes.Compare) -> str:
        """A chain evaluates its middle terms twice, which is safe: expressions have no side effects."""
        steps, left = [], self.value(node.expr)
        for operand in node.ops:
            right = self.value(operand.expr)
            steps.append(_comparison(operand.op, left, right))
            left = right
        return steps[0] if len(steps) == 1 else f"({' && '.join(steps)})"

    def attribute(self, node: nodes.Getattr) -> str:
        if isinstance(node.node, nodes.Name) and (number := self.loop_number(node.node)):
            if node.attr not in _LOOP:
                raise self.source.refuse(node, f"loop.{node.attr} is not in the subset")
            return _LOOP[node.attr].format(i=f"$i{number}", items=f"$items{number}")
        if hasattr(dict, node.attr):
            raise self.source.refuse(node, f".{node.attr} is a method of Python's dict: use [] for an item")
        self.source.check_identifier(node, node.attr)
        return f"attribute({self.value(node.node)}, {literal(node.attr)})"

    def loop_number(self, node: nodes.Name) -> int | None:
        return self.loops.get(self.symbols.find_ref("loop") or "") if node.name == "loop" else None

    def item(self, node: nodes.Getitem) -> str:
        return f"item({self.value(node.node)}, {self.value(node.arg)})"

    def test_(self, node: nodes.Test) -> str:
        if node.name not in _TESTS or _arguments(node):
            raise self.source.refuse(node, f"the test {node.name} is not in the subset")
        return f"({self.value(node.node)} {_TESTS[node.name]})"

    def filter_(self, node: nodes.Filter) -> str:
        if node.name not in _FILTERS or node.node is None:
            raise self.source.refuse(node, f"the filter {node.name} is not in the subset")
        helper, least, most = _FILTERS[node.name]
        plain = not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        if not plain or not least <= len(node.args) <= most:
            raise self.source.refuse(node, f"the filter {node.name} with these arguments")
        arguments = node.args or [nodes.Const("")] * (most - least)
        return f"{helper}({', '.join(self.value(part) for part in [node.node, *arguments])})"

    def call(self, node: nodes.Call) -> str:
        if node.dyn_args or node.dyn_kwargs:
            raise self.source.refuse(node, "* and ** in a call")
        name = node.node.name if isinstance(node.node, nodes.Name) else None
        if name == "_":
            return self.message(node)
        if name not in self.source.macros or self.is_variable(name):
            raise self.source.refuse(node, f"a call of {name or 'a value'}, which is no macro of this file")
        return self.macro_call(node, name, self.source.macros[name])

    def is_variable(self, name: str) -> bool:
        load = self.symbols.find_load(self.symbols.find_ref(name) or "")
        return load is not None and load[0] == "param"

    def macro_call(self, node: nodes.Call, name: str, macro: Macro) -> str:
        arguments = dict(zip(macro.parameters, node.args, strict=False))
        if len(node.args) > len(macro.parameters):
            raise self.source.refuse(node, f"{name} takes {len(macro.parameters)} arguments")
        for keyword in node.kwargs:
            if keyword.key not in macro.parameters or keyword.key in arguments:
                raise self.source.refuse(node, f"{name} has no place for {keyword.key}=")
            arguments[keyword.key] = keyword.value
        defaults = ["undefined"] * macro.required + ["missing"] * len(macro.node.defaults)
        slots = zip(macro.parameters, defaults, strict=True)
        values = [self.value(arguments[name]) if name in arguments else default for name, default in slots]
        return f"{macro.function}({', '.join(values)})"

    def message(self, node: nodes.Call) -> str:
        """``_("…", n=…)``. The message is trusted HTML, so its placeholders are checked here."""
        text = node.args[0].value if len(node.args) == 1 and isinstance(node.args[0], nodes.Const) else None
        if not isinstance(text, str):
            raise self.source.refuse(node, "_() takes one string, and names for what stands in it")
        placeholders = list(_PLACEHOLDER.finditer(text))
        if any(match[0] == "%" for match in placeholders):
            raise self.source.refuse(node, f"a % in a message that is neither %% nor %(name)s: {text}")
        variables = {keyword.key: self.value(keyword.value) for keyword in node.kwargs}
        if {match[1] for match in placeholders} - {None} != set(variables):
            raise self.source.refuse(node, f"the names in the message and after it differ: {text}")
        for name in variables:
            self.source.check_identifier(node, name)
        pairs = ", ".join(f"{name}: {value}" for name, value in variables.items())
        return f"gettext({literal(text)}, {{ {pairs} }})" if variables else f"gettext({literal(text)})"


def variable(reference: str) -> str:
    """The JavaScript name of Jinja2's ``l_<level>_<name>``."""
    _, level, name = reference.split("_", 2)
    return f"{name}_{level}"


def literal(value: object) -> str:
    """A constant in JavaScript; lone surrogates, which UTF-8 cannot encode, are written as escapes."""
    text = json.dumps(value, ensure_ascii=False)
    return re.sub("[\ud800-\udfff]", lambda match: f"\\u{ord(match[0]):04x}", text)


def _comparison(operator: str, left: str, right: str) -> str:
    if operator in _ORDER_OPERATORS:
        return f"(compare({left}, {right}) {_ORDER_OPERATORS[operator]} 0)"
    if operator in ("in", "notin"):
        return f"{'!' if operator == 'notin' else ''}contains({right}, {left})"
    return f"{'!' if operator == 'ne' else ''}isEqual({left}, {right})"


def _arguments(node: nodes.Test) -> bool:
    return bool(node.args or node.kwargs or node.dyn_args or node.dyn_kwargs)


_VALUES: dict[type[nodes.Node], Callable[[Expressions, Any], str]] = {
    nodes.Add: Expressions.sum_,
    nodes.And: Expressions.and_,
    nodes.Call: Expressions.call,
    nodes.Compare: Expressions.compare,
    nodes.Concat: Expressions.concat,
    nodes.CondExpr: Expressions.condition,
    nodes.Const: Expressions.const,
    nodes.Dict: Expressions.dict_,
    nodes.Filter: Expressions.filter_,
    nodes.Getattr: Expressions.attribute,
    nodes.Getitem: Expressions.item,
    nodes.List: Expressions.list_,
    nodes.Name: Expressions.name,
    nodes.Not: Expressions.not_,
    nodes.Or: Expressions.or_,
    nodes.Sub: Expressions.sum_,
    nodes.Test: Expressions.test_,
}
