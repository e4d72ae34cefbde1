// Which visits count.

/** Steps of visits that do not count (product.md §4) or were refused. */
export const UNCOUNTED = new Set(["returned", "duplicate", "fix", "dropped"]);
