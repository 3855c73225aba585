const typed = new WeakSet<object>()

/** Marks a list whose items are sent with their apiVersion and kind, as those of custom resources are. */
export function withKindsOfItems<T extends object>(list: T): T {
  typed.add(list)
  return list
}

/** Whether a list keeps the kinds of its items. */
export function keepsKindsOfItems(list: object): boolean {
  return typed.has(list)
}
