import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** The files under a folder with their text, by path. */
export function readTree(folder: string): ReadonlyMap<string, string> {
  if (!existsSync(folder)) return new Map()
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
  return new Map(names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}

/** What differs between the committed and the newly generated files: file names, then removed and changed public names. */
export interface Drift {
  readonly files: readonly string[]
  readonly removed: readonly string[]
  readonly changed: readonly string[]
}

export function findDrift(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Drift {
  const files = [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name))
  const removed: string[] = []
  const changed: string[] = []
  for (const name of files) {
    const was = publicNames(before.get(name) ?? '')
    const is = publicNames(after.get(name) ?? '')
    for (const [symbol, text] of was) {
      if (!is.has(symbol)) removed.push(`${name}: ${symbol}`)
      else if (is.get(symbol) !== text) changed.push(`${name}: ${symbol}`)
    }
  }
  return { files: files.sort(), removed, changed }
}

/** Each exported name of a generated module with the text of its declaration. */
function publicNames(source: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const part of source.split(/^(?=export (?:interface|type|const) )/m).slice(1)) {
    const name = /^export (?:interface|type|const) (\w+)/.exec(part)?.[1]
    if (name !== undefined) found.set(name, part.replace(/\/\*\*[\s\S]*?\*\//g, '').trim())
  }
  return found
}
