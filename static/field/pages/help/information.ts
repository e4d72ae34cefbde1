// Cho bà con xem: what is recorded of a household, and what it may ask for, in large letters.

import { _ } from "../../core/strings.ts";
import { contactsOf } from "../account/contacts.ts";
import { type PageResponse, page, type SignedInRequest } from "../responses.ts";

/** The page of a household, to which its link leads back. */
const HOUSEHOLD = /^\/field\/households\/[\w-]+$/;

export async function showInformation({ account, url }: SignedInRequest): Promise<PageResponse> {
  const from = HOUSEHOLD.exec(url.searchParams.get("from") ?? "")?.[0];
  const { commune_name } = account;
  return page("information", {
    commune: commune_name.charAt(0).toLowerCase() + commune_name.slice(1), // within a sentence
    contacts: await contactsOf(account),
    back: from ? { href: from, label: _("Quay lại hộ") } : { href: "/field/settings", label: _("Cài đặt") },
  });
}
