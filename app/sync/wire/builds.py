"""Which build of the phone's code is older than another."""

import re


def is_older(build: str, min_build: str) -> bool:
    """Whether `build` (*1.10.2+4f2c*) is older than `min_build`. Numbers are compared, not text."""
    return release(build) < release(min_build)


def release(build: str) -> list[int]:
    """The numbers of a build (*1.10.2+4f2c*) without what tells builds of one release apart."""
    return [int(number) for number in re.findall(r"\d+", re.split(r"[+-]", build, maxsplit=1)[0])]
