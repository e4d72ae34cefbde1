// The shell with the page in it that was shown here last: it is painted before the app's code has run.

import { localDay } from "../static/field/core/day.ts";
import { currentAccount } from "../static/field/store/accounts.ts";
import { isOpeningPage, loadOpeningPage } from "../static/field/store/view/openingPages.ts";

/** A database that does not answer holds up no page for longer. */
const TIMEOUT_MS = 500;

/**
 * The shell with the stored page of this address, if that would show the same records now. The shell's head is sent at
 * once: the browser loads the files that it names while the database is read.
 */
export function fillShell(shell: Response, { pathname, search }: URL): Response {
  if (!shell.body || !isOpeningPage({ pathname, search })) return shell;
  const page = Promise.race([storedMain({ pathname, search }).catch(() => ""), timeout()]);
  const body = new ReadableStream({
    async start(controller) {
      const send = (text: string) => controller.enqueue(new TextEncoder().encode(text));
      const text = await shell.text();
      const [from, to] = [text.indexOf("<main"), text.indexOf("</main>")];
      if (from >= 0) send(text.slice(0, from));
      const main = from >= 0 && (await page);
      send(main ? main + text.slice(to) : text.slice(Math.max(from, 0)));
      controller.close();
    },
  });
  return new Response(body, { status: shell.status, headers: withoutLength(shell.headers) });
}

/** The stored page from its `<main`, with its title and language; without the end tag. Empty if there is none. */
async function storedMain(address: { pathname: string; search: string }) {
  const account = await currentAccount();
  const page = account && (await loadOpeningPage(account.account_id, address, localDay(new Date())));
  const [, title, main] = /<title>([^<]*)<\/title>\s*<main (.*)<\/main>/s.exec(page?.html ?? "") ?? [];
  // What the template has escaped for the title is escaped for an attribute too.
  return page && main ? `<main data-title="${title}" data-language="${page.language}" ${main}` : "";
}

function timeout() {
  return new Promise<string>((resolve) => setTimeout(resolve, TIMEOUT_MS, ""));
}

/** The body that is stored is not compressed any more, and is another one. */
function withoutLength(headers: Headers) {
  const own = new Headers(headers);
  for (const name of ["Content-Length", "Content-Encoding", "ETag"]) own.delete(name);
  return own;
}
