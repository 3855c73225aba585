import type { User } from '../context.ts'

/** A token file that cannot be read; `line` counts from 1. */
export class TokenFileError extends Error {
  override readonly name = 'TokenFileError'
  readonly line: number
  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`)
    this.line = line
  }
}

/**
 * Reads a static token file: lines of `token,user,uid,"group1,group2"`, the groups optional. The last line of a token counts.
 * Throws TokenFileError for a line with fewer than three columns or bad quotes.
 * @see staging/src/k8s.io/apiserver/pkg/authentication/token/tokenfile/tokenfile.go
 */
export function parseTokenFile(text: string): ReadonlyMap<string, User> {
  const users = new Map<string, User>()
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line === '') continue
    const found = columns(line, index + 1)
    if (found.length < 3) {
      const why = `expected at least 3 columns (token, user name, user uid), found ${found.length}`
      throw new TokenFileError(index + 1, why)
    }
    const [token = '', name = '', uid = '', groups = ''] = found
    if (token === '') continue
    users.set(token, { name, ...(uid !== '' && { uid }), groups: groups === '' ? [] : groups.split(',') })
  }
  return users
}

/** The columns of one line of CSV; a quoted column may hold commas, and quotes as two of them. */
function columns(line: string, number: number): readonly string[] {
  const pattern = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y
  const found: string[] = []
  for (;;) {
    const match = pattern.exec(line)
    if (match === null) throw new TokenFileError(number, 'a quote is missing or out of place')
    found.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
    if (match[3] === '') return found
  }
}
