// Selects visits, to decide on many at once. The number on the buttons is that of this page; the server skips visits
// that have changed meanwhile, and says so.

/**
 * The list as it was loaded: its form's id, the values of its boxes (visit and version), those of flagged visits, and
 * the picked values.
 */
let page = {
  id: "",
  loaded: /** @type {Set<string>} */ (new Set()),
  flagged: /** @type {Set<string>} */ (new Set()),
  picked: /** @type {Set<string>} */ (new Set()),
};
/** @type {HTMLInputElement | null} The box where a range begins. */
let rangeStart = null;
/** @type {HTMLElement | null} The buttons and reasons; removed from the page while nothing is picked. */
let verdicts = null;

const bar = () => /** @type {HTMLFormElement | null} */ (document.getElementById("bulk"));
const boxes = () =>
  /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll('#visits tbody input[name="visit"]')]);
/** The boxes that are picked as a whole: in a list that has decided visits as well, those of visits that wait. */
const pageBoxes = () => boxes().filter((box) => !bar()?.hasAttribute("data-of-waiting") || isWaiting(box));
/** @param {HTMLInputElement} box */
const isWaiting = (box) => box.hasAttribute("data-waits");
/** The box above the column of boxes, and the one on the bar, which cards have instead. */
const wholePage = () => /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll("#visits [data-page] input")]);
const wholeFilter = () => /** @type {HTMLInputElement | null} */ (document.querySelector('#bulk [name="all"]'));

/** The number of visits that the bar's buttons would decide on. */
export function selectedCount() {
  if (!wholeFilter()?.checked) return page.picked.size;
  const here = new Set(boxes().map((box) => box.value));
  const removed = [...page.loaded].filter((value) => !here.has(value)).length;
  return Number(field("count").value) - removed;
}

/** How many of them are flagged: the first button leaves these. */
function flaggedCount() {
  if (!wholeFilter()?.checked) return [...page.picked].filter((value) => page.flagged.has(value)).length;
  const here = new Set(boxes().map((box) => box.value));
  const removed = [...page.flagged].filter((value) => !here.has(value)).length;
  return Number(bar()?.dataset.flaggedCount) - removed;
}

/** After a swap: ticks the boxes of replaced rows again, and updates the number. */
export function recount() {
  const form = bar();
  if (!form) return;
  if (field("id").value !== page.id) begin();
  const present = new Set(boxes().map((box) => box.value));
  const changed = [...page.picked].filter((value) => !present.has(value));
  for (const value of changed) page.picked.delete(value);
  for (const box of boxes()) box.checked = page.picked.has(box.value);
  show(wholeFilter()?.checked ? 0 : changed.length);
}

/** @param {Event} event */
export function onPick(event) {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return;
  if (wholePage().includes(box) || box === wholeFilter()) pickAll(box.checked);
  else if (box.name === "visit") pick(box, event instanceof MouseEvent && event.shiftKey);
}

/**
 * Picks a row or undoes that; with `range` picks every row from the one picked before.
 * @param {HTMLTableRowElement | null} row
 * @param {boolean} range
 */
export function pickRow(row, range) {
  const box = /** @type {HTMLInputElement | null | undefined} */ (row?.querySelector('input[name="visit"]'));
  if (!box) return;
  box.checked = range || !box.checked;
  pick(box, range);
}

/** Picks the rows of the page that wait, or every row of a list of decided visits; or none. */
export function pickPage() {
  const [box] = wholePage();
  if (!bar() || !box) return;
  pickAll(!box.checked);
}

/** Reads the list that was just loaded. */
function begin() {
  const whole = wholeFilter()?.checked;
  const all = boxes();
  page = {
    id: field("id").value,
    loaded: new Set(pageBoxes().map((box) => box.value)),
    flagged: new Set(all.filter((box) => box.hasAttribute("data-flagged")).map((box) => box.value)),
    picked: new Set((whole ? pageBoxes() : all.filter((box) => box.checked)).map((box) => box.value)),
  };
  rangeStart = null;
}

