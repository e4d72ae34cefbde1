// Numbers of identity cards, which are never stored: a point stands for each digit. app/core/numbers/id_numbers.py has
// the same function and says what it masks; both are tested with tests/contract/vectors/id_numbers.json.

// The digits of every script, and those raised, lowered and in circles.
export const D = "[\\p{Nd}\\u00b2\\u00b3\\u00b9\\u2070\\u2074-\\u2079\\u2080-\\u2089\\u2460-\\u2468\\u24ea]";
const UNSEEN = "\\p{M}\\p{Cf}\\u115f\\u1160\\u3164]*";
const Z = `[()[\\]{}${UNSEEN}`;
const SIGNS = "[./_+*|~='\\\\\\u00b7\\u2019\\u2010-\\u2015\\u2022\\u2212-]{1,3}";
// A comma or semicolon with a blank separates the numbers of a list.
export const GAP = `${Z}(?:(?:\\s+(?:${SIGNS}\\s*)?|${SIGNS}\\s*|[,;])${Z})?`;
const DATE = /^((0?[1-9]|[12]\d|3[01])([/.-])(0?[1-9]|1[0-2])\3(19|20)\d\d|(19|20)\d\d-(0[1-9]|1[0-2])-\d\d)$/;
type Group = { start: number; end: number; digits: string[] };

const RUN = new RegExp(`${D}(?:${GAP}${D})*`, "gu");
const TELEPHONE = /^((840?|0)[35789]\d{8}|02\d{9})$/;
/** The sizes of a telephone number's groups where other numbers follow it. */
const GROUPED = /^(10|11|29|219|2333|334|433)$/;
const GROUP = new RegExp(`${D}(?:[${UNSEEN}${D})*`, "gu");
const DIGIT = new RegExp(D, "gu");

/** The text with a point for each digit of an identity card's number, without the signs between them. */
export function maskIdNumbers(text: string) {
  return text.replace(RUN, maskRun);
}

function maskRun(run: string) {
  const groups = [...run.matchAll(GROUP)].map(({ 0: group, index }) => ({
    start: index,
    end: index + group.length,
    digits: group.match(DIGIT) ?? [],
  }));
  let masked = "";
  let done = 0;
  for (let first = 0; first < groups.length; ) {
    const other = endOf(groups, first, (some) => isDate(run, some) || isTelephone(some, some.at(-1) === groups.at(-1)));
    const last = other || endOf(groups, first, isCard(12)) || endOf(groups, first, isCard(9));
    const [start, end] = [groups[first], groups[last - 1]];
    if (!other && start && end) {
      masked += run.slice(done, start.start) + "•".repeat(digitsOf(groups.slice(first, last)).length);
      done = end.end;
    }
    first = last || first + 1;
  }
  return masked + run.slice(done);
}

/** Behind the last group of such a number that begins with this group; 0 if none does. */
function endOf(groups: Group[], first: number, isNumber: (some: Group[]) => boolean) {
  for (let last = first + 1; last <= Math.min(groups.length, first + 12); last++)
    if (isNumber(groups.slice(first, last))) return last;
  return 0;
}

function isDate(run: string, some: Group[]) {
  return DATE.test(run.slice(some[0]?.start, some.at(-1)?.end));
}

function isTelephone(some: Group[], isRest: boolean) {
  const sizes = sizesOf(some);
  const isGrouped = GROUPED.test(sizes.join("")) || (isRest && sizes[0] !== 9 && sizes.at(-1) !== 1);
  return isGrouped && TELEPHONE.test(digitsOf(some).join(""));
}

function isCard(length: number) {
  return (some: Group[]) => digitsOf(some).length === length && [...new Set(sizesOf(some))].sort().join() !== "1,2";
}

function digitsOf(some: Group[]) {
  return some.flatMap(({ digits }) => digits);
}

function sizesOf(some: Group[]) {
  return some.map(({ digits }) => digits.length);
}
