"""One Node process for all contract tests."""

from collections.abc import Iterator

import pytest

from .renderers import Node


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    node = Node()
    yield node
    node.stop()
