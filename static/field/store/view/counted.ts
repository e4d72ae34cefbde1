// Which visits count, and which of their outcomes guided somebody.

/** Steps of visits that do not count (product.md §4) or were refused. */
export const UNCOUNTED = new Set(["returned", "duplicate", "fix", "dropped"]);

/** The outcomes of which somebody was guided (app/commune/catalog/services.py). */
export const GUIDED = new Set(["did_it", "done_for_them", "explained", "referred"]);
