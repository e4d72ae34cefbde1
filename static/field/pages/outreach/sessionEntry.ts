// The fields of the form of an outreach session: filled from a session, read and validated.

import { _, language } from "../../core/strings.ts";
import type { OutreachSession, View } from "../../store/view/overlay.ts";
import { readText } from "../fields.ts";
import { dayAfter, isDay } from "../formats.ts";
import type { RefusedOperations } from "../log/refusedOperations.ts";
import { isOffered } from "../visits/visitEntry.ts";
import { placeOf, VENUES } from "./venues.ts";

type Hamlet = { id: string; name: string };

const MAX_PEOPLE = 2000;
/** An earlier day would count as this many days before the receipt. */
const MAX_DAYS_AGO = 60;

/** The form fields of a session, or of an empty form. */
export function fieldsOf(session: OutreachSession | undefined, today: string) {
  if (!session) return new URLSearchParams({ held_on: today });
  const { place, hamlet_id, held_on, people, services, venue } = session;
  const pairs = Object.entries({ place, hamlet_id, held_on, people: String(people ?? ""), venue: venue ?? "" });
  return new URLSearchParams([...pairs, ...services.map((code) => ["service", code])]);
}

/**
 * The data of `outreach.record` and `outreach.amend`, and an error sentence for each invalid field. A hamlet that the
 * account has lost while the form was open stays: the server decides. Without a venue the data has none, which leaves
 * what is known as it is.
 * @param hamlets those of the account
 */
export function readEntry(
  fields: URLSearchParams,
  hamlets: Hamlet[],
  { session, refused }: { session: OutreachSession | undefined; refused: RefusedOperations | undefined },
  today: string,
) {
  const venue = fields.get("venue") ?? "";
  const place = readText(fields.get("place")?.trim() || placeOf(venue), { most: 160, required: _("Ghi nơi tổ chức.") });
  const stays = isRefusedHamlet(refused) ? "" : (session?.hamlet_id ?? "");
  const only = hamlets.length === 1 ? hamlets[0].id : "";
  const hamlet_id = fields.get("hamlet_id") || stays || only;
  const held_on = fields.get("held_on") ?? "";
  const isPast = isDay(held_on) && held_on <= today && held_on >= dayAfter(today, -MAX_DAYS_AGO);
  const services = fields.getAll("service");
  const typed = (fields.get("people") ?? "").trim();
  const people = typed === "" ? null : Number(/^\d+$/.test(typed) ? typed : 0);
  const errors: Record<string, string> = {
    place: place.error,
    hamlet_id: hamlet_id ? "" : _("Chọn thôn, bản hoặc tổ dân phố."),
    held_on: isPast || held_on === session?.held_on ? "" : _("Chọn ngày trong 60 ngày qua."),
    services: services.length ? "" : _("Chọn ít nhất một việc đã hướng dẫn."),
    people:
      people === null || (people > 0 && people <= MAX_PEOPLE) ? "" : _("Ghi số từ 1 đến %(most)s.", { most: 2000 }),
  };
  const kind = VENUES[venue] ? { venue } : {};
  return { data: { hamlet_id, place: place.text, held_on, services, people, ...kind }, errors };
}

/** The hamlets to choose from; empty if there is no choice. */
export function hamletChoices(hamlets: Hamlet[], fields: URLSearchParams, refused: RefusedOperations | undefined) {
  if (hamlets.length < 2 && !isRefusedHamlet(refused)) return [];
  return hamlets.map(({ id, name }) => ({ id, name, chosen: fields.get("hamlet_id") === id }));
}

/** The services that are offered, and those that the session has. */
export function serviceChoices(
  { services }: View,
  session: OutreachSession | undefined,
  fields: URLSearchParams,
  today: string,
) {
  const chosen = new Set([...fields.getAll("service"), ...(session?.services ?? [])]);
  const shown = services.filter((one) => isOffered(one, today) || chosen.has(one.code));
  const known = new Set(services.map(({ code }) => code));
  const unknown = [...chosen].filter((code) => !known.has(code));
  const labels = [
    ...shown.map(({ code, label }) => ({ code, label: label[language] })),
    ...unknown.map((code) => ({ code, label: _("Việc không còn trong danh mục") })),
  ];
  return labels.map((one) => ({ ...one, chosen: fields.getAll("service").includes(one.code) }));
}

function isRefusedHamlet(refused: RefusedOperations | undefined) {
  return refused?.first.code === "hamlet_unknown";
}
