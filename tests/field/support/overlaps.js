// Requests that are sent while another one is on its way.

/** The fetch, watched: `overlaps()` is how often a request was sent while another was neither answered nor aborted. */
export function watchOverlaps(fetch) {
  let inFlight = 0;
  let count = 0;
  const watched = async (address, init) => {
    if (inFlight > 0) count += 1;
    inFlight += 1;
    let isOver = false;
    const end = () => {
      if (!isOver) inFlight -= 1;
      isOver = true;
    };
    init.signal.addEventListener("abort", end);
    return fetch(address, init).finally(end);
  };
  return { watched, overlaps: () => count };
}
