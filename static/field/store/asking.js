// How often this phone was asked to take the app onto its home screen: three times at most, a week apart.

import { inIndex } from "./db.js";

/** @typedef {{times: number, at: number, about: string}} Asked `at`: milliseconds; `about`: where it was asked. */

const MOST = 3;
const WEEK = 7 * 24 * 3600_000;

/**
 * Whether to ask now; if so, it is counted. Where it was asked it is asked for as long as one stays.
 * @param {string} about where: a visit's id
 * @param {Date} now
 * @returns {Promise<boolean>}
 */
export function mayAsk(about, now) {
  return inIndex("readwrite", async (tx) => {
    const settings = tx.objectStore("settings");
    /** @type {Asked} */
    const { times, at, about: before } = (await settings.get("install")) ?? { times: 0, at: 0 };
    if (before === about) return true;
    if (times >= MOST || now.getTime() - at < WEEK) return false;
    await settings.put({ times: times + 1, at: now.getTime(), about }, "install");
    return true;
  });
}

/** The app is on the home screen: there is nothing left to ask. */
export function stopAsking() {
  return inIndex("readwrite", (tx) => tx.objectStore("settings").put({ times: MOST, at: 0 }, "install"));
}
