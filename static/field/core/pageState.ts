// What a page remembers. Both bundles have a copy of some modules; what such a module remembers is here, once for both.

const page = globalThis as { tungNha?: Record<string, unknown> };

/** The state with this name: `initial` for the copy that asks first, and the same for the other one. */
export function pageState<T>(name: string, initial: T): T {
  page.tungNha ??= {};
  page.tungNha[name] ??= initial;
  return page.tungNha[name] as T;
}
