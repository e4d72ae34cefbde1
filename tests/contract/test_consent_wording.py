"""What a household agrees to: the words of each version of the text, which acts of consent name."""

import hashlib
import re
from pathlib import Path

from app.fieldwork.households.consents import WORDING_VERSION

ROOT = Path(__file__).resolve().parents[2]
TEXT = ROOT / "templates" / "field" / "_consent_wording.html"
# Never change one: households have agreed to it. Other words are another version, with its own hash.
HASHES = {1: "7e30f5956afc4542"}


def test_words_of_consent_belong_to_their_version() -> None:
    words = " ".join(re.findall(r"<p lang=\"vi\">(.*)</p>", TEXT.read_text("utf-8")))
    assert max(HASHES) == WORDING_VERSION
    assert hashlib.sha256(words.encode()).hexdigest()[:16] == HASHES[WORDING_VERSION]


def test_phones_name_the_version_of_the_text_that_they_show() -> None:
    entry = (ROOT / "static/field/pages/households/householdEntry.ts").read_text("utf-8")
    assert f"WORDING_VERSION = {WORDING_VERSION};" in entry
