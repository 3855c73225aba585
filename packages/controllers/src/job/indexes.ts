/** Indexes from the first to the last, both included. */
export type Interval = readonly [first: number, last: number]

/** Reads a part as Go's Atoi does; undefined when it is no number. */
function number(text: string | undefined): number | undefined {
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : undefined
}

/**
 * Reads indexes such as `1,3-5`. What is not a number is skipped; what lies beyond the completions is cut off.
 *
 * @see pkg/controller/job/indexed_job_utils.go
 */
export function parseIndexes(text: string, completions: number): readonly Interval[] {
  const result: Interval[] = []
  if (text === '') return result
  for (const part of text.split(',')) {
    const [left, right] = part.split('-')
    const first = number(left)
    if (first === undefined) continue
    if (first >= completions) break
    const end = right === undefined ? first : number(right)
    if (end === undefined) continue
    const last = right === undefined ? end : Math.min(end, completions - 1)
    const before = result.at(-1)
    if (before !== undefined && before[1] === first - 1) result[result.length - 1] = [before[0], last]
    else result.push([first, last])
  }
  return result
}

/** Writes indexes; two neighbours are listed, more are a range. */
export function formatIndexes(intervals: readonly Interval[]): string {
  return intervals
    .map(([first, last]) => (last > first ? `${first}${last === first + 1 ? ',' : '-'}${last}` : String(first)))
    .join(',')
}

/** How many indexes there are. */
export function countIndexes(intervals: readonly Interval[]): number {
  return intervals.reduce((total, [first, last]) => total + last - first + 1, 0)
}

/** Says whether an index is among them. */
export function hasIndex(intervals: readonly Interval[], index: number): boolean {
  return intervals.some(([first, last]) => first <= index && index <= last)
}

/** The indexes of both; lists that are not in order, which a foreign status may hold, are merged as upstream does. */
export function mergeIndexes(a: readonly Interval[], b: readonly Interval[]): readonly Interval[] {
  const result: Interval[] = []
  const take = (next: Interval): void => {
    const before = result.at(-1)
    if (before === undefined || next[0] > before[1] + 1) result.push(next)
    else if (before[1] < next[1]) result[result.length - 1] = [before[0], next[1]]
  }
  let i = 0
  for (const next of b) {
    for (let mine = a[i]; mine !== undefined && mine[0] < next[0]; mine = a[++i]) take(mine)
    take(next)
  }
  for (const mine of a.slice(i)) take(mine)
  return result
}

/** The indexes, with single ones added. */
export function withIndexes(intervals: readonly Interval[], indexes: Iterable<number>): readonly Interval[] {
  return mergeIndexes(
    intervals,
    [...new Set(indexes)].sort((a, b) => a - b).map((index): Interval => [index, index]),
  )
}

/** The `count` lowest indexes below `completions` that are not taken. */
export function firstFree(taken: readonly Interval[], count: number, completions: number): readonly number[] {
  const free: number[] = []
  let candidate = 0
  for (const [first, last] of taken) {
    for (; candidate < completions && free.length < count && candidate < first; candidate++) free.push(candidate)
    candidate = Math.max(candidate, last + 1)
  }
  for (; candidate < completions && free.length < count; candidate++) free.push(candidate)
  return free
}
