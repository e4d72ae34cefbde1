// Nghe: reads a guide aloud. The button is shown only where the phone has a Vietnamese voice. Once it was pressed on a step
// (data-along), the steps that follow are read as they come, until Dừng.

/** Blocks that are spoken one after the other: some phones stop in the middle of a long text. */
const BLOCKS = "h1, h2, h3, p, li";
const FIRST_LOOK_MS = 1_000;
/** Whether the steps that come are read. */
let isAlong = false;

/** Follows the pages on screen. A page that is the first to be drawn is looked at after its drawing. */
export function offerReading() {
  const { speechSynthesis: synthesis } = globalThis;
  if (!synthesis) return;
  const show = () => {
    const button = findButton();
    if (button) button.hidden = !vietnameseVoice(synthesis);
  };
  document.addEventListener("htmx:finally:swap", () => {
    synthesis.cancel();
    show();
    const next = document.querySelector("[data-along]:not([hidden])");
    isAlong &&= Boolean(next);
    if (isAlong) read(synthesis, next as HTMLElement);
  });
  // Many browsers load their voices some time after the page.
  synthesis.addEventListener?.("voiceschanged", show);
  addEventListener("pagehide", () => synthesis.cancel());
  document.addEventListener("click", ({ target }) => {
    const button = findButton();
    if (!button || !(target instanceof Node) || !button.contains(target)) return;
    isAlong = !synthesis.speaking && button.matches("[data-along]");
    if (synthesis.speaking) synthesis.cancel();
    else read(synthesis, button);
  });
  setTimeout(show, FIRST_LOOK_MS);
}

function findButton(): HTMLElement | null {
  return document.querySelector("[data-read]");
}

function vietnameseVoice(synthesis: SpeechSynthesis) {
  return synthesis.getVoices().find(({ lang }) => /^vi\b/i.test(lang.replace("_", "-")));
}

function read(synthesis: SpeechSynthesis, button: HTMLElement) {
  const label = button.querySelector("span") as HTMLElement;
  const text = label.textContent;
  const blocks = [...document.querySelectorAll(`${button.dataset.read} :is(${BLOCKS})`)];
  const spoken = blocks.filter((block) => !block.querySelector(BLOCKS)).map((block) => block.textContent ?? "");
  const voice = vietnameseVoice(synthesis) ?? null;
  let left = spoken.length;
  label.textContent = button.dataset.stop ?? "";
  const ended = () => {
    left -= 1;
    if (left === 0 || !synthesis.speaking) label.textContent = text;
  };
  for (const part of spoken) {
    const utterance = new SpeechSynthesisUtterance(part);
    Object.assign(utterance, { voice, lang: "vi-VN", rate: 0.9, onend: ended, onerror: ended });
    synthesis.speak(utterance);
  }
}