/** @param {HTMLInputElement} box @param {boolean} range */
function pick(box, range) {
  const all = boxes();
  const from = range && rangeStart ? all.indexOf(rangeStart) : -1;
  const to = all.indexOf(box);
  const chosen = from < 0 ? [box] : all.slice(Math.min(from, to), Math.max(from, to) + 1);
  // A range from a visit that waits leaves out the decided ones between, and the other way round.
  for (const one of chosen) if (isWaiting(one) === isWaiting(box)) mark(one, box.checked);
  rangeStart = box;
  const whole = wholeFilter();
  if (whole) whole.checked = false;
  show();
}

/** @param {boolean} picked */
function pickAll(picked) {
  const whole = wholeFilter();
  if (whole && !picked) whole.checked = false;
  for (const box of picked ? pageBoxes() : boxes()) mark(box, picked);
  show();
}

/** @param {HTMLInputElement} box @param {boolean} picked */
function mark(box, picked) {
  box.checked = picked;
  if (picked) page.picked.add(box.value);
  else page.picked.delete(box.value);
}

/**
 * Shows the number on the bar and its buttons.
 * @param {number} [changed] how many picked rows have changed since
 */
function show(changed = 0) {
  const form = bar();
  if (!form) return;
  const count = selectedCount();
  const flagged = flaggedCount();
  const onPage = pageBoxes();
  form.hidden = boxes().length === 0 && !wholeFilter();
  form.toggleAttribute("data-any", count > 0);
  toggleVerdicts(form, count > 0);
  const reopen = /** @type {HTMLElement | null} */ (form.querySelector("[data-reopen]"));
  if (reopen)
    reopen.hidden = form.hasAttribute("data-of-waiting") && !boxes().some((box) => box.checked && !isWaiting(box));
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-counted]")))
    element.textContent = withNumber(element.dataset.counted, count);
  showAccept(form, count, flagged);
  const status = /** @type {HTMLElement} */ (form.querySelector(".picked"));
  const sentences = [count ? withNumber(status.dataset.some, count) : status.dataset.none];
  if (flagged && flagged < count) sentences.push(withNumber(status.dataset.flagged, flagged));
  if (changed) sentences.push(withNumber(status.dataset.lost, changed));
  status.textContent = sentences.join(" ");
  for (const all of wholePage()) {
    /** @type {HTMLElement} */ (all.closest("label")).hidden = onPage.length === 0;
    all.checked = onPage.length > 0 && onPage.every((box) => box.checked);
    all.indeterminate = page.picked.size > 0 && !all.checked;
  }
}

/**
 * *Duyệt*: the first button leaves the flagged visits, the second one names their number and takes them too.
 * @param {HTMLFormElement} form
 * @param {number} count
 * @param {number} flagged
 */
function showAccept(form, count, flagged) {
  const plain = /** @type {HTMLElement | null} */ (form.querySelector("[data-accept]"));
  const all = /** @type {HTMLElement | null} */ (form.querySelector("[data-accept-flagged]"));
  if (!plain || !all) return;
  const [label, words] = [plain, all].map((button) => /** @type {HTMLElement} */ (button.querySelector("span")));
  label.textContent = withNumber(label.dataset.counted, count - flagged);
  plain.hidden = flagged > 0 && flagged === count;
  all.hidden = flagged === 0;
  const text = plain.hidden ? words.dataset.only : words.dataset.mixed;
  words.textContent = withNumber(text?.replace("##", flagged.toLocaleString("vi-VN")), count);
}

/**
 * Adds or removes the bar's buttons. An open visit has buttons and fields with the same labels: only one set of them
 * may be on the page.
 * @param {HTMLFormElement} form
 * @param {boolean} any
 */
function toggleVerdicts(form, any) {
  verdicts = form.querySelector(".verdicts") ?? verdicts;
  if (!any) verdicts?.remove();
  else if (verdicts && !verdicts.isConnected) form.append(verdicts);
}

/** @param {string} name */
const field = (name) => /** @type {HTMLInputElement} */ (bar()?.elements.namedItem(name));

/** @param {string | undefined} text @param {number} count */
const withNumber = (text, count) => (text ?? "").replace("#", count.toLocaleString("vi-VN"));
