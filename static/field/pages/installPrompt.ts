// How often the app has offered to be installed on the home screen: three times at most, a week apart.

import { inRegistry } from "../store/db.ts";

/** `at`: of the latest, milliseconds; `visit_id`: the saved visit on whose page it was. */
type InstallPrompts = { times: number; at: number; visit_id: string };

const MAX_PROMPTS = 3;
const WEEK_MS = 7 * 24 * 3600_000;

/** Whether the page of a saved visit may offer it. A new offer is counted; the page that has it shows it again. */
export function mayPromptInstall(visitId: string, now: Date): Promise<boolean> {
  return inRegistry("readwrite", async (tx) => {
    const settings = tx.objectStore("settings");
    const { times, at, visit_id }: InstallPrompts = (await settings.get("install_prompts")) ?? { times: 0, at: 0 };
    if (visit_id === visitId) return true;
    if (times >= MAX_PROMPTS || now.getTime() - at < WEEK_MS) return false;
    await settings.put({ times: times + 1, at: now.getTime(), visit_id: visitId }, "install_prompts");
    return true;
  });
}

/** Records that the app is on the home screen, so that it is not offered any more. */
export function stopInstallPrompts() {
  return inRegistry("readwrite", (tx) =>
    tx.objectStore("settings").put({ times: MAX_PROMPTS, at: 0 }, "install_prompts"),
  );
}
