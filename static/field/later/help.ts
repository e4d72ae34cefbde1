// Trợ giúp: the ten commonest questions, and which supervisors may be called.

import { contactsOf } from "../pages/account/contacts.ts";
import { type PageRequest, type PageResponse, page } from "../pages/responses.ts";
import type { Account } from "../store/schema.ts";

export async function showHelp({ account }: PageRequest & { account: Account | null }): Promise<PageResponse> {
  return page("help", { contacts: account ? await contactsOf(account) : [] });
}
