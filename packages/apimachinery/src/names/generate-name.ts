/** How many bytes of a generateName are kept: 63 less the suffix. */
export const maxGeneratedNameBase = 58
/** How many characters are added to a generateName. */
export const generatedNameSuffixLength = 5

const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

/**
 * Makes a name of a generateName: its first 58 bytes and five characters of upstream's alphabet.
 *
 * @param random gives whole numbers from 0 to below its argument
 * @see staging/src/k8s.io/apiserver/pkg/storage/names/generate.go
 */
export function generateName(base: string, random: (below: number) => number): string {
  let suffix = ''
  for (let i = 0; i < generatedNameSuffixLength; i++) suffix += alphabet.charAt(random(alphabet.length))
  return truncateBytes(base, maxGeneratedNameBase) + suffix
}

/** Cuts at a number of bytes, but never within a character. */
function truncateBytes(text: string, bytes: number): string {
  let length = 0
  let out = ''
  for (const ch of text) {
    const code = ch.codePointAt(0) ?? 0
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
    if (length > bytes) break
    out += ch
  }
  return out
}
