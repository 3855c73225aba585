const units: Readonly<Record<string, number>> = { '': 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** How long `10`, `1.5m` or `infinity` is; undefined for what is no duration. */
export function milliseconds(text: string): number | undefined {
  if (/^inf(inity)?$/i.test(text)) return Number.POSITIVE_INFINITY
  const [, count, unit = ''] = /^(\d{1,15}(?:\.\d*)?|\.\d+)([smhd]?)$/.exec(text) ?? []
  if (count === undefined) return undefined
  const total = Math.ceil(Number(count) * (units[unit] ?? 1000))
  // Nobody waits for longer than a thousand years.
  return total > 3.2e13 ? Number.POSITIVE_INFINITY : total
}
