// V8 Cài đặt: text size, Chế độ ngoài nắng, Kiểm tra trước khi đi, and whose phone this is.

import { _, language } from "../../core/strings.ts";
import { chooseLanguage } from "../../language/choice.ts";
import { unsentOperations } from "../../store/outbox.ts";
import { replicaStatus } from "../../store/view/replica.ts";
import { localNumber, numberText } from "../formats.ts";
import { check } from "../help/check.ts";
import { unsentText } from "../log/queueTexts.ts";
import { type LaterRequest, type PageResponse, page, redirect } from "../responses.ts";

/** Names of the sizes; `static/css/tokens.css` has their values. */
const SIZES = [
  ["", _("Vừa")],
  ["large", _("Lớn")],
  ["huge", _("Rất lớn")],
];

/** Each language by its own name. */
const LANGUAGES = [
  { value: "vi", label: "Tiếng Việt" },
  { value: "en", label: "English" },
];

export async function showSettings({ account, env }: LaterRequest, languageProblem = ""): Promise<PageResponse> {
  const { encrypted } = await replicaStatus(account.account_id);
  const size = env.textSize();
  return page("settings", {
    name: account.name,
    phone: localNumber(account.phone),
    hamlets: account.hamlets.map((hamlet) => hamlet.name).join(", "),
    unsent: [unsentText(await unsentOperations(account.account_id)), encrypted].filter(Boolean).join(" "),
    can_share: env.canShare(),
    sizes: SIZES.map(([value, label]) => ({ value, label, chosen: value === size })),
    sunny: env.isSunny(),
    languages: LANGUAGES.map((one) => ({ ...one, chosen: one.value === language })),
    language_problem: languageProblem,
  });
}

export async function changeTextSize({ form, env }: LaterRequest): Promise<PageResponse> {
  const size = form.get("size") ?? "";
  if (SIZES.some(([value]) => value === size)) env.setTextSize(size);
  return redirect("/field/settings");
}

/** Ngôn ngữ. */
export async function changeLanguage(request: LaterRequest): Promise<PageResponse> {
  const isStored = await chooseLanguage(request.form.get("language") === "en" ? "en" : "vi");
  if (isStored) return redirect("/field/settings");
  return showSettings(request, _("Chưa tải được tiếng Anh. Đến nơi có mạng rồi thử lại."));
}

/** [Bật] and [Tắt] of Chế độ ngoài nắng. */
export async function changeSunlightMode({ form, env }: LaterRequest): Promise<PageResponse> {
  env.setSunny(form.get("sunny") === "on");
  return redirect("/field/settings");
}

/** Kiểm tra trước khi đi. */
export async function showCheck({ account, env }: LaterRequest): Promise<PageResponse> {
  const rows = await check(account.account_id, env);
  const bad = rows.filter(({ ok }) => !ok).length;
  return page("check", {
    rows,
    summary: bad ? _("Có %(n)s mục cần xem trước khi đi.", { n: numberText(bad) }) : _("Máy đã sẵn sàng."),
    ready: bad === 0,
  });
}
