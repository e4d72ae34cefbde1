// Starts the page of a tab that practises (docs/decisions/0171-practice-has-a-space-of-its-own.md): its records, its bar,
// and what its pages have in place of the real parts; then the app as in any other tab.

import { coalesced } from "../core/coalesced.ts";
import { PRACTICE } from "../core/device.ts";
import { pageState } from "../core/pageState.ts";
import { doneTasks, TASKS } from "../pages/practice/tasks.ts";
import { showBar, showProgress } from "../practice/bar.ts";
import { openSpace } from "../practice/begin.ts";
import { practiceEnvironment } from "../practice/environment.ts";
import { preparePractice } from "../practice/prepare.ts";
import { WORDS } from "../practice/words.ts";
import { holdPractice, MEMBER } from "../retention/practice.ts";
import { currentAccount } from "../store/accounts.ts";
import { subscribe } from "../store/changes.ts";

const { app = "", later = "" } = (document.querySelector("[data-later]") as HTMLElement).dataset;
/** Saves within so many milliseconds are counted together. */
const COUNT_MS = 300;

// Back to the page where one signs in ends practice (start.ts), also within one document and before this one is ready.
addEventListener("popstate", endAtSignIn);
endAtSignIn();
// The app finds both.
Object.assign(pageState("words", {}), WORDS);
Object.assign(
  pageState("environment", {}),
  practiceEnvironment(() => import(later)),
);
holdPractice();
hideRealPage();
showBar();
await preparePractice(new Date());
await count();
await import(app);
const countSoon = coalesced(
  () => void count().catch(console.error),
  () => COUNT_MS,
);
subscribe(async ({ kind }) => {
  if (kind === "outbox") countSoon();
  // Another tab has ended it.
  if (kind === "account" && !(await currentAccount())) openSpace(false);
});
// Back leads here after its end.
addEventListener("pageshow", () => {
  if (window.name !== PRACTICE) location.reload();
});

/** The worker may have answered with the page of the real account (service_worker/openingPage.ts). */
function hideRealPage() {
  const main = document.getElementById("main") as HTMLElement;
  for (const name of Object.keys(main.dataset)) delete main.dataset[name];
  main.replaceChildren();
  document.documentElement.hidden = false;
}

function endAtSignIn() {
  if (/sign-in/.test(location.pathname)) location.reload();
}

async function count() {
  showProgress((await doneTasks(MEMBER)).size, TASKS.length);
}
