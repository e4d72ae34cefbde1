// Selects visits, to decide on many at once. The number on the buttons is that of this page; the server skips visits
// that have changed meanwhile, and says so.

/**
 * The list as it was loaded: its form's id, how many rows it has so far, the values of its boxes (visit and version),
 * those of flagged visits, and the picked values. `whole`: the page was picked, with the rows that are still to come;
 * `coming`: how many visits these were, when it was loaded, that are picked with it.
 */
let page = {
  id: "",
  rows: 0,
  whole: false,
  coming: 0,
  loaded: new Set<string>(),
  flagged: new Set<string>(),
  picked: new Set<string>(),
};
/** The box where a range begins. */
let rangeStart: HTMLInputElement | null = null;
/** The buttons and reasons; removed from the page while nothing is picked. */
let verdicts: HTMLElement | null = null;

const bar = () => document.getElementById("bulk") as HTMLFormElement | null;
const rows = () => [...document.querySelectorAll("#visits tbody tr:not(#more-rows)")];
const boxes = () => [...document.querySelectorAll('#visits tbody input[name="visit"]')] as HTMLInputElement[];
/**
 * The boxes that are picked as a whole: in a list that has decided visits as well, those of visits that wait. Not those
 * of visits that changed before their rows came: nobody has read what became of them.
 */
const pageBoxes = () => boxes().filter(isOfPage);
const isOfPage = (box: HTMLInputElement) =>
  !box.hasAttribute("data-changed") && (!bar()?.hasAttribute("data-of-waiting") || isWaiting(box));
const isWaiting = (box: HTMLInputElement) => box.hasAttribute("data-waits");
/** The box above the column of boxes, and the one on the bar, which cards have instead. */
const wholePage = () => [...document.querySelectorAll("#visits [data-page] input")] as HTMLInputElement[];
const wholeFilter = () => document.querySelector('#bulk [name="all"]') as HTMLInputElement | null;

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
  begin();
  const present = new Set(boxes().map((box) => box.value));
  const changed = [...page.picked].filter((value) => !present.has(value));
  for (const value of changed) page.picked.delete(value);
  for (const box of boxes()) box.checked = page.picked.has(box.value);
  show(wholeFilter()?.checked ? 0 : changed.length);
}

/** The rows that came after the page belong to the list as it was loaded. */
export function addRows() {
  if (!bar()) return;
  begin();
  const whole = wholeFilter()?.checked;
  let came = 0;
  for (const row of rows().slice(page.rows)) {
    const box = row.querySelector('input[name="visit"]') as HTMLInputElement | null;
    if (!box) continue;
    if (box.hasAttribute("data-flagged")) page.flagged.add(box.value);
    if (!isOfPage(box)) continue;
    page.loaded.add(box.value);
    came++;
    if (page.whole || whole) mark(box, true);
  }
  page.rows = rows().length;
  show(page.whole && !whole ? page.coming - came : 0);
}

export function onPick(event: Event) {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return;
  if (wholePage().includes(box) || box === wholeFilter()) pickAll(box.checked);
  else if (box.name === "visit") pick(box, event instanceof MouseEvent && event.shiftKey);
}

/** Picks a row or undoes that; with `range` picks every row from the one picked before. */
export function pickRow(row: HTMLTableRowElement | null, range: boolean) {
  const box = row?.querySelector('input[name="visit"]') as HTMLInputElement | null | undefined;
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

/** Reads the list if it was just loaded. */
function begin() {
  if (field("id").value === page.id) return;
  const whole = wholeFilter()?.checked;
  const all = boxes();
  page = {
    id: field("id").value,
    rows: rows().length,
    whole: false,
    coming: Number(document.getElementById("more-rows")?.dataset.selectable ?? 0),
    loaded: new Set(pageBoxes().map((box) => box.value)),
    flagged: new Set(all.filter((box) => box.hasAttribute("data-flagged")).map((box) => box.value)),
    picked: new Set((whole ? pageBoxes() : all.filter((box) => box.checked)).map((box) => box.value)),
  };
  rangeStart = null;
}

function pick(box: HTMLInputElement, range: boolean) {
  begin();
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

function pickAll(picked: boolean) {
  begin();
  page.whole = picked;
  const whole = wholeFilter();
  if (whole && !picked) whole.checked = false;
  for (const box of picked ? pageBoxes() : boxes()) mark(box, picked);
  show();
}

function mark(box: HTMLInputElement, picked: boolean) {
  box.checked = picked;
  if (picked) page.picked.add(box.value);
  else page.picked.delete(box.value);
}

/**
 * Shows the number on the bar and its buttons.
 * @param changed how many picked rows have changed since
 */
function show(changed: number = 0) {
  const form = bar();
  if (!form) return;
  const count = selectedCount();
  const flagged = flaggedCount();
  const onPage = pageBoxes();
  form.hidden = boxes().length === 0 && !wholeFilter();
  form.toggleAttribute("data-any", count > 0);
  toggleVerdicts(form, count > 0);
  const reopen = form.querySelector("[data-reopen]") as HTMLElement | null;
  if (reopen)
    reopen.hidden = form.hasAttribute("data-of-waiting") && !boxes().some((box) => box.checked && !isWaiting(box));
  for (const element of form.querySelectorAll("[data-counted]") as NodeListOf<HTMLElement>)
    element.textContent = withNumber(element.dataset.counted, count);
  showAccept(form, count, flagged);
  const status = form.querySelector(".picked") as HTMLElement;
  const sentences = [count ? withNumber(status.dataset.some, count) : status.dataset.none];
  if (flagged && flagged < count) sentences.push(withNumber(status.dataset.flagged, flagged));
  if (changed) sentences.push(withNumber(status.dataset.lost, changed));
  status.textContent = sentences.join(" ");
  for (const all of wholePage()) {
    (all.closest("label") as HTMLElement).hidden = onPage.length === 0;
    all.checked = onPage.length > 0 && onPage.every((box) => box.checked);
    all.indeterminate = page.picked.size > 0 && !all.checked;
  }
}

/** *Duyệt*: the first button leaves the flagged visits, the second one names their number and takes them too. */
function showAccept(form: HTMLFormElement, count: number, flagged: number) {
  const plain = form.querySelector("[data-accept]") as HTMLElement | null;
  const all = form.querySelector("[data-accept-flagged]") as HTMLElement | null;
  if (!plain || !all) return;
  const [label, words] = [plain, all].map((button) => button.querySelector("span") as HTMLElement);
  label.textContent = withNumber(label.dataset.counted, count - flagged);
  plain.hidden = flagged > 0 && flagged === count;
  all.hidden = flagged === 0;
  const text = plain.hidden ? words.dataset.only : words.dataset.mixed;
  words.textContent = withNumber(text?.replace("##", flagged.toLocaleString("vi-VN")), count);
}

/**
 * Adds or removes the bar's buttons. An open visit has buttons and fields with the same labels: only one set of them
 * may be on the page.
 */
function toggleVerdicts(form: HTMLFormElement, any: boolean) {
  verdicts = form.querySelector(".verdicts") ?? verdicts;
  if (!any) verdicts?.remove();
  else if (verdicts && !verdicts.isConnected) form.append(verdicts);
}

const field = (name: string) => bar()?.elements.namedItem(name) as HTMLInputElement;

const withNumber = (text: string | undefined, count: number) =>
  (text ?? "").replace("#", count.toLocaleString("vi-VN"));
