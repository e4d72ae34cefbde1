"""What the wheel has beside the modules: the build of `templates/` and `static/`, which the server reads.

An editable install has none of it: the server then reads the folders of the project, which may be unbuilt.
"""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FILES = {
    "templates": "app/resources/templates",
    "static/dist": "app/resources/static/dist",
    "static/icons": "app/resources/static/icons",
    "app/core/locale/en/LC_MESSAGES/messages.mo": "app/core/locale/en/LC_MESSAGES/messages.mo",
}


class WheelFiles(BuildHookInterface[Any]):
    """The hook that hatchling calls before it builds a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files, unless the install is editable."""
        if version != "editable":
            build_data["force_include"].update(FILES)
