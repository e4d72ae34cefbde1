"""The steps of guides that are shown one a screen."""

import random
import re
import time

from app.commune.guides.commands import MAX_BODY
from app.commune.guides.library import library
from app.commune.guides.rendering import render
from app.commune.guides.steps import (
    MAX_STEP_TEXT,
    MAX_STEP_TITLE,
    MAX_STEPS,
    PICTURES,
    Step,
    StepProblem,
    step_problems,
    steps_of,
)
from tests.cases import cases
from tests.docs.sources import ROOT

_STEP = ":::buoc ma-qr Quét mã\nĐưa máy\nvào mã.\n:::\n"


def test_step_has_picture_title_and_sentence_and_is_not_in_the_text() -> None:
    body = f"## Trước\n\n{_STEP}\n:::buoc xong Xong rồi\nThấy tên.\n:::\n\nSau"
    assert steps_of(body) == (
        Step("ma-qr", "Quét mã", "Đưa máy vào mã."),
        Step("xong", "Xong rồi", "Thấy tên."),
    )
    assert render(body) == "<h2>Trước</h2>\n<p>Sau</p>"
    assert list(step_problems(body)) == []


@cases(
    "body, problem",
    [
        (":::buoc ma-qr Quét\nKhông đóng", StepProblem("shape")),
        (":::buoc\nKhông có gì\n:::", StepProblem("shape")),
        (_STEP * (MAX_STEPS + 1), StepProblem("too_many")),
        (":::buoc con-meo Quét\nMột câu.\n:::", StepProblem("picture", "con-meo")),
        (":::buoc ma-qr\nMột câu.\n:::", StepProblem("empty", "ma-qr")),
        (":::buoc ma-qr Quét\n:::", StepProblem("empty", "Quét")),
        (
            f":::buoc ma-qr {'x' * (MAX_STEP_TITLE + 1)}\nMột câu.\n:::",
            StepProblem("too_long", "x" * (MAX_STEP_TITLE + 1)),
        ),
        (f":::buoc ma-qr Quét\n{'x' * (MAX_STEP_TEXT + 1)}\n:::", StepProblem("too_long", "Quét")),
    ],
)
def test_what_is_not_a_step_is_named(body: str, problem: StepProblem) -> None:
    assert next(step_problems(body)) == problem


def test_ten_services_the_new_ones_and_scams_have_steps() -> None:
    shown = {code for code, guide in library().items() if steps_of(guide.body)}
    assert len(shown) >= 12
    assert {"vneid_install", "vietqr", "bills", "vneid_link", "id_card_online", "scam_warning"} <= shown
    for code in shown:
        assert list(step_problems(library()[code].body)) == [], code
        assert 3 <= len(steps_of(library()[code].body)) <= 8


def test_every_picture_is_drawn_and_used() -> None:
    drawn = re.findall(r'name == "([\w-]+)"', (ROOT / "templates/pictures.html").read_text("utf-8"))
    used = {step.picture for guide in library().values() for step in steps_of(guide.body)}
    assert set(drawn) == set(PICTURES) == used
    assert len(drawn) == len(PICTURES) == 16


def test_longest_text_is_read_quickly() -> None:
    rng = random.Random(5)
    parts = [":::buoc ", ":::buoc a ", " ", "\n", ":::\n", "x", ":::buoc a b\nc\n"]
    began = time.process_time()
    for part in parts:
        steps_of((part * MAX_BODY)[:MAX_BODY])
        steps_of((":::buoc " + part * MAX_BODY)[:MAX_BODY])
    for _ in range(40):
        steps_of("".join(rng.choices(parts, k=2_000))[:MAX_BODY])
    assert time.process_time() - began < 3
