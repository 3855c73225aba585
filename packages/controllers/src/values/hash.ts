import { canonicalText } from './equality.ts'

const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** FNV-1a over the UTF-8 bytes of some texts, 32 bits. */
export function fnv32a(...texts: readonly string[]): number {
  let hash = 0x811c9dc5
  const encoder = new TextEncoder()
  for (const text of texts) {
    for (const byte of encoder.encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  }
  return hash
}

/** Spells a text in letters and digits that form no words and are valid in a label. */
export function safeEncode(text: string): string {
  let encoded = ''
  for (let i = 0; i < text.length; i++) encoded += alphabet[text.charCodeAt(i) % alphabet.length] ?? ''
  return encoded
}

/**
 * The hash that names a pod template's ReplicaSet or revision: same template and collision count, same hash.
 * Hashes canonical JSON where upstream hashes a dump of Go structs, so the letters differ from a real cluster's.
 *
 * @see pkg/controller/controller_utils.go
 */
export function templateHash(template: unknown, collisionCount?: number): string {
  const salt = collisionCount === undefined ? '' : `#${collisionCount}`
  return safeEncode(String(fnv32a(canonicalText(template), salt)))
}
