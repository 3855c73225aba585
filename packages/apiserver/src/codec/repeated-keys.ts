/** The paths of keys that stand more than once in one object of a JSON text, in the order of the text. */
export function repeatedKeys(text: string, value: unknown): readonly string[] {
  // Most texts hold as many colons after quotes as the value has keys: then nothing repeats, and no scan is needed.
  const colons = text.match(/"\s*:/g)?.length ?? 0
  return colons === keyCount(value) ? [] : scan(text)
}

function keyCount(value: unknown): number {
  let count = 0
  const waiting: unknown[] = [value]
  while (waiting.length > 0) {
    const next = waiting.pop()
    if (typeof next !== 'object' || next === null) continue
    const children = Object.values(next)
    if (!Array.isArray(next)) count += children.length
    for (const child of children) waiting.push(child)
  }
  return count
}

interface Level {
  /** The keys of an object so far; undefined in a list. */
  readonly keys: Set<string> | undefined
  readonly path: string
  index: number
  key: string
}

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g

/** Walks the tokens of a text that is known to be JSON. */
function scan(text: string): readonly string[] {
  const found = new Set<string>()
  const levels: Level[] = []
  let last = ''
  const here = () => {
    const level = levels.at(-1)
    if (level === undefined) return ''
    if (level.keys === undefined) return `${level.path}[${level.index}]`
    return level.path === '' ? level.key : `${level.path}.${level.key}`
  }
  for (const [token] of text.matchAll(tokens)) {
    const level = levels.at(-1)
    if (token === '{' || token === '[') {
      levels.push({ keys: token === '{' ? new Set() : undefined, path: here(), index: 0, key: '' })
    } else if (token === '}' || token === ']') {
      levels.pop()
    } else if (token === ',') {
      if (level) level.index += 1
    } else if (token === ':' && level?.keys !== undefined) {
      level.key = JSON.parse(last)
      if (level.keys.has(level.key)) found.add(here())
      level.keys.add(level.key)
    }
    last = token
  }
  return [...found]
}
