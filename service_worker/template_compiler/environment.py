"""The Jinja2 environment of the field templates, for the compiler and for tests that render in Python."""

from pathlib import Path

from jinja2 import BaseLoader, Environment, FileSystemLoader, StrictUndefined


def field_environment(source: Path | BaseLoader) -> Environment:
    """The environment that parses field templates, from a folder or from any other loader.

    Messages are their own translation: Vietnamese is the source language.
    """
    loader = FileSystemLoader(source) if isinstance(source, Path) else source
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    return environment
