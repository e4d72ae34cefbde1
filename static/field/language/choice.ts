// Choosing the language of the app, kept on this phone.

import { catalogAddress, LANGUAGE_KEY } from "../core/strings.ts";

const CACHE = "files"; // the worker's (service_worker/precache.ts)

/**
 * Stores the catalog of a language on the phone, so that it is there without a network, and chooses it. Texts are in
 * it once the page is loaded again. False if the catalog could not be fetched.
 */
export async function chooseLanguage(language: "vi" | "en") {
  if (language === "en" && !(await isStored(catalogAddress()))) return false;
  localStorage.setItem(LANGUAGE_KEY, language === "vi" ? "" : language);
  location.reload();
  return true;
}

async function isStored(address: string) {
  const cache = await caches.open(CACHE);
  if (await cache.match(address)) return true;
  return cache.add(address).then(
    () => true,
    () => false,
  );
}
