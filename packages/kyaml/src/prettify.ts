import type { YamlError } from './errors.ts'

/**
 * Shows an error together with the line it is about, and a caret below the place.
 *
 * @param error what a reader reported
 * @param source the text that was read
 */
export function prettify(error: YamlError, source: string): string {
  const lines = source.split(/\r?\n/)
  const width = String(error.line).length
  const out = [error.message]
  for (let number = Math.max(1, error.line - 1); number <= error.line; number++) {
    const line = lines[number - 1]
    if (line !== undefined) out.push(`${String(number).padStart(width)} | ${line}`)
  }
  const before = (lines[error.line - 1] ?? '').slice(0, error.column - 1)
  out.push(`${' '.repeat(width)} | ${before.replaceAll(/[^\t]/g, ' ')}^`)
  return out.join('\n')
}
