// The ten tasks of practice. Each is done when the records say so: nobody ticks it.

import type { Operation } from "../../core/protocol.ts";
import { _ } from "../../core/strings.ts";
import { queuedOperations } from "../../store/outbox.ts";
import { SOUGHT } from "./hamlet.ts";

type Task = { id: string; title: string; how: string; href: string; isDone: (ops: Operation[]) => boolean };

const QUICK_MARKS = 3;
const LIST = "/field/households";
const LOG = "/field/log";

export const TASKS: Task[] = [
  {
    id: "not_home",
    title: _("Ghi một hộ vắng nhà"),
    how: _("Chọn một hộ, bấm Vắng nhà, rồi Lưu."),
    href: LIST,
    isDone: (ops) => visits(ops).some(({ result }) => result === "not_home"),
  },
  {
    id: "did_it",
    title: _("Ghi một việc đã làm được"),
    how: _("Chọn một hộ và một việc, bấm Tự làm được, rồi Lưu."),
    href: LIST,
    isDone: (ops) => visits(ops).some(({ services }) => services.some(({ outcome }: Service) => outcome === "did_it")),
  },
  {
    id: "come_back",
    title: _("Hẹn quay lại"),
    how: _("Chọn một hộ, bấm Hẹn quay lại, chọn ngày, rồi Lưu."),
    href: LIST,
    isDone: (ops) => contents(ops).some(({ follow_up_on }) => follow_up_on),
  },
  {
    id: "search",
    title: _("Tìm một hộ"),
    how: _("Gõ sung vào ô tìm, chọn hộ Đặng Thị Sung, rồi ghi một lượt."),
    href: LIST,
    isDone: (ops) => visits(ops).some(({ household_id }) => household_id === SOUGHT),
  },
  {
    id: "amend",
    title: _("Sửa một lượt vừa ghi"),
    how: _("Chọn một lượt ở Đã ghi, sửa, rồi Lưu."),
    href: LOG,
    isDone: (ops) => ops.some(({ type }) => type === "visit.amend"),
  },
  {
    id: "withdraw",
    title: _("Bỏ một lượt ghi nhầm"),
    how: _("Chọn một lượt ở Đã ghi, rồi bấm Bỏ lượt ghi nhầm."),
    href: LOG,
    isDone: (ops) => ops.some(({ type }) => type === "visit.withdraw"),
  },
  {
    id: "repeat",
    title: _("Như nhà trước"),
    how: _("Ghi việc ở một hộ. Sang hộ sau bấm Như nhà trước, chọn kết quả, rồi Lưu."),
    href: LIST,
    isDone: (ops) => hasRepeated(visits(ops)),
  },
  {
    id: "quick",
    title: _("Ghi nhanh ba hộ"),
    how: _("Chọn một việc và kết quả, rồi bấm Đã gặp hoặc Vắng ở ba hộ."),
    href: `${LIST}/quick`,
    isDone: (ops) => recorded(ops).filter(({ quick }) => quick).length >= QUICK_MARKS,
  },
  {
    id: "need",
    title: _("Ghi nhu cầu"),
    how: _("Ghi một hộ, mở Còn cần gì?, chọn việc bà con còn cần, rồi Lưu."),
    href: LIST,
    isDone: (ops) => contents(ops).some(({ needs }) => needs?.length),
  },
  {
    id: "household",
    title: _("Thêm một hộ"),
    how: _("Ghi tên chủ hộ và chỗ ở, rồi Lưu."),
    href: `${LIST}/new`,
    isDone: (ops) => ops.some(({ type }) => type === "household.add"),
  },
];

type Service = { code: string; outcome: string };

/** The ids of the tasks that this account's records show to be done. */
export async function doneTasks(accountId: string): Promise<Set<string>> {
  const ops = await queuedOperations(accountId);
  return new Set(TASKS.filter(({ isDone }) => isDone(ops)).map(({ id }) => id));
}

function recorded(ops: Operation[]) {
  return ops.filter(({ type }) => type === "visit.record").map(({ data }) => data);
}

/** Visits by the form. */
function visits(ops: Operation[]) {
  return recorded(ops).filter(({ quick }) => !quick);
}

/** What visits contain, as recorded or as amended. */
function contents(ops: Operation[]) {
  return ops.filter(({ type }) => type === "visit.record" || type === "visit.amend").map(({ data }) => data);
}

/** Whether the services of a visit are those of the one before it that had any, at another household. */
function hasRepeated(all: ReturnType<typeof visits>) {
  const guided = all.filter(({ services }) => services.length);
  const codes = (visit: (typeof all)[number]) =>
    visit.services
      .map(({ code }: Service) => code)
      .sort()
      .join(" ");
  return guided.some((visit, index) => {
    const before = guided[index - 1];
    return before && before.household_id !== visit.household_id && codes(before) === codes(visit);
  });
}
