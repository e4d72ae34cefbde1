// *In trang này* and *Sao chép*: buttons that work with scripts only, and are hidden without.

/** Shows the buttons; those that copy only where the browser lets a page write to the clipboard. */
export function showButtons() {
  const kinds = navigator.clipboard ? "button[data-print], button[data-copy]" : "button[data-print]";
  for (const button of document.querySelectorAll(kinds) as NodeListOf<HTMLElement>) button.hidden = false;
}

/** Prints the page, or copies the text of the element that the button names, and says so beside it. */
export async function onPageButton(event: Event) {
  const button = event.target instanceof Element ? event.target.closest("button[data-print], button[data-copy]") : null;
  if (!(button instanceof HTMLElement)) return;
  if (button.dataset.print !== undefined) return window.print();
  const source = document.getElementById(button.dataset.copy ?? "");
  const note = button.nextElementSibling;
  if (!source || !note) return;
  try {
    await navigator.clipboard.writeText(textOf(source));
    note.textContent = note.getAttribute("data-done");
  } catch {
    getSelection()?.selectAllChildren(source); // refused: Ctrl C copies what is marked
  }
}

/** What is copied: of several paragraphs each in a line of its own, without what only belongs to the screen. */
function textOf(source: Element) {
  const paragraphs = [...source.querySelectorAll("p:not(.hint, .screen-only)")];
  return (paragraphs.length ? paragraphs : [source]).map((one) => one.textContent?.trim()).join("\n");
}
