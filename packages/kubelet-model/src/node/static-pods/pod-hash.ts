const offset = 0x6c62272e07bb014262b821756295c58dn
const prime = 0x13bn | (1n << 88n)
const mask = (1n << 128n) - 1n

/** FNV-1a of 128 bits over the UTF-8 bytes of some texts, as 32 hexadecimal digits. */
export function fnv128a(...texts: readonly string[]): string {
  let hash = offset
  for (const text of texts) {
    for (const byte of new TextEncoder().encode(text)) hash = ((hash ^ BigInt(byte)) * prime) & mask
  }
  return hash.toString(16).padStart(32, '0')
}

/** A value as JSON with the fields of objects in order: the same text for the same value however it was written. */
export function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const fields = Object.entries(value)
    .filter(([, entry]) => entry !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
  return `{${fields.map(([name, entry]) => `${JSON.stringify(name)}:${canonicalText(entry)}`).join(',')}}`
}
