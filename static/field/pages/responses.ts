// The requests and responses of pages.

import { _ } from "../core/strings.ts";
import type { Account } from "../store/schema.ts";
import type { View } from "../store/view/overlay.ts";
import type { Sync } from "../sync/engine.ts";

/** What pages need from the browser and the rest of the app. Tests pass their own. */
export type Environment = {
  now: () => Date;
  /** a UUIDv7 */
  newId: () => string;
  fetch: typeof fetch;
  /** the name under which the server lists this phone */
  deviceName: string;
  /** starts a run of sync and does not wait for it */
  send: (accountId: string) => void;
  /** the state of the newest sync run */
  sync: () => Sync;
  /** whether a newer version of the app is ready */
  isUpdateReady: () => boolean;
  /** activates it */
  update: () => void;
  /** whether the whole app is stored on the phone */
  isStored: () => Promise<boolean>;
  /** loads the pages that the first screen does not need; rejects if they are not on the phone, and may never end */
  loadLater: () => Promise<LaterWords>;
  /** what they have of words, if they were loaded */
  loadedLater: () => LaterWords | undefined;
  /** shows the page on screen anew */
  redraw: () => void;
  /** stores pages for the next start */
  openingPageStore?: typeof import("../store/view/openingPages.ts").openingPageStore;
  /** whether the app can get onto the home screen from here */
  canInstall: () => boolean;
};

/**
 * Why the server refused an operation; what is said of records of an earlier account, empty if there are none; and of a
 * form that comes from another account than the open one.
 */
export type LaterWords = {
  refusalText: (refused: { code: string }) => string;
  earlierText: (account: Account, now: Date) => Promise<string>;
  otherAccountWords: (name: string) => { title: string; sentences: string[] };
};

/** What only the pages that are loaded later need besides. */
export type LaterEnvironment = {
  /** the address of the page on screen */
  shown: () => string;
  /** whether Chế độ ngoài nắng is on */
  isSunny: () => boolean;
  setSunny: (on: boolean) => void;
  /** the chosen size of text */
  textSize: () => string;
  setTextSize: (size: string) => void;
  /** hands a file to the browser */
  download: (file: Blob, name: string) => void;
  /** whether the system's share sheet takes a text file */
  canShare: () => boolean;
  /** opens the share sheet; false if nothing was chosen */
  share: (text: string, name: string) => Promise<boolean>;
  /** delivers the files of other phones, and does not wait for it */
  deliver: () => void;
  /** whether this phone has what *Tập dùng* needs */
  canPractise: () => Promise<boolean>;
  /** begins practice in this tab, or ends it and deletes what it has stored: the app is loaded anew */
  practise: (on: boolean) => Promise<void>;
};

/** A parsed request. */
export type PageRequest = {
  env: Environment;
  url: URL;
  /** the values of the path's `:parameters` */
  params: Record<string, string>;
  /** the fields of a POST; empty for a GET */
  form: URLSearchParams;
  /** of a form that has one */
  file: File | null;
};

/** A request with a signed-in account. */
export type SignedInRequest = PageRequest & { account: Account };

/** The same for a page that is loaded later. */
export type LaterRequest = SignedInRequest & { env: LaterEnvironment };

export type Render = (template: string, context: Record<string, unknown>) => string;
/** `render`: of a page that is loaded later. */
type Page = { template: string; context: Record<string, unknown>; status: number; render?: Render };
type Redirect = { location: string };
export type PageResponse = Page | Redirect;

/**
 * A page: a template and its context.
 * @param status 422 where a form cannot be saved as it is
 */
export function page(template: string, context: Record<string, unknown>, status: number = 200): Page {
  return { template: `field/${template}.html`, context, status };
}

/** A redirect (303). */
export function redirect(address: string): Redirect {
  return { location: address };
}

/** Whether this tab was redirected here because another tab saved the same form. */
export function isSavedElsewhere(url: URL) {
  return url.searchParams.get("done") === "elsewhere";
}

/** What is said after a new visit was undone; else an empty text. */
export function undoneText(url: URL) {
  return url.searchParams.get("done") === "undone" ? _("Đã hoàn tác. Lượt vừa ghi không được tính.") : "";
}

/** The household with this id, or the one it was merged into. Throws `NotFound`. */
export function findHousehold(view: View, id: string) {
  return findRow(view.households, survivorOf(view, id));
}

/** The id of the household that this one was merged into, or its own. */
export function survivorOf({ aliases }: View, id: string) {
  return aliases.get(id) ?? id;
}

/** The record is not on this phone. */
export class NotFound extends Error {
  name = "NotFound";
}

/** By name: each bundle has a class of its own. */
export function isNotFound(error: unknown) {
  return error instanceof Error && error.name === "NotFound";
}

/** The row with this id. Throws `NotFound`. */
export function findRow<Row>(rows: Map<string, Row>, id: string): Row {
  const row = rows.get(id);
  if (row === undefined) throw new NotFound(id);
  return row;
}
