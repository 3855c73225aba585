/** Whether a text matches a pattern of `*`, `?`, `[…]`; a backslash makes the next character stand for itself. Never slower than the product of both lengths. */
export function matchesGlob(pattern: string, text: string): boolean {
  const tokens = tokensOf(pattern)
  const characters = [...text]
  let at = 0
  let token = 0
  let star = -1
  let resume = 0
  while (at < characters.length) {
    const wanted = tokens[token]
    if (wanted === '*') {
      star = token++
      resume = at
    } else if (wanted?.(characters[at] ?? '') === true) {
      at++
      token++
    } else if (star >= 0) {
      token = star + 1
      at = ++resume
    } else return false
  }
  while (tokens[token] === '*') token++
  return token === tokens.length
}

/** Makes a text stand for itself in a pattern. */
export function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&')
}

/** True for a pattern that matches more than one text. */
export function isGlob(pattern: string): boolean {
  return /[*?[]/.test(pattern.replace(/\\[\s\S]/g, ''))
}

/** The text that a pattern without special characters stands for. */
export function unescapeGlob(pattern: string): string {
  return pattern.replace(/\\([\s\S])/g, '$1')
}

type Matcher = '*' | ((character: string) => boolean)

function tokensOf(pattern: string): readonly Matcher[] {
  const tokens: Matcher[] = []
  const characters = [...pattern]
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? ''
    if (character === '*') {
      if (tokens.at(-1) !== '*') tokens.push('*')
    } else if (character === '?') tokens.push(() => true)
    else if (character === '[') {
      const set = setOf(characters, at)
      if (set === undefined) tokens.push((one) => one === '[')
      else {
        tokens.push(set.matches)
        at = set.end
      }
    } else {
      if (character === '\\' && at + 1 < characters.length) at++
      const literal = characters[at] ?? ''
      tokens.push((one) => one === literal)
    }
  }
  return tokens
}

const classes: Readonly<Record<string, RegExp>> = {
  alpha: /\p{L}/u,
  digit: /[0-9]/,
  alnum: /[\p{L}0-9]/u,
  upper: /\p{Lu}/u,
  lower: /\p{Ll}/u,
  space: /\s/,
  blank: /[ \t]/,
  punct: /[!-/:-@[-`{-~]/,
  xdigit: /[0-9A-Fa-f]/,
  cntrl: /\p{Cc}/u,
  print: /[^\p{Cc}]/u,
  graph: /[^\p{Cc}\s]/u,
}

function setOf(
  characters: readonly string[],
  start: number,
): { readonly matches: (character: string) => boolean; readonly end: number } | undefined {
  let at = start + 1
  const negated = characters[at] === '!' || characters[at] === '^'
  if (negated) at++
  const tests: ((character: string) => boolean)[] = []
  for (let first = true; ; first = false) {
    let character = characters[at]
    if (character === undefined) return undefined
    if (character === ']' && !first) break
    if (character === '[' && characters[at + 1] === ':') {
      const end = characters.indexOf(']', at)
      const name = characters.slice(at + 2, end - 1).join('')
      const known = end > 0 && characters[end - 1] === ':' && Object.hasOwn(classes, name) ? classes[name] : undefined
      if (known) {
        tests.push((one) => known.test(one))
        at = end + 1
        continue
      }
    }
    if (character === '\\') character = characters[++at] ?? '\\'
    const low = character
    if (characters[at + 1] === '-' && characters[at + 2] !== undefined && characters[at + 2] !== ']') {
      at += 2
      const high = (characters[at] === '\\' ? characters[++at] : characters[at]) ?? low
      tests.push((one) => one >= low && one <= high)
    } else tests.push((one) => one === low)
    at++
  }
  return { matches: (character) => tests.some((test) => test(character)) !== negated, end: at }
}
