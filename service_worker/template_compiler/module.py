"""All templates as one ES module."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from jinja2 import Environment

from .errors import NotInSubset
from .source import Macro, Source, parse, template_name
from .statements import Function

_HELPERS = """
  Markup, and, attribute, compare, concat, contains, defaultValue, escapeHtml, gettext, includeContext,
  isEqual, isTruthy, item, iterate, join, length, missing, or, renderPage, safe, toNumber,
"""

_MODULE = """\
// Written by service_worker/template_compiler from templates/: change those.
// @ts-nocheck
import {%(helpers)s} from "%(runtime)s";
%(functions)s

const pages = {
%(pages)s
};

/**
 * The HTML of a page.
 * @param {string} name such as "field/today.html"
 * @param {Record<string, unknown>} context every name the template reads
 * @returns {string}
 */
export const render = (name, context) => renderPage(pages, name, context);
"""


def compile_templates(environment: Environment, pages: Iterable[str], runtime: str) -> str:
    """An ES module that exports ``render(name, context)`` for the named templates.

    ``runtime`` is the address of static/field/server/templateRuntime.ts relative to the module.
    Raises NotInSubset at the first construct that does not compile.
    """
    compilation = _Compilation(environment)
    names = sorted(pages)
    table = [f'  "{name}": {compilation.page_function(name)},' for name in names]
    functions = compilation.functions()
    for name in names:
        compilation.check_names(name)
    return _MODULE % {
        "helpers": _HELPERS,
        "runtime": runtime,
        "functions": "\n".join(functions),
        "pages": "\n".join(table),
    }


def find_pages(environment: Environment, folder: str) -> list[str]:
    """The pages in a folder: no macro libraries, layouts (which others extend) or partials (``_…``)."""
    names = [name for name in environment.list_templates(["html"]) if name.startswith(f"{folder}/")]
    sources = [parse(environment, name, (name, 0)) for name in names]
    others = {source.parent for source in sources} | {one.name for one in sources if one.is_macro_library}
    return [name for name in names if name not in others and not PurePosixPath(name).name.startswith("_")]


class _Compilation:
    """Compiles the named files and every file they refer to, each once."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.sources: dict[str, Source] = {}

    def page_function(self, name: str, referrer: tuple[str, int] = ("the build", 0)) -> str:
        """The function that renders a file; ``referrer`` is the file and line that refers to it."""
        source = self.source(name, referrer)
        if source.is_macro_library:
            raise NotInSubset(*referrer, f"{name} holds macros only: import them")
        return source.page_function

    def source(self, name: str, referrer: tuple[str, int]) -> Source:
        if name not in self.sources:
            source = self.sources[name] = parse(self.environment, name, referrer)
            for other in self.sources.values():
                if other.function_prefix == source.function_prefix and other is not source:
                    raise source.refuse(source.tree, f"{other.name} has the same name in JavaScript")
            self.bind_imports(source)
        return self.sources[name]

    def bind_imports(self, source: Source) -> None:
        for node in source.imports:
            exported = self.source(template_name(source, node), (source.name, node.lineno)).own_macros
            for name, alias in ((n, n) if isinstance(n, str) else n for n in node.names):
                if name not in exported:
                    raise source.refuse(node, f"{template_name(source, node)} has no macro {name}")
                if alias in source.macros:
                    raise source.refuse(node, f"two macros are named {alias}")
                source.check_name(node, alias)
                source.macros[alias] = exported[name]

    def functions(self) -> list[str]:
        """The functions of all files. Compiling a file may add files that it refers to."""
        lines: list[str] = []
        compiled: set[str] = set()
        while pending := [source for name, source in self.sources.items() if name not in compiled]:
            for source in pending:
                compiled.add(source.name)
                lines += ["", f"// {source.name}", *self.compile_file(source)]
        return lines

    def compile_file(self, source: Source) -> list[str]:
        def page_of(name: str, line: int) -> str:
            source.references.add(name)
            return self.page_function(name, (source.name, line))

        lines: list[str] = []
        for macro in source.own_macros.values():
            parameters = ", ".join(f"{name}_0" for name in macro.parameters)
            body = Function(source, page_of, in_macro=True).macro(macro)
            lines += [f"function {macro.function}({parameters}) {{", *body, "}"]
        if source.is_macro_library:
            return lines
        for name, block in source.blocks.items():
            body = Function(source, page_of).block(block)
            lines += [f"function {source.block_function(name)}(ctx, blocks) {{", *body, "}"]
        parent = page_of(source.parent, 1) if source.parent else None
        body = Function(source, page_of).page(parent)
        return [*lines, f"function {source.page_function}(ctx, blocks) {{", *body, "}"]

    def check_names(self, page: str) -> None:
        """Refuse macros of different files with the same name, and variables with the name of a macro.

        Jinja2 stores macros among the variables, which all files of a page share.
        """
        sources = [self.sources[page]]
        for source in sources:
            referenced = [self.sources[name] for name in sorted(source.references)]
            sources += [other for other in referenced if other not in sources]
        macros: dict[str, Macro] = {}
        for source in sources:
            for name, macro in source.macros.items():
                if macros.setdefault(name, macro) is not macro:
                    raise source.refuse(source.tree, f"another macro is named {name} in a file of {page}")
        for source in sources:
            for name, line in source.context_names.items():
                if name in macros:
                    raise NotInSubset(source.name, line, f"{name} is a macro in another file of {page}")
