import type { FileStat } from '../../files/file-system.ts'
import { CommandError } from '../shell/shell-error.ts'

/** Rights as `ls -l` shows them. */
export function modeText({ kind, mode }: Pick<FileStat, 'kind' | 'mode'>): string {
  const first = { file: '-', directory: 'd', link: 'l' }[kind]
  const three = (bits: number, special: boolean, letter: string) => {
    const runs = (bits & 1) !== 0
    const last = special ? (runs ? letter : letter.toUpperCase()) : runs ? 'x' : '-'
    return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${last}`
  }
  const owner = three(mode >> 6, (mode & 0o4000) !== 0, 's')
  const group = three(mode >> 3, (mode & 0o2000) !== 0, 's')
  return `${first}${owner}${group}${three(mode, (mode & 0o1000) !== 0, 't')}`
}

/** Changes rights as `chmod` reads them: `755`, `u+x`, `go-rwx,a+r`. Throws a CommandError for what it cannot read. */
export function changedMode(text: string, mode: number, isDirectory: boolean): number {
  if (/^[0-7]{1,4}$/.test(text)) return Number.parseInt(text, 8)
  let result = mode
  for (const clause of text.split(',')) {
    const [, who = '', changes] = /^([ugoa]*)((?:[-+=][rwxXst]*)+)$/.exec(clause) ?? []
    if (changes === undefined) throw new CommandError(`invalid mode '${text}'`)
    for (const [, sign, letters = ''] of changes.matchAll(/([-+=])([rwxXst]*)/g)) {
      const bits = bitsOf(letters, who === '' ? 'a' : who, result, isDirectory)
      if (sign === '+') result |= bits
      else if (sign === '-') result &= ~bits
      else result = (result & ~bitsOf('rwx', who === '' ? 'a' : who, result, isDirectory)) | bits
    }
  }
  return result & 0o7777
}

function bitsOf(letters: string, who: string, mode: number, isDirectory: boolean): number {
  let bits = 0
  for (const letter of letters) {
    if (letter === 't') bits |= 0o1000
    if (letter === 's') bits |= (/[ua]/.test(who) ? 0o4000 : 0) | (/[ga]/.test(who) ? 0o2000 : 0)
    const runs = letter === 'x' || (letter === 'X' && (isDirectory || (mode & 0o111) !== 0))
    const one = letter === 'r' ? 4 : letter === 'w' ? 2 : runs ? 1 : 0
    if (/[ua]/.test(who)) bits |= one << 6
    if (/[ga]/.test(who)) bits |= one << 3
    if (/[oa]/.test(who)) bits |= one
  }
  return bits
}
