"""Why somebody should be called, and what came of calls and losses, in sentences."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from app.commune.accounts.call_history import CallRecord, SettledLoss
from app.commune.accounts.calls import MAX_NOTE_LENGTH, Call
from app.commune.accounts.models import Device
from app.commune.teams.unused_invites import UnusedInvite
from app.core.clock import local_date
from app.core.strings import _, lazy
from app.core.text import mask_digits
from app.web.desk.page.labels import code_age
from app.web.rendering import day, moment, number

NOTE_PROBLEM = lazy(
    "Viết ngắn lại, nhiều nhất %(most)s ký tự, không có ký tự điều khiển.", most=number(MAX_NOTE_LENGTH)
)


def call_reasons(call: Call, now: datetime) -> list[str]:
    """Why the phone's owner should be called."""
    device = call.entry.device
    return [*loss_sentences(device), *_device_full(device), *_crowded(call), *_silence(call, now)]


def invite_sentence(invite: UnusedInvite, now: datetime) -> str:
    """Since when nobody has used the invite, and whether it can still be used."""
    age = code_age(now - invite.created_at)
    if invite.is_open:
        return _("Mã mời %(age)s chưa dùng, hết hạn %(when)s.", age=age, when=moment(invite.expires_at))
    return _("Mã mời %(age)s chưa dùng, nay không dùng được nữa: cấp lại mã.", age=age)


def last_call_text(last: CallRecord | None, now: datetime) -> str:
    """*hôm qua: hết pin*; empty if nobody has called lately."""
    return f"{_day_name(last.called_at, now)}: {call_note(last)}" if last else ""


def call_note(call: CallRecord) -> str:
    """What was noted of a call, with long numbers masked."""
    return mask_digits(call.note) or _("đã gọi, không ghi gì")


def settled_sentence(loss: SettledLoss) -> str:
    """What was settled: *Mất 3 lượt*, *Bộ nhớ của máy bị xóa*."""
    lost = sum(last - first + 1 for first, last in loss.lost_seqs)
    parts = [_("mất %(count)s lượt", count=number(lost))] if lost else []
    parts += [_("bộ nhớ của máy bị xóa")] if loss.reinstalled_at else []
    reused = number(loss.reused_count)
    parts += [_("dùng lại số thứ tự của %(count)s lượt", count=reused)] if loss.reused_count else []
    text = ", ".join(parts)
    return text[:1].upper() + text[1:]


def loss_sentences(device: Device) -> Iterator[str]:
    """What a device has lost, sentence by sentence."""
    if device.lost_count and device.lost_at:
        count, when = number(device.lost_count), moment(device.lost_at)
        yield _("Mất %(count)s lượt đã ghi: không còn trên máy, cũng chưa gửi về.", count=count)
        yield _("Phát hiện lúc %(when)s.", when=when)
    if device.reinstalled_at:
        when = moment(device.reinstalled_at)
        yield _("Bộ nhớ của máy bị xóa trước %(when)s. Lượt lúc đó chưa gửi thì đã mất.", when=when)
    if device.reused_count and device.reused_at:
        count, when = number(device.reused_count), moment(device.reused_at)
        yield _("Máy đã dùng lại số thứ tự của %(count)s lượt gửi trước đó.", count=count)
        yield _("Có thể máy đã bị đưa về bản sao lưu cũ. Cả lượt cũ lẫn lượt mới đều được giữ.")
        yield _("Hỏi xem trên máy có thiếu lượt nào không. Phát hiện lúc %(when)s.", when=when)


def _device_full(device: Device) -> Iterator[str]:
    if device.full_since:
        when = moment(device.full_since)
        yield _("Máy này gửi quá nhiều lượt không tính được: từ %(when)s không gửi thêm được.", when=when)
        yield _("Lượt chưa gửi được vẫn còn trên máy. Hãy xử lý các lượt của máy này ở Chờ xử lý.")


def _crowded(call: Call) -> Iterator[str]:
    if call.crowded and call.entry.device.too_many_at:
        when = moment(call.entry.device.too_many_at)
        yield _("Máy này gửi quá nhiều của một ngày, lần cuối %(when)s. Phần vượt ở Chờ xử lý.", when=when)


def _silence(call: Call, now: datetime) -> Iterator[str]:
    device = call.entry.device
    contact = device.last_contact_at or device.enrolled_at
    if call.silent:
        days = number((now - contact).days)
        yield _("Đã %(days)s ngày không liên lạc, từ %(when)s.", days=days, when=moment(contact))
    if call.unsent or (call.silent and device.queue_count):
        count, oldest = number(device.queue_count), moment(device.queue_oldest_at or contact)
        yield _("Còn %(count)s lượt trên máy chưa gửi, cũ nhất từ %(when)s.", count=count, when=oldest)


def _day_name(instant: datetime, now: datetime) -> str:
    on, today = local_date(instant), local_date(now)
    if on == today:
        return _("hôm nay")
    return _("hôm qua") if on == today - timedelta(days=1) else day(on)
