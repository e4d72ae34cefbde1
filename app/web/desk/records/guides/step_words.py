"""Why the steps of a guide are refused, as its form says it."""

from app.commune.guides.steps import MAX_STEP_TEXT, MAX_STEP_TITLE, MAX_STEPS, StepProblem
from app.core.strings import _

_SHOWN = 80  # characters of what was typed


def step_sentence(found: StepProblem) -> str:
    """A sentence for the field *Nội dung*."""
    what = found.what[:_SHOWN]
    match found.problem:
        case "shape":
            return _("Có :::buoc viết chưa đủ: sau nó là tên hình và tên bước, rồi một câu, rồi một dòng :::")
        case "too_many":
            return _("Nhiều bước quá: nhiều nhất là %(most)s.", most=MAX_STEPS)
        case "picture":
            return _("Không có hình nào tên là “%(what)s”. Tên các hình ở dưới.", what=what)
        case "empty":
            return _("Bước “%(what)s” còn thiếu tên hoặc câu.", what=what)
        case "too_long":
            return _(
                "Bước “%(what)s” dài quá: tên nhiều nhất %(title)s ký tự, câu nhiều nhất %(text)s.",
                what=what, title=MAX_STEP_TITLE, text=MAX_STEP_TEXT,
            )  # fmt: skip
