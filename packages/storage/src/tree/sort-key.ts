const outOfOrder = /[\ud800-\uffff]/
const everyOutOfOrder = /[\ud800-\uffff]/g

/**
 * A string whose UTF-16 order is the UTF-8 byte order of `key`; `key` itself unless it has characters above U+D7FF.
 * UTF-16 puts surrogates (U+10000 and up) before U+E000..U+FFFF, UTF-8 after them: the two blocks change places.
 * Works one code unit at a time, so prefixes stay prefixes.
 */
export function sortKey(key: string): string {
  if (!outOfOrder.test(key)) return key
  return key.replace(everyOutOfOrder, (unit) => {
    const code = unit.charCodeAt(0)
    return String.fromCharCode(code < 0xe000 ? code + 0x2000 : code - 0x800)
  })
}

/** The first sort key after all that begin with `prefix`; undefined when there is none. */
export function endOfPrefix(prefix: string): string | undefined {
  let length = prefix.length
  while (length > 0 && prefix.charCodeAt(length - 1) === 0xffff) length--
  if (length === 0) return undefined
  return prefix.slice(0, length - 1) + String.fromCharCode(prefix.charCodeAt(length - 1) + 1)
}
