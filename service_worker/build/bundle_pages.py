"""Which pages a bundle has: those that its modules show with `page("…")`.

Which modules these are is said by the imports of its entry, and by theirs.
"""

import re
from pathlib import Path

_IMPORT = re.compile(r'^(?:import(?! type\b)|export)\b[^;"]*"(\.[^"]+\.ts)";', re.MULTILINE)
_PAGE = re.compile(r'\bpage\(\s*"(\w+)"')


def pages_of(entry: Path) -> list[str]:
    """The templates, such as *field/today.html*."""
    texts = (module.read_text(encoding="utf-8") for module in modules_of(entry))
    return sorted({f"field/{name}.html" for text in texts for name in _PAGE.findall(text)})


def modules_of(entry: Path) -> set[Path]:
    """The entry and all that it imports, without what is imported as a type or when it is needed."""
    found, waiting = set[Path](), [entry.resolve()]
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            names = _IMPORT.findall(module.read_text(encoding="utf-8"))
            waiting += [(module.parent / name).resolve() for name in names]
    return found
