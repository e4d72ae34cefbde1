// The commune's guides as pages show them.

import type { GuideRow } from "../../core/protocol.ts";
import { inAccount } from "../db.ts";
import { GUIDES_KEY } from "./guides.ts";

let cached: { stamp: string; guides: GuideRow[] } | undefined;

/** The guides in their order; cached until one of them changes. Callers share the rows and must not change them. */
export function loadGuides(accountId: string): Promise<GuideRow[]> {
  return inAccount(accountId, ["guides", "meta"], "readonly", async (tx) => {
    const meta = tx.objectStore("meta");
    const [position, installation] = await Promise.all([meta.get(GUIDES_KEY), meta.get("installation_id")]);
    const stamp = `${accountId} ${installation} ${position?.epoch} ${position?.cursor}`;
    if (cached?.stamp !== stamp) {
      const stored: GuideRow[] = await tx.objectStore("guides").getAll();
      const guides = stored.filter(({ removed }) => !removed); // which are stored without their text
      cached = { stamp, guides: guides.sort((one, other) => one.order - other.order) };
    }
    return cached.guides;
  });
}
