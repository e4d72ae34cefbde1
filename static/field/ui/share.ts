// The system's share sheet. Browsers share text files, but none of an unknown type.

/** Whether a text file can be handed to another application. */
export function canShare() {
  return Boolean(navigator.canShare?.({ files: [textFile([""], "a.txt")] }));
}

/**
 * Opens the share sheet. It needs a tap just before. Throws if the browser refuses.
 * @returns false if it was closed without choosing anything
 */
export async function share(text: string, name: string): Promise<boolean> {
  try {
    await navigator.share({ files: [textFile([text], name)] });
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === "AbortError") return false;
    throw error;
  }
}

function textFile(parts: string[], name: string) {
  return new File(parts, name, { type: "text/plain" });
}
