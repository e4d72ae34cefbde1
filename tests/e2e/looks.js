// What is wrong with the layout of a screen, in sentences. The test calls `look` with the smallest lengths allowed, in
// CSS pixels: font size (`least`), height of a control, height of a primary one, distance between two. Without `control`
// controls are not checked.
const faults = new Set();

function look(rules) {
  // The browser only estimates the size of rows out of sight.
  for (const row of document.querySelectorAll(".entry")) row.style.contentVisibility = "visible";
  const all = [...document.body.querySelectorAll("*")].filter((element) => !isForScreenReaders(element));
  checkWidths(all);
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
const styleOf = (element) => getComputedStyle(element);
const isForScreenReaders = (element) => element.closest(".unseen, .sprite, [hidden], noscript") !== null;
const isSeen = (element) =>
  !isForScreenReaders(element) && element.checkVisibility({ visibilityProperty: true }) && !/inset\(50%\)/.test(clips(element));
const clips = (element) => (element ? styleOf(element).clipPath + clips(element.parentElement) : "");
const page = document.scrollingElement;
// A table of figures with forty columns may scroll in its own box (WCAG 1.4.10 excepts data tables).
const WIDE_TABLE = ".report-box";
// Lines of rows end in "…"; the page that a row leads to has the whole text.
const CUT_CELL = "#visits td:not(.review), #visits td:not(.review) :is(a, small, span)";
// Between blanks, as long as the longest syllables of Vietnamese.
const SYLLABLE = /(?<=^|\s)[\p{L}\p{N}]{2,7}(?=\s|$)/gu;

/** Nothing scrolls sideways, and no content is wider than its box. */
function checkWidths(all) {
  if (page.scrollWidth > page.clientWidth + 1) say("scrolls sideways", page);
  for (const element of all) {
    if (element.matches(`input, textarea, select, svg, svg *, progress, ${WIDE_TABLE}, ${CUT_CELL}`) || styleOf(element).overflow === "visible")
      continue;
    if (element.scrollWidth > element.clientWidth + 1 && isSeen(element)) say("scrolls sideways", element);
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
    const { fontSize, lineHeight } = styleOf(element);
    const size = Number.parseFloat(fontSize);
    if (size < least - 0.05) say(`text of ${fontSize}`, text);
    if (Number.parseFloat(lineHeight) < 1.3 * size - 0.1)
      say(`lines of ${lineHeight} for letters of ${fontSize}`, text);
    if (checksWords) checkWords(text);
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const line of range.getClientRects()) {
      if (line.width < 1) continue;
      if (isOutOfReach(element, line)) say("out of reach", text);
      // Letters are lower than their line box.
      const spare = (line.height - size) / 2;
      const seen = shown(element, {
        top: line.top + spare,
        bottom: line.bottom - spare,
        left: line.left,
        right: line.right,
      });
      if (seen) boxes.push({ text, ...seen });
    }
  }
  checkOverlaps(boxes);
}

/**
 * No syllable of Vietnamese is broken into two lines. Words of English are wider than a narrow column, and so are
 * syllables of twice the size in the desk's tables on a phone.
 */
function checkWords(text) {
  const range = document.createRange();
  range.selectNodeContents(text);
  if (linesOf(range) < 2) return;
  for (const { index, 0: word } of text.data.matchAll(SYLLABLE)) {
    range.setStart(text, index);
    range.setEnd(text, index + word.length);
    if (linesOf(range) > 1) say(`breaks “${word}”`, text);
  }
}

const linesOf = (range) => new Set([...range.getClientRects()].filter(({ width }) => width).map(({ top }) => top)).size;

function checkOverlaps(boxes) {
  for (const [index, one] of boxes.entries())
    for (const other of boxes.slice(index + 1))
      if (one.text !== other.text && over(one, other) > 2 && !hides(one, other))
        say(`overlaps “${other.text.data.trim()}”`, one.text);
}

/** Controls are high enough to tap, and far enough apart not to tap the wrong one. */
function checkControls(all, { control, primary, distance }) {
  const TAPPABLE =
    "a[href], button, summary, select, textarea, input:not([type=hidden], [type=checkbox], [type=radio])," +
    "label:has([type=checkbox], [type=radio])";
  const controls = all.filter((element) => element.matches(TAPPABLE) && isSeen(element));
  for (const element of controls) {
    const { height } = element.getBoundingClientRect();
    const wanted = element.matches(".button.primary") ? primary : control;
    if (height < wanted - 0.5) say(`${Math.round(height)} px high`, element);
  }
  // Rows of a list and links of the bottom bar are high enough to touch each other.
  const areAdjacent = (one, other) => [".bar > a", ".row"].some((kind) => one.matches(kind) && other.matches(kind));
  for (const [index, one] of controls.entries())
    for (const other of controls.slice(index + 1)) {
      if (one.contains(other) || other.contains(one) || areAdjacent(one, other)) continue;
      // A control that scrolls may come close to one that does not.
      if (scrollerOf(one) !== scrollerOf(other) || stickyBar(one) !== stickyBar(other)) continue;
      const room = gap(one.getBoundingClientRect(), other.getBoundingClientRect());
      if (room < distance - 0.5) say(`${Math.round(room)} px beside “${named(other)}”`, one);
    }
}

function scrollerOf(element) {
  const box = element.parentElement;
  return box === null || box === page || /auto|scroll/.test(styleOf(box).overflow) ? (box ?? page) : scrollerOf(box);
}

/** The bar around an element under which the rest of the page scrolls; null if there is none. */
function stickyBar(element) {
  return element === null || styleOf(element).position === "sticky" ? element : stickyBar(element.parentElement);
}

/** Whether text lies where no scrolling leads: above or left of its box, or right of it. */
function isOutOfReach(element, { top, left, right }) {
  const box = scrollerOf(element);
  if (box.matches(WIDE_TABLE) || element.closest(CUT_CELL)) return false;
  const { x, y } = box === page ? { x: 0, y: 0 } : box.getBoundingClientRect();
  const scrolled = box === page ? scrollY : box.scrollTop;
  return top + scrolled < y - 1 || left < x - 1 || right > x + box.clientWidth + 1;
}

/** The part of a rectangle that the boxes around it do not clip; null if none. */
function shown(element, { top, bottom, left, right }) {
  const seen = { top, bottom, left, right };
  for (let box = element; box; box = box.parentElement) {
    if (styleOf(box).overflow === "visible") continue;
    const around = box.getBoundingClientRect();
    seen.top = Math.max(seen.top, around.top);
    seen.bottom = Math.min(seen.bottom, around.bottom);
    seen.left = Math.max(seen.left, around.left);
    seen.right = Math.min(seen.right, around.right);
  }
  return seen.bottom - seen.top > 1 && seen.right - seen.left > 1 ? seen : null;
}

function over(a, b) {
  const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return Math.min(wide, high);
}

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

function gap(a, b) {
  const wide = Math.max(a.left, b.left) - Math.min(a.right, b.right);
  const high = Math.max(a.top, b.top) - Math.min(a.bottom, b.bottom);
  return Math.max(wide, high);
}
