"""Every string a person reads goes through `_()`, in templates, on the phone and at the desk."""

import io
import re
import tokenize
from pathlib import Path

from jinja2 import nodes

from app.web.rendering import environment
from tests.cases import cases
from tests.docs.sources import browser_code

ROOT = Path(__file__).parents[2]
NAMES = ("Từng Nhà", "Tiếng Việt")  # of the app, and of a language by itself
VIETNAMESE = re.compile("[ăâđêôơưĂÂĐÊÔƠƯáàảãạéèẻẽẹíìỉĩịóòỏõọúùủũụýỳỷỹỵấầẩẫậắằẳẵặếềểễệốồổỗộớờởỡợứừửữự]")
# On the phone: a text literal, what stands before it on its line, and comments taken out first.
JS_COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", re.DOTALL)
JS_LITERAL = re.compile(r"""(.{0,4})("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)""")

# What a household agrees to is in its own language, whatever the language of the screen.
VIETNAMESE_ALONE = {"_consent_wording.html"}
TEMPLATES = [one for one in sorted((ROOT / "templates").rglob("*.html")) if one.name not in VIETNAMESE_ALONE]
PHONE = [file for file in browser_code() if file.is_relative_to(ROOT / "static")]
DESK = [
    file
    for folder in ("app/web", "app/intake/household_import")
    for file in sorted((ROOT / folder).rglob("*.py"), key=str)
    or [ROOT / folder]  # a folder that is gone fails
]
# The letters of the alphabet, what the server masks or folds, by what lists are recognised, guides searched,
# invented people: no sentences; and sentences that are marked where they are said
# (static/field/practice/words.ts).
NO_SENTENCES = {"text", "patterns", "synonyms", "hamlet", "words"}


def is_bare(text: str) -> bool:
    for name in NAMES:
        text = text.replace(name, "")
    return VIETNAMESE.search(text) is not None


@cases("file", TEMPLATES)
def test_templates(file: Path) -> None:
    tree = environment().parse(file.read_text("utf-8"))
    bare = [node.data.strip() for node in tree.find_all(nodes.TemplateData) if is_bare(node.data)]
    calls = [
        call
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == "_"
    ]
    marked = {id(argument) for call in calls for argument in call.args}
    bare += [
        node.value
        for node in tree.find_all(nodes.Const)
        if isinstance(node.value, str) and is_bare(node.value) and id(node) not in marked
    ]
    assert bare == []


@cases("file", PHONE)
def test_phone(file: Path) -> None:
    if file.stem in NO_SENTENCES:
        return
    assert [text for text, marked in sentences(file) if not marked] == []


def test_sentences_of_the_phone_are_found() -> None:
    assert sum(marked for file in PHONE for _text, marked in sentences(file)) >= 390


def sentences(file: Path) -> list[tuple[str, bool]]:
    """The Vietnamese literals of a file of the phone or the desk, and whether each is in `_()`."""
    literals = JS_LITERAL.findall(JS_COMMENT.sub("", file.read_text("utf-8")))
    return [(text, before.rstrip().endswith("_(")) for before, text in literals if is_bare(text)]


@cases("file", DESK)
def test_desk(file: Path) -> None:
    if file.stem in NO_SENTENCES:
        return
    source = io.StringIO(file.read_text("utf-8"))
    tokens = [one for one in tokenize.generate_tokens(source.readline) if one.type != tokenize.NL]
    bare = [
        token.string
        for number, token in enumerate(tokens)
        if token.type == tokenize.STRING
        and is_bare(token.string)
        and not token.string.startswith('"""')
        and [before.string for before in tokens[number - 2 : number]] not in (["_", "("], ["lazy", "("])
    ]
    assert [text for text in bare if text != '"Từng Nhà"'] == []
