import { CommandError } from '../shell/shell-error.ts'
import { textFrom } from '../shell/streams.ts'
import type { CommandFunction } from '../shell/world.ts'
import { unescaped } from './escapes.ts'
import { piecesOf } from './inputs.ts'
import { parseOptions } from './options.ts'

const classes: Readonly<Record<string, string>> = {
  upper: range('A', 'Z'),
  lower: range('a', 'z'),
  digit: range('0', '9'),
  alpha: range('A', 'Z') + range('a', 'z'),
  alnum: range('0', '9') + range('A', 'Z') + range('a', 'z'),
  space: ' \t\n\v\f\r',
  blank: ' \t',
  punct: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
  xdigit: `${range('0', '9')}ABCDEFabcdef`,
  cntrl: Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join(''),
  print: range(' ', '~'),
  graph: range('!', '~'),
}

function range(first: string, last: string): string {
  const [from, to] = [first.codePointAt(0) ?? 0, last.codePointAt(0) ?? 0]
  if (to < from || to - from > 70_000) throw new CommandError(`bad range '${first}-${last}'`)
  return Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index)).join('')
}

function setOf(text: string): readonly string[] {
  const named = text.replace(/\[:(\w+):\]/g, (all, name: string) =>
    Object.hasOwn(classes, name) ? `\\${mark}${name}\\${mark}` : all,
  )
  const parts = named.split(`\\${mark}`)
  return parts.flatMap((part, index) => {
    if (index % 2 === 1) return [...(classes[part] ?? '')]
    const plain = [...unescaped(part).text.replace(/\\(.)/g, '$1')]
    const all: string[] = []
    for (let at = 0; at < plain.length; at++) {
      const [one = '', dash, last] = plain.slice(at, at + 3)
      if (dash === '-' && last !== undefined) {
        all.push(...range(one, last))
        at += 2
      } else all.push(one)
    }
    return all
  })
}

/** Stands around the name of a class while a set is read; it is in no text that is typed. */
const mark = '\uE000'

/** `tr`: translates, deletes and squeezes characters. */
export const tr: CommandFunction = async (context) => {
  const options = parseOptions(context.args, '+dscCt')
  const [first, second] = options.operands
  if (first === undefined || (second === undefined && !options.has('d') && !options.has('s')))
    throw new CommandError('missing operand')
  const listed = setOf(first)
  const members = new Set(listed)
  const complement = options.has('c') || options.has('C')
  const isIn = (one: string) => members.has(one) !== complement
  const targets = second === undefined ? [] : setOf(second)
  const mapping = new Map(
    listed.map((one, index) => [one, targets[Math.min(index, targets.length - 1)] ?? one]).reverse() as [
      string,
      string,
    ][],
  )
  const squeezed = options.has('s')
    ? new Set(second === undefined || (options.has('d') && second === undefined) ? listed : targets)
    : new Set()
  const translate = (one: string): string => {
    if (second === undefined || options.has('d') || !isIn(one)) return one
    return complement ? (targets.at(-1) ?? one) : (mapping.get(one) ?? one)
  }
  let last: string | undefined
  for await (const piece of piecesOf(context, context.stdin)) {
    let text = ''
    for (const one of textFrom(piece)) {
      if (options.has('d') && isIn(one)) continue
      const shown = translate(one)
      const squeezes = second === undefined && options.has('s') ? isIn(shown) : squeezed.has(shown)
      if (shown === last && squeezes) continue
      text += shown
      last = shown
    }
    await context.stdout.write(text)
  }
  return 0
}
