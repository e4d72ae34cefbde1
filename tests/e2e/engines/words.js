((kind, words, beginning) => {
  // Finds an element by its kind and the words on the screen; `beginning`: by the words that its text begins with.
  const KINDS = {
    press: "a[href], button, summary",
    choose: "label",
    field: "label",
    heading: "h1",
    step: ".step",
    text: "main *, .state",
  };
  const tidy = (text) => text.replace(/\s+/g, " ").trim();
  const isVisible = (node) => node.getClientRects().length > 0 && getComputedStyle(node).visibility === "visible";
  const nodes = [...document.querySelectorAll(KINDS[kind])].filter((node) => kind === "field" || isVisible(node));
  if (kind === "text") {
    // The innermost element with these words.
    const saying = nodes.filter((node) => tidy(node.textContent).includes(words));
    return saying.find((node) => !saying.some((other) => other !== node && node.contains(other))) ?? null;
  }
  const found = nodes.find((node) => {
    const name = tidy(node.getAttribute("aria-label") ?? node.textContent);
    return beginning ? name.startsWith(words) : name === words;
  });
  return (kind === "field" ? found?.control : found) ?? null;
})
