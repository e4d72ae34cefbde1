// The cells of Sơ đồ thôn are plain links: to prepare 2,000 of them, htmx takes half a second on a cheap phone.

/** Opens a cell by the one link of the page that htmx knows. What opens another tab is left to the browser. */
export function followCells() {
  document.addEventListener("click", (event) => {
    const cell = event.target instanceof Element && event.target.closest(".map-cells a");
    const link = document.getElementById("map-link");
    if (!cell || !link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    link.setAttribute("href", cell.getAttribute("href") as string);
    link.click();
  });
}
