import { styleText } from 'node:util'
import { printExact } from '../protocol/exact-json.ts'
import type { Difference } from './differences.ts'
import type { FunctionReport, Mismatch } from './replay.ts'

/** Paints text, or leaves it as it is. */
export type Paint = (style: 'red' | 'green' | 'yellow' | 'bold' | 'dim', text: string) => string

/** Colours for a terminal, none for a pipe or where NO_COLOR asks for none. */
export function paintFor(stream: { readonly isTTY?: boolean }): Paint {
  const colours = stream.isTTY === true && !process.env.NO_COLOR
  return (style, text) => (colours ? styleText(style, text) : text)
}

/** The lines that a person reads: one per function, then its first differences. */
export function reportLines(reports: readonly FunctionReport[], paint: Paint): readonly string[] {
  const width = Math.max(8, ...reports.map(({ fn }) => fn.length))
  const lines = [paint('dim', `${'function'.padEnd(width)}     same  different  unsupported`)]
  for (const report of reports) lines.push(row(report, width, paint), ...details(report, paint))
  const total = (key: 'same' | 'different' | 'unsupported'): number => reports.reduce((sum, one) => sum + one[key], 0)
  const all = { fn: 'total', same: total('same'), different: total('different'), unsupported: total('unsupported') }
  return [
    ...lines,
    paint(
      'bold',
      row(all, width, (_, text) => text),
    ),
  ]
}

type Counts = Pick<FunctionReport, 'fn' | 'same' | 'different' | 'unsupported'>

function row({ fn, same, different, unsupported }: Counts, width: number, paint: Paint): string {
  const count = (value: number, size: number, style: 'red' | 'green' | 'yellow'): string => {
    const text = String(value).padStart(size)
    return value === 0 ? paint('dim', text) : paint(style, text)
  }
  return [
    fn.padEnd(width),
    count(same, 8, 'green'),
    count(different, 10, 'red'),
    count(unsupported, 12, 'yellow'),
  ].join(' ')
}

function details({ mismatches, reasons }: FunctionReport, paint: Paint): readonly string[] {
  const unsupported = Object.entries(reasons).map(([reason, count]) =>
    paint('yellow', `  unsupported: ${cut(reason, 120)} (${count})`),
  )
  return [...unsupported, ...mismatches.flatMap((mismatch) => mismatchLines(mismatch, paint))]
}

function mismatchLines({ question, differences }: Mismatch, paint: Paint): readonly string[] {
  const { fn: _, ...asked } = question
  return [`  ${paint('bold', 'input')} ${cut(printExact(asked), 600)}`, ...differenceLines(differences, paint)]
}

/** Each difference on three lines: where, what was expected, what came. */
export function differenceLines(differences: readonly Difference[], paint: Paint): readonly string[] {
  return differences.flatMap(({ path, expected, actual }) => [
    `    ${path === '' ? '(whole answer)' : path}`,
    paint('green', `      expected ${show(expected)}`),
    paint('red', `      got      ${show(actual)}`),
  ])
}

const show = (value: unknown): string => (value === undefined ? '(absent)' : cut(printExact(value), 400))

const cut = (text: string, length: number): string => (text.length <= length ? text : `${text.slice(0, length)}…`)
