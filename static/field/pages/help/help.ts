// Trợ giúp: the ten commonest questions, and which supervisors may be called.

import type { Account } from "../../store/schema.ts";
import { contactsOf } from "../account/contacts.ts";
import { type PageRequest, type PageResponse, page } from "../responses.ts";

export async function showHelp({ account }: PageRequest & { account: Account | null }): Promise<PageResponse> {
  return page("help", { contacts: account ? await contactsOf(account) : [] });
}
