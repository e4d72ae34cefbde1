// Downloads of files made on the phone.

/** The browser may read the file later: milliseconds until the URL is revoked. */
const REVOKE_AFTER_MS = 60_000;

/** Saves a file under this name in the browser's downloads. */
export function download(file: Blob, name: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_AFTER_MS);
}
