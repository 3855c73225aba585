import type { Comment, Cursor, Mark, Token } from './token.ts'

/** What the scanner knows at the place where comments begin. */
export interface Surroundings {
  /** The column of the innermost block, -1 outside of any. */
  readonly indent: number
  readonly inFlow: boolean
  /** The token before the comments; a comma counts as the token before it. */
  readonly before: Token
}

const isBlank = (c: string): boolean => c === ' ' || c === '\t'
const isBreak = (c: string): boolean => c === '\n' || c === '\r' || c === '\u2028' || c === '\u2029'

/**
 * Reads a comment that stands behind a token on the same line.
 *
 * @returns the comment, with the cursor moved to the end of the line; `undefined` if there is none
 */
export function scanLineComment(cursor: Cursor, owner: Mark): Comment | undefined {
  if (cursor.newlines > 0) return undefined
  let at = cursor.index
  while (isBlank(cursor.text.charAt(at))) at++
  if (cursor.text.charAt(at) !== '#') return undefined
  while (cursor.index < at) cursor.skip()
  const start = cursor.mark()
  return { kind: 'line', text: readLine(cursor), owner, start, end: noMark, scanned: noMark }
}

const noMark: Mark = { index: 0, line: 0, column: 0 }

function readLine(cursor: Cursor): string {
  const start = cursor.index
  while (cursor.index < cursor.text.length && !isBreak(cursor.text.charAt(cursor.index))) cursor.skip()
  return cursor.text.slice(start, cursor.index)
}

/**
 * Reads a block of comment lines, and splits it: what stands right below a value, or further left than what comes
 * next, is a foot comment of what went before; the rest is a head comment of what follows. Columns of the marks
 * count from 1 here.
 */
export function scanComments(cursor: Cursor, from: Mark, around: Surroundings): Comment[] {
  const found: Comment[] = []
  const indent = Math.max(around.indent, 0)
  const footLine = from.line > 0 ? firstLineBelow(cursor) : -1
  let [owner, scanned, start] = [around.before.start, from, noMark]
  let text = ''
  let afterEmpty = false
  let noEmptyYet = cursor.newlines <= 1
  let { index, line, column } = cursor.mark()
  const foot = (): void => {
    const end = { index, line, column }
    found.push({ kind: 'foot', text, owner, start, end, scanned })
    scanned = end
    owner = end
    text = ''
  }
  for (; ; index++) {
    column++
    const c = cursor.text.charAt(index)
    if (isBlank(c)) continue
    const closes = around.inFlow && (c === ']' || c === '}')
    if (closes || c === '' || isBreak(c)) {
      if (closes || !afterEmpty) {
        const left = start.column - 1 < indent
        if (closes || (noEmptyYet && ((start.line === footLine && around.before.type !== 'value') || left))) {
          if (text !== '') {
            if (left) owner = start
            foot()
          }
        } else if (text !== '' && c !== '') text += '\n'
      }
      if (closes || c === '') break
      noEmptyYet = false
      afterEmpty = true
      column = 0
      line++
      continue
    }
    if (text !== '' && column - 1 < indent && column !== start.column) foot()
    if (c !== '#') break
    if (text === '') start = { index, line, column }
    else text += '\n'
    afterEmpty = false
    while (cursor.index < index) cursor.skip()
    text += readLine(cursor)
    // The line break after a comment does not count as an empty line, nor does the line number move on.
    index = cursor.index
    column = 0
    line = cursor.line
  }
  if (text !== '')
    found.push({ kind: 'head', text, owner: start, start, end: { index: index - 1, line, column }, scanned })
  return found
}

// The line on which a comment must begin to be a foot of what stands before it.
function firstLineBelow(cursor: Cursor): number {
  const line = cursor.line - cursor.newlines + 1
  return cursor.newlines === 0 && cursor.column > 1 ? line + 1 : line
}
