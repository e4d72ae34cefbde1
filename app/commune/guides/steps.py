"""`:::buoc`: the steps of a guide that are shown one a screen, each with a title, a sentence, a drawing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

# The drawings of templates/pictures.html.
PICTURES = tuple(
    """
    dien-thoai cai-dat can-cuoc khuon-mat mat-khau otp ma-qr ngan-hang tien giay-to tim-kiem lien-ket
    cong-an duong-dan-la tat-may xong
    """.split()
)
MAX_STEPS = 12
MAX_STEP_TITLE = 60  # characters: three lines of large letters
MAX_STEP_TEXT = 160

_BLOCK = re.compile(r"^:::buoc[ ]+(\S+)(?:[ ]+(\S.*))?\n((?:(?!:::).*\n)*):::[ ]*$\n?", re.MULTILINE)
Problem = Literal["shape", "picture", "empty", "too_long", "too_many"]


@dataclass(frozen=True)
class Step:
    """One screen. `picture`: its name; `title` and `text`: plain text."""

    picture: str
    title: str
    text: str


@dataclass(frozen=True)
class StepProblem:
    """Why steps are refused. `what`: the name or title that it is about."""

    problem: Problem
    what: str = ""


@lru_cache(256)
def steps_of(body: str) -> tuple[Step, ...]:
    """The steps of a guide's text in their order: *:::buoc ma-qr Quét mã*, a sentence, and a line *:::*."""
    found = (match.groups("") for match in _BLOCK.finditer(f"{body}\n"))
    return tuple(Step(picture, title.strip(), " ".join(text.split())) for picture, title, text in found)


def without_steps(body: str) -> str:
    """The text without its steps."""
    return _BLOCK.sub("", f"{body}\n")


def steps_as_lines(body: str) -> str:
    """The text with each step as one line."""
    return _BLOCK.sub(lambda step: " ".join(f"{step[2] or ''} {step[3]}".split()) + "\n", f"{body}\n")


def step_problems(body: str) -> Iterator[StepProblem]:
    """What is wrong with the steps of a text, first of all blocks that have not the shape of a step."""
    if ":::buoc" in without_steps(body):
        yield StepProblem("shape")
    steps = steps_of(body)
    if len(steps) > MAX_STEPS:
        yield StepProblem("too_many")
    for step in steps:
        if step.picture not in PICTURES:
            yield StepProblem("picture", step.picture)
        elif not (step.title and step.text):
            yield StepProblem("empty", step.title or step.picture)
        elif len(step.title) > MAX_STEP_TITLE or len(step.text) > MAX_STEP_TEXT:
            yield StepProblem("too_long", step.title)
