import { CommandError } from '../../shell/shell-error.ts'

const classes: Readonly<Record<string, RegExp>> = {
  alpha: /\p{L}/u,
  digit: /[0-9]/,
  alnum: /[\p{L}\p{N}]/u,
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

/** Reads `[…]` from its first character on. Throws a CommandError for one without an end. */
export function readBracket(
  characters: readonly string[],
  start: number,
): { readonly matches: (character: string) => boolean; readonly end: number } {
  let at = start + 1
  const negated = characters[at] === '^'
  if (negated) at++
  const tests: ((character: string) => boolean)[] = []
  for (let isFirst = true; ; isFirst = false) {
    const low = characters[at]
    if (low === undefined) throw new CommandError('bad regex: Unmatched [, [^, [:, [., or [=', 2)
    if (low === ']' && !isFirst) break
    const name = low === '[' && characters[at + 1] === ':' ? nameAt(characters, at + 2) : undefined
    if (name !== undefined) {
      const known = Object.hasOwn(classes, name) ? classes[name] : undefined
      if (known === undefined) throw new CommandError('bad regex: Invalid character class name', 2)
      tests.push((one) => known.test(one))
      at += name.length + 4
      continue
    }
    const high = characters[at + 2]
    if (characters[at + 1] === '-' && high !== undefined && high !== ']') {
      if (high < low) throw new CommandError('bad regex: Invalid range end', 2)
      tests.push((one) => one >= low && one <= high)
      at += 3
    } else {
      tests.push((one) => one === low)
      at++
    }
  }
  return { matches: (character) => tests.some((test) => test(character)) !== negated, end: at + 1 }
}

function nameAt(characters: readonly string[], at: number): string | undefined {
  for (let end = at; end < Math.min(at + 10, characters.length); end++) {
    if (characters[end] === ':' && characters[end + 1] === ']') return characters.slice(at, end).join('')
  }
  return undefined
}
