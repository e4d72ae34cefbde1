"""The labels and sentences of a quarantined operation: its type, its content, the reason."""

from collections.abc import Iterator
from typing import get_args

from app.commune.catalog.services import Service
from app.core.errors import LabelErased
from app.core.strings import _, labels, lazy
from app.core.text import mask_digits
from app.core.types import Command
from app.fieldwork.households import models as households
from app.fieldwork.households.commands import AddHousehold, AmendHousehold
from app.fieldwork.outreach.commands import OutreachContent
from app.fieldwork.remarks.operations import RemarkContent
from app.fieldwork.visits.commands import AmendVisit
from app.fieldwork.visits.content import VisitContent
from app.reports.extras.venues import VENUE_NAMES
from app.review.citizen_requests.recording import RecordRequest
from app.sync.applying.operations import HANDLERS
from app.sync.quarantine.bulk import REASONS as REASONS_IN_BULK
from app.sync.quarantine.view import QuarantineItem
from app.sync.wire.models import QuarantinedOperation, QuarantineReason
from app.web.desk.page.labels import FIELDS, OUTCOMES, REMARK_KINDS, REQUEST_KINDS, RESULTS, amount
from app.web.rendering import day

EMPTY = lazy("(trống)")
UNREADABLE = lazy("Nội dung không đọc được.")
OPERATIONS = labels(
    HANDLERS,
    {
        "household.add": lazy("Thêm hộ"),
        "household.amend": lazy("Sửa thông tin hộ"),
        "visit.record": lazy("Ghi lượt thăm"),
        "visit.amend": lazy("Sửa lượt thăm"),
        "visit.withdraw": lazy("Bỏ lượt thăm"),
        "outreach.record": lazy("Ghi buổi tuyên truyền"),
        "outreach.amend": lazy("Sửa buổi tuyên truyền"),
        "outreach.withdraw": lazy("Bỏ buổi tuyên truyền"),
        "remark.record": lazy("Viết ý kiến"),
        "remark.amend": lazy("Sửa ý kiến"),
        "remark.withdraw": lazy("Bỏ ý kiến"),
        "request.record": lazy("Ghi yêu cầu của bà con"),
    },
)
UNKNOWN_OPERATION = lazy("Việc không rõ")
HOUSEHOLD_FIELDS = {
    "head_name": lazy("Chủ hộ"),
    "house_no": lazy("Số nhà"),
    "alley": lazy("Ngõ hoặc chỗ dễ nhận"),
    "phone": lazy("Số điện thoại"),
    "state": lazy("Tình trạng"),
    "smart_device": lazy("Thiết bị thông minh"),
    "business": lazy("Hộ kinh doanh"),
}
HOUSEHOLD_STATES = labels(
    households.HOUSEHOLD_STATES,
    {
        "active": lazy("Đang ở"),
        "moved": lazy("Hộ đã chuyển đi"),
        "empty": lazy("Nhà trống"),
        "mistake": lazy("Thêm nhầm"),
    },
)
FACT_VALUES = labels(households.FACT_VALUES, {"yes": lazy("Có"), "no": lazy("Không")})
UNKNOWN_FACT = lazy("Chưa biết")
REASONS = labels(
    (code for code in get_args(QuarantineReason) if code != "waiting"),
    {
        "conflict": lazy("Hai máy sửa cùng một ô của hộ này. Trong sổ chưa đổi gì."),
        "revoked": lazy("Gửi từ máy đã thu hồi, hoặc của người đã nghỉ."),
        "moved": lazy("Gửi đến địa chỉ cũ sau khi nơi này chuyển máy chủ. Đang được ghi vào sổ."),
        "unsigned": lazy(
            "Tệp không có chữ ký của máy này. Hỏi người ghi trước khi nhận: tính dưới tên người nhận."
        ),
        "too_many": lazy(
            "Máy này ghi quá nhiều trong một ngày: từ lượt thứ 601 hoặc hộ mới thứ 301 thì chờ."
        ),
        "erased_label": lazy(
            "Hộ có tên và địa chỉ này đã được xóa theo yêu cầu. Chỉ nhận nếu chính hộ muốn có lại trong sổ."
        ),
        "foreign_epoch": lazy(
            "Ghi từ trước khi máy chủ được khôi phục; chưa rõ người ghi còn phụ trách không."
        ),
        "newer": lazy(
            "Ghi bằng bản ứng dụng mới hơn máy chủ. Khi máy chủ được nâng cấp, bản ghi này tự vào sổ."
        ),
        "op_reused": lazy("Trùng mã với một bản ghi đã có, nhưng nội dung khác."),
        "unappliable": lazy("Máy chủ không lưu được bản ghi này."),
    },
)
WAITING_FOR = {
    "household_unknown": lazy("Đợi bản ghi thêm hộ: hộ này chưa có trong sổ."),
    "visit_unknown": lazy("Đợi lượt thăm gốc: lượt đó chưa được gửi về."),
    "outreach_session_unknown": lazy("Đợi buổi gốc: buổi đó chưa được gửi về."),
    "remark_unknown": lazy("Đợi ý kiến gốc: ý kiến đó chưa được gửi về."),
}
NO_AUTHORITY = lazy("Thuộc thôn mà người ghi không phụ trách lúc ghi, hoặc gửi về sau hơn 90 ngày.")
NEWER_FAULT = lazy("Chưa nhận được: máy chủ chưa được nâng cấp để hiểu bản ghi này.")
FAULTS = {
    "household_unknown": lazy(
        "Chưa nhận được: hộ này chưa có trong sổ. Nhận bản ghi thêm hộ, hoặc gắn vào một hộ."
    ),
    "visit_unknown": lazy("Chưa nhận được: lượt thăm gốc chưa có trong sổ."),
    "outreach_session_unknown": lazy("Chưa nhận được: buổi gốc chưa có trong sổ."),
    "changed_at_desk": lazy("Chưa nhận được: cán bộ đã sửa buổi này. Nếu cần thì sửa tiếp, rồi bỏ mục này."),
    "hamlet_unknown": lazy("Chưa nhận được: thôn này không có trong sổ."),
    "not_author": lazy("Không nhận được: lượt thăm này do người khác ghi."),
    "withdrawn": lazy("Không nhận được: lượt thăm này đã bỏ."),
    "period_closed": lazy("Chưa nhận được: lượt thăm này thuộc kỳ đã chốt. Hãy mở lại kỳ đó trước."),
    "already_exists": lazy("Không nhận được: hộ hoặc lượt thăm này đã có trong sổ."),
    "conflict": lazy("Chưa nhận được: có ô mà máy khác đã sửa. Hãy chọn giá trị cho từng ô."),
    "type_unknown": NEWER_FAULT,
    "version_unknown": NEWER_FAULT,
    "unappliable": lazy("Không nhận được: máy chủ không lưu được bản ghi này."),
    "remark_unknown": lazy("Chưa nhận được: ý kiến gốc chưa có trong sổ."),
    "leader_only": lazy("Chưa nhận được: người viết không còn là tổ trưởng."),
    "too_many_remarks": lazy(
        "Chưa nhận được: người viết đã có nhiều ý kiến trong tháng. Bỏ bớt ý kiến cũ trước."
    ),
}
UNDO_REFUSALS = {
    "changed": lazy("Chưa hoàn tác: vừa có quyết định khác. Hãy xem lại."),
    "late": lazy("Không hoàn tác được: đã quá một ngày."),
    "not_created": lazy(
        "Không hoàn tác được: lần nhận này sửa một hộ hoặc lượt đã có. Muốn đổi, hãy sửa lại."
    ),
    "requested": lazy("Không hoàn tác được: yêu cầu đã vào sổ. Nếu không đúng, hãy ghi đã từ chối ở đó."),
    "closed": lazy("Không hoàn tác được: đã nằm trong một kỳ đã chốt. Mở lại kỳ đó trước."),
    "amended": lazy("Không hoàn tác được: hộ hoặc lượt thăm này đã được sửa từ lúc nhận."),
    "reviewed": lazy("Không hoàn tác được: lượt thăm này đã được duyệt hoặc trả lại từ lúc nhận."),
    "withdrawn": lazy("Không hoàn tác được: lượt thăm này đã bỏ."),
    "merged": lazy("Không hoàn tác được: hộ này đã được gộp, hoặc được xem là không trùng, từ lúc nhận."),
    "visited": lazy(
        "Không hoàn tác được: hộ này đã có lượt thăm. Muốn bỏ hộ, hãy hoàn tác các lượt đó trước."
    ),
}
NO_FIT = lazy("Không nhận được: nội dung không đúng mẫu.")
STALE_HOUSEHOLD = lazy("Hộ này vừa được sửa. Hãy xem lại rồi chọn.")

