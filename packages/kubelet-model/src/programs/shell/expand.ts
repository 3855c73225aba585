import type { FileSystem } from '../../files/file-system.ts'
import { calculate } from './arithmetic.ts'
import { escapeGlob, isGlob, unescapeGlob } from './glob.ts'
import { expandPattern } from './glob-files.ts'
import { changedValue } from './parameter.ts'
import { ShellError } from './shell-error.ts'
import type { DoubleQuoted, ParameterPart, Script, Word, WordPart } from './syntax.ts'

const maxFields = 200_000

/** What words are filled in with. */
export interface ExpansionHost {
  readonly args: readonly string[]
  readonly cwd: string
  readonly files: FileSystem
  /** `set -f`: patterns stand for themselves. */
  readonly noGlob: boolean
  /** Special parameters too; undefined for what is not set. Throws a ShellError for it under `set -u`. */
  valueOf(name: string): string | undefined
  assign(name: string, value: string): void
  /** What a script writes, without newlines at its end. */
  outputOf(script: Script): Promise<string>
}

/** A part of a field: quoted text stays as it is, the rest is split where it was filled in. */
interface Segment {
  readonly text: string
  readonly kind: 'bare' | 'quoted' | 'split'
}

type Piece = Segment | 'break'

/** Fills in words and splits them into fields; patterns become the names of files. */
export async function expandWords(words: readonly Word[], host: ExpansionHost): Promise<string[]> {
  const fields: string[] = []
  for (const word of words) {
    for (const pattern of split(await piecesOf(word, host, false), host.valueOf('IFS') ?? ' \t\n')) {
      const files = isGlob(pattern) && !host.noGlob ? expandPattern(pattern, host) : []
      if (files.length > 0) fields.push(...files)
      else fields.push(unescapeGlob(pattern))
    }
    if (fields.length > maxFields) throw new ShellError('Argument list too long')
  }
  return fields
}

/** Fills in a word that stays one, as the value of an assignment. */
export async function expandText(word: Word, host: ExpansionHost): Promise<string> {
  return unescapeGlob(await expandAsPattern(word, host))
}

/** The same as a pattern, in which quoted text stands for itself. */
export async function expandAsPattern(word: Word, host: ExpansionHost): Promise<string> {
  const pieces = await piecesOf(word, host, true)
  return pieces.map((piece) => (piece === 'break' ? ' ' : patternOf(piece))).join('')
}

function patternOf({ kind, text }: Segment): string {
  return kind === 'quoted' ? escapeGlob(text) : text.replaceAll('\\', '\\\\')
}

async function piecesOf(word: Word, host: ExpansionHost, whole: boolean): Promise<readonly Piece[]> {
  const pieces: Piece[] = []
  for (const [index, part] of word.entries()) {
    if (index === 0 && part.kind === 'bare' && part.text.startsWith('~')) pieces.push(...tilde(part.text, host))
    else pieces.push(...(await partPieces(part, host, whole)))
  }
  return pieces
}

function tilde(text: string, host: ExpansionHost): readonly Piece[] {
  if (text !== '~' && !text.startsWith('~/')) return [{ kind: 'bare', text }]
  return [
    { kind: 'quoted', text: host.valueOf('HOME') ?? '/root' },
    { kind: 'bare', text: text.slice(1) },
  ]
}

async function partPieces(part: WordPart, host: ExpansionHost, whole: boolean): Promise<readonly Piece[]> {
  switch (part.kind) {
    case 'bare':
    case 'quoted':
      return [part]
    case 'double':
      return doublePieces(part, host)
    case 'parameter':
      if (isArguments(part)) {
        const pieces = host.args.flatMap((text): readonly Piece[] => ['break', { kind: 'split', text }])
        return pieces.slice(1)
      }
      return parameterPieces(part, host, whole)
    case 'command':
      return [{ kind: 'split', text: await host.outputOf(part.script) }]
    case 'arithmetic':
      return [{ kind: 'split', text: await expandArithmetic(part.expression, host) }]
  }
}

/** `$@` and `$*` without anything more. */
function isArguments({ name, length, operator }: ParameterPart): boolean {
  return (name === '@' || name === '*') && !length && operator === undefined
}

async function doublePieces({ parts }: DoubleQuoted, host: ExpansionHost): Promise<readonly Piece[]> {
  const pieces: Piece[] = []
  let isEmptyList = false
  for (const part of parts) {
    if (part.kind === 'parameter' && isArguments(part) && part.name === '@') {
      if (host.args.length === 0) isEmptyList = true
      pieces.push(...host.args.flatMap((text): readonly Piece[] => ['break', { kind: 'quoted', text }]).slice(1))
    } else pieces.push({ kind: 'quoted', text: await doubleText(part, host) })
  }
  // `"$@"` of nothing is no field at all; every other empty text between quotes is an empty one.
  if (pieces.length === 0 && !isEmptyList) pieces.push({ kind: 'quoted', text: '' })
  return pieces
}

async function doubleText(part: DoubleQuoted['parts'][number], host: ExpansionHost): Promise<string> {
  switch (part.kind) {
    case 'quoted':
      return part.text
    case 'command':
      return host.outputOf(part.script)
    case 'arithmetic':
      return expandArithmetic(part.expression, host)
    case 'parameter': {
      if (isArguments(part)) return host.args.join((host.valueOf('IFS') ?? ' ').slice(0, 1))
      const pieces = await parameterPieces(part, host, true)
      return pieces.map((piece) => (piece === 'break' ? ' ' : piece.text)).join('')
    }
  }
}

async function parameterPieces(part: ParameterPart, host: ExpansionHost, whole: boolean): Promise<readonly Piece[]> {
  const changed = await changedValue(part, host)
  if (typeof changed === 'string') return [{ kind: 'split', text: changed }]
  // The word of `${x:-word}` takes the place of the parameter, quotes and all; what of it is bare is split.
  const pieces = await piecesOf(changed.word, host, whole)
  return pieces.map((piece) => (piece !== 'break' && piece.kind === 'bare' ? { ...piece, kind: 'split' } : piece))
}

/** Fills in an expression and calculates it. */
export async function expandArithmetic(expression: Word, host: ExpansionHost): Promise<string> {
  const text = await expandText(expression, host)
  return String(
    calculate(text, { get: (name) => host.valueOf(name) ?? '', set: (name, value) => host.assign(name, value) }),
  )
}

/** Splits pieces into fields where text was filled in. Fields are patterns, in which quoted text is escaped. */
function split(pieces: readonly Piece[], separators: string): readonly string[] {
  const fields: string[] = []
  let field: string[] | undefined
  // True behind white space that ended a field: a separator that follows belongs to it.
  let justEnded = false
  const end = () => {
    if (field) fields.push(field.join(''))
    field = undefined
  }
  for (const piece of pieces) {
    if (piece === 'break') {
      end()
      justEnded = false
    } else if (piece.kind !== 'split') {
      if (piece.kind === 'bare' && piece.text === '') continue
      field ??= []
      field.push(patternOf(piece))
      justEnded = false
    } else {
      let run = ''
      const flush = () => {
        if (run === '') return
        field ??= []
        field.push(patternOf({ kind: 'split', text: run }))
        run = ''
        justEnded = false
      }
      for (const character of piece.text) {
        if (!separators.includes(character)) {
          run += character
          continue
        }
        flush()
        const isBlank = character === ' ' || character === '\t' || character === '\n'
        if (isBlank) {
          if (field) {
            end()
            justEnded = true
          }
        } else if (justEnded) justEnded = false
        else {
          field ??= []
          end()
        }
      }
      flush()
    }
  }
  end()
  return fields
}
