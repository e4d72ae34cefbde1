"""Compiles the field templates, a subset of Jinja2, to JavaScript: see docs/templates.md."""

from .environment import field_environment
from .errors import NotInSubset
from .module import compile_templates, find_pages

__all__ = ["NotInSubset", "compile_templates", "field_environment", "find_pages"]
