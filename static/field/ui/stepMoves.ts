// The steps of a guide follow a finger that is drawn across the screen, and the arrow keys.

/** A finger that moves less, pixels, or more up than aside, turns no page. */
const LEAST = 48;

/** Follows fingers and keys on the pages of steps. */
export function followSwipes() {
  let start: Touch | undefined;
  document.addEventListener("touchstart", ({ touches }) => {
    start = touches.length === 1 ? touches[0] : undefined;
  });
  document.addEventListener("touchend", ({ changedTouches }) => {
    const [end] = changedTouches;
    const across = start ? end.clientX - start.clientX : 0;
    const along = start ? end.clientY - start.clientY : 0;
    if (Math.abs(across) > LEAST && Math.abs(across) > 2 * Math.abs(along)) move(across < 0);
    start = undefined;
  });
  document.addEventListener("keydown", ({ key, altKey, ctrlKey, metaKey }) => {
    if (/^Arrow(Left|Right)$/.test(key) && !altKey && !ctrlKey && !metaKey) move(key === "ArrowRight");
  });
}

function move(isOn: boolean) {
  const link = document.querySelector(`[data-step-move=${isOn ? "next" : "previous"}]`);
  if (link instanceof HTMLElement) link.click();
}
