// What is wrong with the layout of a screen, in sentences. The test calls `look` with the smallest lengths allowed, in
// CSS pixels: font size (`least`), height of a control, height of a primary one, distance between two. Without `control`
// controls are not checked. Nothing moves while it looks, so what it learned of an element holds for the others in it.
const faults = new Set();

function look(rules) {
  // The browser only estimates the size of rows out of sight.
  for (const row of document.querySelectorAll(".rows")) row.style.contentVisibility = "visible";
  const all = [...document.body.querySelectorAll("*")].filter((element) => !isForScreenReaders(element));
  checkWidths(all);
  checkLabels(all);
  const { lang, style } = document.documentElement;
  checkText(rules.least, lang === "vi" && (rules.control || !style.fontSize));
  if (rules.control) checkControls(all, rules);
  return [...faults];
}

const say = (fault, node) => faults.add(`${fault}: ${named(node)}`);
const named = (node) => {
  const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
  const text = (element.textContent || element.id).replace(/\s+/g, " ").trim().slice(0, 50);
  return `<${element.localName}${element.className ? ` ${element.className}` : ""}> ${text}`;
};

/** The function, which is called once for each element. */
function once(find) {
  const found = new Map();
  return (element) => {
    if (!found.has(element)) found.set(element, find(element));
    return found.get(element);
  };
}

const styleOf = (element) => getComputedStyle(element);
const overflowOf = once((element) => styleOf(element).overflow);
const boxOf = once((element) => element.getBoundingClientRect());
const isForScreenReaders = once(
  (element) =>
    element !== null && (element.matches(".unseen, .sprite, [hidden], noscript") || isForScreenReaders(element.parentElement)),
);
const isSeen = once(
  (element) =>
    !isForScreenReaders(element) && element.checkVisibility({ visibilityProperty: true }) && !isClipped(element),
);
const isClipped = once(
  (element) => element !== null && (/inset\(50%\)/.test(styleOf(element).clipPath) || isClipped(element.parentElement)),
);
const page = document.scrollingElement;
// A table of figures with forty columns may scroll in its own box (WCAG 1.4.10 excepts data tables).
const WIDE_TABLE = ".report-box";
// Lines of rows end in "…"; the page that a row leads to has the whole text.
const CUT_CELL = "#visits td:not(.review), #visits td:not(.review) :is(a, small, span)";
// Between blanks, as long as the longest syllables of Vietnamese.
const SYLLABLE = /(?<=^|\s)[\p{L}\p{N}]{2,7}(?=\s|$)/gu;

/** Nothing scrolls sideways, and no content is wider than its box. */
function checkWidths(all) {
  if (page.scrollWidth > page.clientWidth) say("scrolls sideways", page);
  for (const element of all) {
    const rounding = element.matches("main, .sheet") ? 0 : 1;
    if (element.scrollWidth <= element.clientWidth + rounding || overflowOf(element) === "visible") continue;
    if (element.matches(`input, textarea, select, svg, svg *, progress, ${WIDE_TABLE}, ${CUT_CELL}`)) continue;
    if (isSeen(element)) say("scrolls sideways", element);
  }
}

/** A cell whose label stands before it, where a table is shown as cards, is as high as a line of that label. */
function checkLabels(all) {
  for (const cell of all) {
    if (!cell.matches("td[data-label]") || getComputedStyle(cell, "::before").content === "none") continue;
    const { fontSize } = getComputedStyle(cell, "::before");
    if (isSeen(cell) && boxOf(cell).height < Number.parseFloat(fontSize)) say("no room for its label", cell);
  }
}

/** Text is large enough, has room for marks above and below letters, can be scrolled to, and does not overlap. */
function checkText(least, checksWords) {
  const boxes = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    const element = text.parentElement;
    if (!text.data.trim() || !isSeen(element) || element.closest("option")) continue;
    const { fontSize, lineHeight } = fontOf(element);
    const size = Number.parseFloat(fontSize);
    if (size < least - 0.05) say(`text of ${fontSize}`, text);
    if (Number.parseFloat(lineHeight) < 1.3 * size - 0.1)
      say(`lines of ${lineHeight} for letters of ${fontSize}`, text);
    const range = document.createRange();
    range.selectNodeContents(text);
    const lines = [...range.getClientRects()].filter(({ width }) => width);
    if (checksWords && new Set(lines.map(({ top }) => top)).size > 1) checkWords(text);
    for (const line of lines) {
      if (line.width < 1) continue;
      if (isOutOfReach(element, line)) say("out of reach", text);
      // Letters are lower than their line box.
      const spare = (line.height - size) / 2;
      const { left, right } = line;
      const seen = common({ top: line.top + spare, bottom: line.bottom - spare, left, right }, clipOf(element));
      if (seen.bottom - seen.top > 1 && seen.right - seen.left > 1) boxes.push({ text, place: boxes.length, ...seen });
    }
  }
  checkOverlaps(boxes);
}

const fontOf = once((element) => {
  const { fontSize, lineHeight } = styleOf(element);
  return { fontSize, lineHeight };
});

