// Picking visits to decide on many at once. The number on the buttons is that of what would be decided, as far as
// this page knows; what changed elsewhere meanwhile is left out by the server, which says so.

/** A list as it came: its form's id, the boxes' values (visit and version) then, and which of them are picked. */
let page = { id: "", waited: /** @type {Set<string>} */ (new Set()), picked: /** @type {Set<string>} */ (new Set()) };
/** @type {HTMLInputElement | null} The box that a range begins from. */
let last = null;
/** @type {HTMLElement | null} The buttons and reasons: not on the page while nothing is picked. */
let verdicts = null;

const bar = () => /** @type {HTMLFormElement | null} */ (document.getElementById("bulk"));
const boxes = () =>
  /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll('#visits tbody input[name="visit"]')]);
const wholePage = () => /** @type {HTMLInputElement | null} */ (document.querySelector("#bulk [data-page] input"));
const wholeFilter = () => /** @type {HTMLInputElement | null} */ (document.querySelector('#bulk [name="all"]'));

/** How many visits the bar's buttons would decide on. */
export function howMany() {
  if (!wholeFilter()?.checked) return page.picked.size;
  const here = new Set(boxes().map((box) => box.value));
  const gone = [...page.waited].filter((value) => !here.has(value)).length;
  return Number(field("count").value) - gone;
}

/** After a swap: ticks are put back on rows that came anew, and the number is made true. */
export function recount() {
  const form = bar();
  if (!form) return;
  if (field("id").value !== page.id) begin();
  const kept = new Set(boxes().map((box) => box.value));
  const lost = [...page.picked].filter((value) => !kept.has(value));
  for (const value of lost) page.picked.delete(value);
  for (const box of boxes()) box.checked = page.picked.has(box.value);
  show(wholeFilter()?.checked ? 0 : lost.length);
}

/** @param {Event} event */
export function onPick(event) {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return;
  if (box === wholePage() || box === wholeFilter()) pickAll(box.checked);
  else if (box.name === "visit") pick(box, event instanceof MouseEvent && event.shiftKey);
}

/**
 * Pick a row, or pick it no more; with `range` all from the one before.
 * @param {HTMLTableRowElement | null} row
 * @param {boolean} range
 */
export function pickRow(row, range) {
  const box = /** @type {HTMLInputElement | null | undefined} */ (row?.querySelector('input[name="visit"]'));
  if (!box) return;
  box.checked = range || !box.checked;
  pick(box, range);
}

/** Pick all of the page, or nothing any more. */
export function pickPage() {
  const box = wholePage();
  if (!bar() || !box) return;
  pickAll(!box.checked);
}

function begin() {
  const whole = wholeFilter()?.checked;
  const all = boxes();
  page = {
    id: field("id").value,
    waited: new Set(all.map((box) => box.value)),
    picked: new Set(all.filter((box) => whole || box.checked).map((box) => box.value)),
  };
  last = null;
}

/** @param {HTMLInputElement} box @param {boolean} range */
function pick(box, range) {
  const all = boxes();
  const from = range && last ? all.indexOf(last) : -1;
  const to = all.indexOf(box);
  const chosen = from < 0 ? [box] : all.slice(Math.min(from, to), Math.max(from, to) + 1);
  for (const one of chosen) mark(one, box.checked);
  last = box;
  const whole = wholeFilter();
  if (whole) whole.checked = false;
  show();
}

/** @param {boolean} picked */
function pickAll(picked) {
  const whole = wholeFilter();
  if (whole && !picked) whole.checked = false;
  for (const box of boxes()) mark(box, picked);
  show();
}

/** @param {HTMLInputElement} box @param {boolean} picked */
function mark(box, picked) {
  box.checked = picked;
  if (picked) page.picked.add(box.value);
  else page.picked.delete(box.value);
}

/** Write the number wherever it stands; `lost` were picked and are not any more, because their rows changed. */
function show(lost = 0) {
  const form = bar();
  if (!form) return;
  const count = howMany();
  const onPage = boxes().length;
  form.hidden = onPage === 0 && !wholeFilter();
  form.toggleAttribute("data-any", count > 0);
  offer(form, count > 0);
  for (const words of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-counted]")))
    words.textContent = withNumber(words.dataset.counted, count);
  const said = /** @type {HTMLElement} */ (form.querySelector(".picked"));
  const sentences = [count ? withNumber(said.dataset.some, count) : said.dataset.none];
  if (lost) sentences.push(withNumber(said.dataset.lost, lost));
  said.textContent = sentences.join(" ");
  const all = wholePage();
  if (!all) return;
  /** @type {HTMLElement} */ (all.closest("label")).hidden = onPage === 0;
  all.checked = onPage > 0 && page.picked.size === onPage;
  all.indeterminate = page.picked.size > 0 && !all.checked;
}

/**
 * Beside the list a visit may be open, with buttons and fields of the same words: there is one of each to find.
 * @param {HTMLFormElement} form
 * @param {boolean} any
 */
function offer(form, any) {
  verdicts = form.querySelector(".verdicts") ?? verdicts;
  if (!any) verdicts?.remove();
  else if (verdicts && !verdicts.isConnected) form.append(verdicts);
}

/** @param {string} name */
const field = (name) => /** @type {HTMLInputElement} */ (bar()?.elements.namedItem(name));

/** @param {string | undefined} words @param {number} count */
const withNumber = (words, count) => (words ?? "").replace("#", count.toLocaleString("vi-VN"));
