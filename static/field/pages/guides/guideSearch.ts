// Searching the guides: whole syllables, the last one also while it is typed, and synonyms.

import type { GuideRow } from "../../core/protocol.ts";
import { nfc } from "../../core/text.ts";
import { stepsOf } from "./steps.ts";
import { SYNONYMS } from "./synonyms.ts";

/** A text as it is compared: lower case, a blank at both ends and for each sign; `folded` without marks. */
type Compared = { marked: string; folded: string };
/** A guide as it is searched. `text`: its text without elements. */
type SearchedGuide = { text: string; title: Compared; body: Compared };
/** `excerpt`: what of the guide was found; empty where its title says it. */
export type Hit = { guide: GuideRow; excerpt: string };

const EXCERPT = { before: 24, length: 80 };
const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"' };
const searched = new WeakMap<GuideRow, SearchedGuide>();
const GROUPS = SYNONYMS.map((group) => group.map((phrase) => compared(phrase).folded));

/**
 * The guides that a query finds: first those whose title has it, then those with its words side by side or with a
 * synonym, then those with all its words. Marks that were typed count, unless nothing would be found.
 */
export function searchGuides(guides: GuideRow[], query: string): Hit[] {
  const { marked, folded } = compared(nfc(query));
  const found = marked === folded ? [] : ranked(guides, marked, folded, "marked");
  return found.length ? found : ranked(guides, folded, folded, "folded");
}

function ranked(guides: GuideRow[], query: string, folded: string, key: keyof Compared): Hit[] {
  const words = query.trim().split(/ +/);
  const terms = words.map((word, index) => (index < words.length - 1 ? ` ${word} ` : ` ${word}`));
  const group = GROUPS.find((phrases) => phrases.some((phrase) => folded.includes(phrase))) ?? [];
  const places: Hit[][] = [[], [], []];
  for (const guide of guides) {
    const { text, title, body } = searchedGuide(guide);
    const phrase = body[key].indexOf(query.trimEnd());
    const place = phrase < 0 ? group.map((one) => body.folded.indexOf(one)).find((at) => at >= 0) : phrase;
    if (hasAll(title[key], terms) || group.some((one) => title.folded.includes(one))) {
      places[0].push({ guide, excerpt: "" });
    } else if (place !== undefined) {
      places[1].push({ guide, excerpt: excerpt(text, place) });
    } else if (hasAll(`${title[key]}${body[key]}`, terms)) {
      const [longest] = [...terms].sort((one, other) => other.length - one.length);
      places[2].push({ guide, excerpt: excerpt(text, body[key].indexOf(longest)) });
    }
  }
  return places.flat();
}

function hasAll(text: string, terms: string[]) {
  return terms.every((term) => text.includes(term));
}

/** Each letter stays at its place, after the blank: of composed text, folding changes none. */
function compared(text: string): Compared {
  const marked = ` ${text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, " ")} `;
  return { marked, folded: marked.replaceAll("\u0111", "d").normalize("NFD").replace(/\p{M}/gu, "") };
}

function searchedGuide(guide: GuideRow): SearchedGuide {
  const known = searched.get(guide);
  if (known) return known;
  const steps = stepsOf(guide).map((step) => ` ${step.title}. ${step.text}`);
  const plain = guide.html.replace(/<[^>]*>/g, " ").replace(/&(\w+);/g, (entity, name) => ENTITIES[name] ?? entity);
  const text = [plain, ...steps].join("").trim().replace(/\s+/g, " ");
  const made = { text, title: compared(guide.title), body: compared(text) };
  searched.set(guide, made);
  return made;
}

/** The text around a place; empty without one. */
function excerpt(text: string, place: number) {
  if (place < 0) return "";
  const start = place > EXCERPT.before ? text.indexOf(" ", place - EXCERPT.before) : 0;
  const last = start + EXCERPT.length;
  const end = last < text.length ? text.lastIndexOf(" ", last) : text.length;
  const part = text.slice(start, end).replace(/^[\s.,:?!]+/, "");
  return `${start > 0 ? "… " : ""}${part}${end < text.length ? "…" : ""}`;
}