/**
 * No syllable of Vietnamese is broken into two lines. Words of English are wider than a narrow column, and so are
 * syllables of twice the size in the desk's tables on a phone.
 */
function checkWords(text) {
  const range = document.createRange();
  for (const { index, 0: word } of text.data.matchAll(SYLLABLE)) {
    range.setStart(text, index);
    range.setEnd(text, index + word.length);
    const tops = [...range.getClientRects()].filter(({ width }) => width).map(({ top }) => top);
    if (new Set(tops).size > 1) say(`breaks “${word}”`, text);
  }
}

function checkOverlaps(boxes) {
  for (const [first, second] of closePairs(boxes, -2)) {
    const [one, other] = first.place < second.place ? [first, second] : [second, first];
    if (one.text !== other.text && gap(one, other) < -2 && !hides(one, other))
      say(`overlaps “${other.text.data.trim()}”`, one.text);
  }
}

/** Controls are high enough to tap, and far enough apart not to tap the wrong one. */
function checkControls(all, { control, primary, distance }) {
  const TAPPABLE =
    "a[href], button, summary, select, textarea, input:not([type=hidden], [type=checkbox], [type=radio])," +
    "label:has([type=checkbox], [type=radio])";
  const controls = all.filter((element) => element.matches(TAPPABLE) && isSeen(element));
  for (const element of controls) {
    const { height } = boxOf(element);
    const wanted = element.matches(".button.primary") ? primary : control;
    if (height < wanted - 0.5) say(`${Math.round(height)} px high`, element);
  }
  // Rows of a list and links of the bottom bar are high enough to touch each other.
  const areAdjacent = (one, other) => [".bar > a", ".row"].some((kind) => one.matches(kind) && other.matches(kind));
  const boxes = controls.map((element, place) => {
    const { top, bottom, left, right } = boxOf(element);
    return { element, place, top, bottom, left, right };
  });
  for (const pair of closePairs(boxes, distance - 0.5)) {
    const room = gap(...pair);
    if (room >= distance - 0.5) continue;
    const [one, other] = pair.sort((a, b) => a.place - b.place).map(({ element }) => element);
    if (one.contains(other) || other.contains(one) || areAdjacent(one, other)) continue;
    // A control that scrolls may come close to one that does not.
    if (scrollerOf(one) !== scrollerOf(other) || stickyBar(one) !== stickyBar(other)) continue;
    say(`${Math.round(room)} px beside “${named(other)}”`, one);
  }
}

/** The pairs of boxes with less than this between the bottom of one and the top of the other. */
function* closePairs(boxes, room) {
  const sorted = boxes.toSorted((a, b) => a.top - b.top);
  for (const [index, one] of sorted.entries())
    for (let next = index + 1; next < sorted.length && sorted[next].top - one.bottom < room; next++)
      yield [one, sorted[next]];
}

const scrollerOf = once((element) => {
  const box = element.parentElement;
  return box === null || box === page || /auto|scroll/.test(overflowOf(box)) ? (box ?? page) : scrollerOf(box);
});

/** The bar around an element under which the rest of the page scrolls; null if there is none. */
const stickyBar = once((element) =>
  element === null || styleOf(element).position === "sticky" ? element : stickyBar(element.parentElement),
);

/** Whether text lies where no scrolling leads: above or left of its box, or right of it. */
function isOutOfReach(element, { top, left, right }) {
  const box = scrollerOf(element);
  const { x, y } = box === page ? { x: 0, y: 0 } : boxOf(box);
  const scrolled = box === page ? scrollY : box.scrollTop;
  if (top + scrolled >= y - 1 && left >= x - 1 && right <= x + box.clientWidth + 1) return false;
  return !box.matches(WIDE_TABLE) && element.closest(CUT_CELL) === null;
}

/** What the boxes around an element's text leave of the page. */
const clipOf = once((element) => {
  if (element === null) return { top: -Infinity, bottom: Infinity, left: -Infinity, right: Infinity };
  const around = clipOf(element.parentElement);
  return overflowOf(element) === "visible" ? around : common(boxOf(element), around);
});

/** The rectangle that two have in common. */
const common = (a, b) => ({
  top: Math.max(a.top, b.top),
  bottom: Math.min(a.bottom, b.bottom),
  left: Math.max(a.left, b.left),
  right: Math.min(a.right, b.right),
});

/** Whether one is in a fixed bar with a background, under which the other scrolls. */
function hides(a, b) {
  const stays = (element, other) =>
    element !== null &&
    ((/sticky|fixed/.test(styleOf(element).position) &&
      /^rgb\(/.test(styleOf(element).backgroundColor) &&
      !element.contains(other.text)) ||
      stays(element.parentElement, other));
  return stays(a.text.parentElement, b) || stays(b.text.parentElement, a);
}

/** How far two rectangles are from each other; below zero, how much of them overlaps. */
function gap(a, b) {
  const wide = Math.max(a.left, b.left) - Math.min(a.right, b.right);
  const high = Math.max(a.top, b.top) - Math.min(a.bottom, b.bottom);
  return Math.max(wide, high);
}
