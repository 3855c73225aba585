/** One block of PEM. */
export interface PemBlock {
  readonly type: string
  readonly hasHeaders: boolean
  readonly bytes: Uint8Array
}

const block = /-----BEGIN ([^\n]*?)-----[ \t]*\r?\n([\s\S]*?)-----END \1-----[ \t]*(?:\r?\n|$)/g

/** The blocks of a PEM text; what is no block is passed over, as Go does. */
export function pemBlocks(text: string): readonly PemBlock[] {
  const found: PemBlock[] = []
  for (const [, type = '', body = ''] of text.matchAll(block)) {
    const lines = body.split('\n').map((line) => line.trim())
    const first = lines.findIndex((line) => !line.includes(':'))
    const bytes = decodeBase64(lines.slice(first < 0 ? lines.length : first).join(''))
    if (bytes !== undefined) found.push({ type, hasHeaders: first !== 0, bytes })
  }
  return found
}

/** The bytes of a text in base64; undefined for what is none. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return undefined
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
}

/** The text that bytes in base64 spell, byte by byte; empty for what is no base64. */
export function decodeText(text: string): string {
  return decodeBase64(text) === undefined ? '' : atob(text)
}
