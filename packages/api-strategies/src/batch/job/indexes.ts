import { quote } from '@kube-bonsai/apimachinery'

/** What reading a list of indexes such as `1,3-5` gives. */
export type Indexes = { readonly count: number } | { readonly problem: string }

type Interval = { readonly first: number; readonly last: number } | { readonly problem: string }

const atoi = /^[+-]?\d+$/

function parseIndex(text: string, completions: number): number | string {
  const index = Number(text)
  if (!atoi.test(text) || !Number.isSafeInteger(index))
    return `cannot convert string to integer for index: ${quote(text)}`
  return index < completions ? index : `too large index: ${quote(text)}`
}

function parseInterval(text: string, completions: number): Interval {
  const parts = text.split('-')
  const [from = '', to] = parts
  if (parts.length > 2) {
    const rule = "violates the requirement that an index interval can have at most two parts separated by '-'"
    return { problem: `the fragment ${quote(text)} ${rule}` }
  }
  const first = parseIndex(from, completions)
  if (typeof first === 'string') return { problem: first }
  if (to === undefined) return { first, last: first }
  const last = parseIndex(to, completions)
  if (typeof last === 'string') return { problem: last }
  return first < last ? { first, last } : { problem: unordered(first, last) }
}

const unordered = (before: number, now: number): string => `non-increasing order, previous: ${before}, current: ${now}`

/** Reads a list of indexes below the number of completions, in rising order; an empty text has none. */
export function parseIndexes(text: string, completions: number): Indexes {
  if (text === '') return { count: 0 }
  let before: number | undefined
  let count = 0
  for (const part of text.split(',')) {
    const interval = parseInterval(part, completions)
    if ('problem' in interval) return interval
    const { first, last } = interval
    if (before !== undefined && before >= first) return { problem: unordered(before, first) }
    count += last - first + 1
    before = last
  }
  return { count }
}

/** The first index that two lists share; undefined for none. Parts that cannot be read are passed over. */
export function sharedIndex(completed: string, failed: string, completions: number): number | undefined {
  if (completed === '' || failed === '') return undefined
  const read = (text: string) =>
    text.split(',').flatMap((part) => {
      const interval = parseInterval(part, completions)
      return 'problem' in interval ? [] : [interval]
    })
  const [left, right] = [read(completed), read(failed)]
  let [i, j] = [0, 0]
  for (;;) {
    const [a, b] = [left[i], right[j]]
    if (a === undefined || b === undefined) return undefined
    if (a.first <= b.last && b.first <= a.last) return Math.max(a.first, b.first)
    if (a.first <= b.first) i++
    else j++
  }
}
