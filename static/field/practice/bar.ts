// The striped bar above every screen of practice.

import { _ } from "../core/strings.ts";

/** Shows the bar. Its style is here: only tabs that practise need it. */
export function showBar() {
  const bar = document.createElement("aside");
  const name = _("Tập dùng");
  const sentence = _("không gửi đi đâu");
  const end = _("Thôi tập");
  bar.setAttribute("aria-label", name);
  bar.innerHTML = `<p><b>${name}</b><br>${sentence}</p><a href="/field/practice"></a>
    <form method="post" action="/field/practice/end" hx-sync="this:drop"><button>${end}</button></form>`;
  Object.assign(bar.style, BAR);
  for (const [selector, style] of PARTS) Object.assign((bar.querySelector(selector) as HTMLElement).style, style);
  document.body.prepend(bar);
}

/** Shows how many tasks are done. */
export function showProgress(done: number, total: number) {
  const link = document.querySelector('aside [href="/field/practice"]');
  if (link) link.textContent = _("Bài tập %(done)s/%(total)s", { done, total });
}

const CONTROL = {
  display: "flex",
  alignItems: "center",
  minBlockSize: "44px",
  paddingInline: "8px",
  color: "var(--ink)",
  fontSize: "0.834rem",
  fontWeight: "700",
  textDecoration: "underline",
};

const BAR = {
  order: "-2",
  flex: "none",
  display: "flex",
  flexWrap: "wrap",
  alignItems: "center",
  columnGap: "8px",
  paddingBlockStart: "env(safe-area-inset-top)",
  paddingInline: "max(var(--space-4), (100% - 36rem) / 2)",
  borderBlockEnd: "3px solid var(--queue)",
  background: "repeating-linear-gradient(-45deg, var(--queue-soft) 0 12px, var(--ground) 12px 24px)",
};

const PARTS: [string, object][] = [
  ["p", { flex: "1 1 8em", margin: "0", color: "var(--ink)", fontSize: "0.834rem", lineHeight: "1.3" }],
  ["a", CONTROL],
  ["button", { ...CONTROL, border: "0", background: "none" }],
];
