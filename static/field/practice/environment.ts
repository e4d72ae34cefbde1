// What the pages of practice have in place of the parts that reach a server, or the real records.

import { type PageResponse, redirect } from "../pages/responses.ts";
import { get, post, type Route } from "../server/routing.ts";

/** What is about sending, signing in or other people's records: it is not there while one practises. */
const OUTSIDE = [
  "account",
  "account/sign-out",
  "card",
  "carried-files",
  "log/export",
  "log/send",
  "moved",
  "other-phone",
  "settings/check",
  "transfer",
].map((path) => `/field/${path}`);

/** @param loadLater loads the pages of the later bundle */
export function practiceEnvironment<Later extends { ROUTES: Route[] }>(loadLater: () => Promise<Later>) {
  return {
    fetch: () => Promise.reject(new TypeError("nothing is sent in practice")),
    send: () => {},
    deliver: () => {},
    isUpdateReady: () => false,
    update: () => {},
    openingPageStore: undefined,
    loadLater: async () => {
      const later = await loadLater();
      return { ...later, ROUTES: [...outsideRoutes(), ...later.ROUTES] };
    },
  };
}

function outsideRoutes() {
  return OUTSIDE.flatMap((path) => [get(path, showOutside, "anybody"), post(path, showOutside, "anybody")]);
}

async function showOutside(): Promise<PageResponse> {
  return redirect("/field/practice?done=outside");
}
