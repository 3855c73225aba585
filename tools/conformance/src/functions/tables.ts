import { type StrategyContext, strategyFor, type TableRow, type TableStrategy } from '@kube-bonsai/api-strategies'
import { formatGroupKind } from '@kube-bonsai/apimachinery'
import type { OracleFunction } from '../protocol/answer.ts'
import { decoded } from './decoded.ts'
import { define } from './define.ts'

/** Replaces `@ago:N@` by the time N seconds before `now`. */
function withTimes(objects: readonly unknown[], now: number): readonly unknown[] {
  const text = JSON.stringify(objects).replace(/@ago:(-?[0-9]+)@/g, (_, seconds: string) =>
    new Date(now - Number(seconds) * 1000).toISOString().replace(/\.\d+Z$/, 'Z'),
  )
  return JSON.parse(text)
}

async function rowOf(
  given: unknown,
  context: StrategyContext,
  now: number,
  showKind: boolean,
): Promise<readonly [TableStrategy, TableRow]> {
  const { object, kind } = await decoded(given)
  const strategy = strategyFor(kind.group, kind.kind)
  if (strategy?.table === undefined) throw new Error(`unsupported: table of ${kind.kind}`)
  if (strategy.version !== kind.version) throw new Error(`unsupported: conversion of ${kind.version} ${kind.kind}`)
  const row = strategy.table.row(strategy.default(object, context), now)
  if (!showKind) return [strategy.table, row]
  // kubectl writes the kind into the very row that the recording shows, where a column holds names.
  const place = strategy.table.columns.findIndex(({ format }) => format === 'name')
  const prefix = `${formatGroupKind(kind).toLowerCase()}/`
  const cells = row.cells.map((cell, index) => (index === place ? `${prefix}${String(cell)}` : cell))
  return [strategy.table, { ...row, cells }]
}

/** The server's part of printing: columns and rows. The text is kubectl's. */
export const tableFunctions: Readonly<Record<string, OracleFunction>> = {
  'printers.table': define<{ readonly objects: readonly unknown[]; readonly showKind?: boolean }>(
    async ({ objects, showKind = false }, { gates }) => {
      const now = Date.now()
      const context = { gates, now: new Date(now).toISOString().replace(/\.\d+Z$/, 'Z') }
      const rows = await Promise.all(withTimes(objects, now).map((object) => rowOf(object, context, now, showKind)))
      return {
        columns: (rows.at(-1)?.[0].columns ?? []).map(({ name, type, format, priority }) => ({
          name,
          type,
          format,
          priority,
        })),
        rows: rows.map(([, row]) => row),
      }
    },
  ),
}
