// Trợ giúp: the ten commonest questions, which supervisors may be called, and the way to the handbook.

import type { Account } from "../../store/schema.ts";
import { contactsOf } from "../account/contacts.ts";
import { type PageRequest, type PageResponse, page } from "../responses.ts";

export async function showHelp({ account }: PageRequest & { account: Account | null }): Promise<PageResponse> {
  // Only reliable when it is false; the address is not below /field/, so no worker answers.
  const offline = globalThis.navigator?.onLine === false;
  return page("help", { contacts: account ? await contactsOf(account) : [], offline });
}