Fact = tuple[str, str]  # a label and a value


def operation_label(item: QuarantineItem) -> str:
    """*Ghi lượt thăm*."""
    return OPERATIONS[item.operation.type] if item.operation else UNKNOWN_OPERATION


def reason_sentences(item: QuarantineItem) -> list[str]:
    """Why it is quarantined, in a sentence or two; and of a household that was erased."""
    stored, erased = item.quarantined, REASONS["erased_label"]
    others = [sentence for sentence in _reasons(stored) if sentence != erased]
    return [*others, *([erased] if item.erased_on or stored.reason == "erased_label" else [])]


def _reasons(stored: QuarantinedOperation) -> list[str]:
    if stored.reason == "waiting":
        is_missing = bool(stored.missing_id)
        return [WAITING_FOR.get(stored.code, REASONS["unappliable"]) if is_missing else NO_AUTHORITY]
    sentences = [REASONS.get(stored.reason, REASONS["unappliable"])]
    has_fault = stored.code not in ("", stored.reason, LabelErased.code)
    if has_fault and stored.reason in ("unappliable", *REASONS_IN_BULK):
        sentences.append(FAULTS.get(stored.code, NO_FIT))
    return sentences


def command_facts(item: QuarantineItem, catalog: dict[str, Service]) -> list[Fact]:
    """The content of the operation, field by field."""
    if item.command is None:
        return [(_("Nội dung"), UNREADABLE)]
    if isinstance(item.command, VisitContent):
        return list(_visit_facts(item.command, catalog))
    if isinstance(item.command, OutreachContent):
        return list(_outreach_facts(item.command, catalog))
    if isinstance(item.command, RemarkContent | RecordRequest):
        return list(_spoken_facts(item.command))
    if isinstance(item.command, AddHousehold | AmendHousehold):
        values = household_values(item.command).items()
        erased = [(_("Ngày xóa theo yêu cầu"), day(item.erased_on))] if item.erased_on else []
        return [*erased, *((str(HOUSEHOLD_FIELDS[name]), value) for name, value in values)]
    return []


