// The shell is Vietnamese on every phone: what stays on screen of it is translated when a catalog is loaded.

import type { Messages } from "../core/strings.ts";

/** Translates the texts of the shell, and says the page's language. */
export function translateShell(language: string, messages: Messages) {
  document.documentElement.lang = language;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const found = messages[node.nodeValue?.trim() ?? ""];
    if (typeof found === "string") node.nodeValue = found;
  }
  // Vietnamese has short words; with large letters one long English word would make the bar wider than the screen.
  const bar = document.getElementById("bar");
  if (bar) Object.assign(bar.style, { gridAutoColumns: "auto", overflowWrap: "anywhere" });
  for (const element of document.querySelectorAll("[aria-label]")) {
    const found = messages[element.getAttribute("aria-label") ?? ""];
    if (typeof found === "string") element.setAttribute("aria-label", found);
  }
}
