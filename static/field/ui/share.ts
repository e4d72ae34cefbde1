// The system's share sheet. Browsers share text files, but none of an unknown type.

/** Whether a text file can be handed to another application. */
export function canShare() {
  return Boolean(navigator.canShare?.({ files: [textFile([""], "a.txt")] }));
}

/**
 * Opens the share sheet. It needs a tap just before. Throws if the browser refuses.
 * @param {string} text
 * @param {string} name
 * @returns {Promise<boolean>} false if it was closed without choosing anything
 */
export async function share(text, name) {
  try {
    await navigator.share({ files: [textFile([text], name)] });
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === "AbortError") return false;
    throw error;
  }
}

/**
 * @param {string[]} parts
 * @param {string} name
 */
function textFile(parts, name) {
  return new File(parts, name, { type: "text/plain" });
}