def _spoken_facts(content: RemarkContent | RecordRequest) -> Iterator[Fact]:
    if isinstance(content, RecordRequest):
        yield _("Yêu cầu"), REQUEST_KINDS[content.kind]
        return
    yield REMARK_KINDS[content.kind], content.text
    yield _("Cho kỳ có ngày"), day(content.about_on)


def household_values(command: Command) -> dict[str, str]:
    """The fields of a household that a command sets, as text."""
    names = [name for name in HOUSEHOLD_FIELDS if name in command.model_fields_set]
    return {name: household_value(name, getattr(command, name)) for name in names}


def household_value(name: str, value: str | None) -> str:
    """One field of a household as text."""
    if name == "state":
        return HOUSEHOLD_STATES.get(value or "", EMPTY)
    if name in households.HOUSEHOLD_FACTS:
        return FACT_VALUES.get(value or "", UNKNOWN_FACT)
    if name == "phone" and value:
        return _("có, không hiện ở đây")
    return value or EMPTY


def _outreach_facts(content: OutreachContent, catalog: dict[str, Service]) -> Iterator[Fact]:
    yield _("Nơi tổ chức"), content.place
    yield _("Ngày"), day(content.held_on)
    labels = [catalog[code].label for code in content.services if code in catalog]
    yield FIELDS["services"], "; ".join(labels) or UNREADABLE
    yield _("Số người dự"), _("Chưa rõ") if content.people is None else str(content.people)
    if content.venue:
        yield _("Nơi giúp bà con"), str(VENUE_NAMES[content.venue])


def _visit_facts(content: VisitContent, catalog: dict[str, Service]) -> Iterator[Fact]:
    yield FIELDS["result"], RESULTS[content.result]
    known = [(service, catalog[service.code]) for service in content.services if service.code in catalog]
    services = [
        f"{entry.label}: {outcome}, {amount(service.people, entry.unit)}"
        for service, entry in known
        for outcome in [OUTCOMES.get(service.outcome, service.outcome)]
    ]
    if content.services:
        yield FIELDS["services"], "; ".join(services) or UNREADABLE
    if content.follow_up_on:
        yield FIELDS["follow_up_on"], day(content.follow_up_on)
    if content.note:
        yield FIELDS["note"], mask_digits(content.note)
    if isinstance(content, AmendVisit) and content.answer:
        yield _("Trả lời"), mask_digits(content.answer)
