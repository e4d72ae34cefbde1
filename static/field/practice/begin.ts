// Begins and ends practice in this tab.

import { PRACTICE } from "../core/device.ts";
import { deleteAbandoned, deletePractice } from "../retention/practice.ts";

const CACHE = "files"; // the worker's (service_worker/precache.ts)

/**
 * Begins practice, or ends it and deletes what it has stored. Never resolves: this page ends, and must not open what was
 * deleted once more to show another one.
 */
export async function practise(on: boolean): Promise<void> {
  if (!on) await deletePractice();
  openSpace(on);
  await new Promise(() => {});
}

/** Loads the app anew, for practice or for the real records. */
export function openSpace(practice: boolean) {
  // Back may show this page as it was, with the other records: what its address has is decided anew (boot/start.ts).
  addEventListener("pageshow", () => location.reload());
  window.name = practice ? PRACTICE : "";
  location.replace(practice ? "/field/practice" : "/field/");
}

/** Whether the bundle of practice is on this phone, now or by now. */
export async function canPractise() {
  const { later = "" } = (document.querySelector("[data-later]") as HTMLElement).dataset;
  const address = later.replace("later", "practice");
  const cache = await caches.open(CACHE);
  if (!(await cache.match(address))) await cache.add(address).catch(() => {});
  return Boolean(await cache.match(address));
}

/** Deletes what was left of practice, on a page that does not practise. */
export function clearAbandoned() {
  void deleteAbandoned().catch(console.error);
}
