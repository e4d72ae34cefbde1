// Work that is started once for several calls.

/**
 * Returns a function that starts `work` some time after it is called; calls until then start nothing more.
 * @param delay milliseconds
 */
export function coalesced(work: () => void, delay: () => number): () => void {
  let scheduled = false;
  return () => {
    if (scheduled) return;
    scheduled = true;
    setTimeout(() => {
      scheduled = false;
      work();
    }, delay());
  };
}
