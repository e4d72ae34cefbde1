// The shell is Vietnamese on every phone: what stays on screen of it is translated when a catalog is loaded.

/**
 * Translates the texts of the shell, and says the page's language.
 * @param {string} language
 * @param {import("../core/strings.js").Messages} messages
 */
export function translateShell(language, messages) {
  document.documentElement.lang = language;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const found = messages[node.nodeValue?.trim() ?? ""];
    if (typeof found === "string") node.nodeValue = found;
  }
  // Vietnamese has short words; one long English word would make the bar wider than the screen.
  for (const link of document.querySelectorAll(".bar > a")) {
    if (link instanceof HTMLElement) Object.assign(link.style, { overflowWrap: "anywhere", paddingInline: "0" });
  }
  for (const element of document.querySelectorAll("[aria-label]")) {
    const found = messages[element.getAttribute("aria-label") ?? ""];
    if (typeof found === "string") element.setAttribute("aria-label", found);
  }
}
