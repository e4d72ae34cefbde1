// A file that the phone hands to the person who carries it.

/** The browser reads the file when it likes: milliseconds after it was asked to. */
const READ = 60_000;

/**
 * Has the browser keep a file under this name, among what was downloaded.
 * @param {Blob} file
 * @param {string} name
 */
export function download(file, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), READ);
}
