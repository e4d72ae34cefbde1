// V8 Cẩm nang: the list of guides, its search, and one guide. In the bundle that is loaded later.

import type { GuideRow } from "../../core/protocol.ts";
import { _ } from "../../core/strings.ts";
import { fold } from "../../core/text.ts";
import { loadGuides } from "../../store/view/guideList.ts";
import { dateText } from "../formats.ts";
import { PILLARS } from "../labels.ts";
import { type PageResponse, page, redirect, type SignedInRequest } from "../responses.ts";
import { searchGuides } from "./guideSearch.ts";
import { stepAddress, stepPage, stepsOf } from "./steps.ts";

export const GUIDES_PATH = "/field/guides";
const GROUPS: Record<string, string> = { team: _("Trước khi đến nhà"), ...PILLARS };
/** The forms from which a guide may be opened; its link goes back there. */
const FORM = /^\/field\/(households|visits)\/[\w-]+\/(visit|edit)$/;
export async function showGuides({ account, url }: SignedInRequest): Promise<PageResponse> {
  const guides = await loadGuides(account.account_id);
  const q = url.searchParams.get("q") ?? "";
  const found = fold(q) ? searchGuides(guides, q).map(({ guide, excerpt }) => link(guide, excerpt)) : null;
  const groups = found
    ? [{ label: "", guides: found }]
    : Object.entries(GROUPS).map(([group, label]) => ({
        label,
        guides: guides.filter((guide) => guide.pillar === group).map((guide) => link(guide)),
      }));
  return page("guides", {
    q,
    groups: groups.filter((group) => group.guides.length > 0),
    empty: guides.length ? _("Không có hướng dẫn nào khớp “%(q)s”.", { q }) : "",
  });
}

/** A guide. From a form it begins with its steps, if it has some: that is what is shown to the household. */
export async function showGuide(request: SignedInRequest): Promise<PageResponse> {
  const guide = await findGuide(request);
  if (!guide) return redirect(GUIDES_PATH);
  const from = formOf(request.url);
  const { length } = stepsOf(guide);
  if (from && length && !request.url.searchParams.has("whole")) return stepPage(guide, 1, from, backTo(from));
  const date = dateText(`${guide.changed_on}T00:00:00+07:00`);
  return page("guide", {
    title: guide.title,
    // A guide that another one leads to leads back to the form too.
    html: from ? guide.html.replace(/(href="\/field\/guides\/[\w-]+)"/g, `$1?from=${from}"`) : guide.html,
    updated: guide.is_own
      ? _("Cán bộ cập nhật ngày %(date)s", { date })
      : _("Nội dung kiểm tra ngày %(date)s", { date }),
    steps: length ? stepAddress(guide, 1, from) : "",
    others: await othersOf(guide, request.account.account_id, from ?? ""),
    back: backTo(from),
  });
}

/** One step of a guide, alone on the screen. */
export async function showStep(request: SignedInRequest): Promise<PageResponse> {
  const guide = await findGuide(request);
  if (!guide || !stepsOf(guide).length) return redirect(GUIDES_PATH);
  const from = formOf(request.url);
  const back = from ? backTo(from) : { href: `${GUIDES_PATH}/${guide.id}`, label: guide.title };
  return stepPage(guide, Number(request.url.searchParams.get("step")), from, back);
}

/** By its code, or by that of a service that it helps with: a form leads to the guide of a service. */
async function findGuide({ account, params }: SignedInRequest) {
  const guides = await loadGuides(account.account_id);
  return guides.find(({ id }) => id === params.id) ?? guides.find(({ services }) => services.includes(params.id));
}

/** The other guides of the services that a guide helps with. */
async function othersOf({ id, services }: GuideRow, accountId: string, from: string) {
  const guides = await loadGuides(accountId);
  const others = guides.filter((one) => one.id !== id && one.services.some((code) => services.includes(code)));
  const query = from && `?from=${from}`;
  return others.map(({ id, title }) => ({ href: `${GUIDES_PATH}/${id}${query}`, title }));
}

function formOf(url: URL) {
  return FORM.exec(url.searchParams.get("from") ?? "")?.[0];
}

function backTo(from: string | undefined) {
  return from ? { href: from, label: _("Quay lại lượt đang ghi") } : { href: GUIDES_PATH, label: _("Cẩm nang") };
}

/** A row of the list: with the drawing of its first step, or the sign of its pillar. */
function link(guide: GuideRow, line: string = "") {
  const { id, title, pillar } = guide;
  const picture = stepsOf(guide)[0]?.picture ?? "";
  return { href: `${GUIDES_PATH}/${id}`, title, line, picture, icon: pillar === "team" ? "book" : pillar };
}
