/** A run of lines that both texts have: `size` lines at `a` and at `b`. */
interface Match {
  readonly a: number
  readonly b: number
  readonly size: number
}

/** A stretch of the difference: equal lines, or lines of `a` that were replaced by lines of `b`. */
interface Stretch {
  readonly equal: boolean
  readonly fromA: number
  readonly toA: number
  readonly fromB: number
  readonly toB: number
}

const context = 3
/** From so many lines on, lines that come too often do not begin a match. */
const popularityFrom = 200

/**
 * The difference of two texts in the unified format without file names, as upstream puts it into messages. Longest
 * common runs of lines are matched first, then what lies before and after them.
 *
 * @returns the empty string for equal texts, else text that ends with a line break
 * @see https://github.com/pmezard/go-difflib
 */
export function unifiedDiff(a: string, b: string): string {
  const linesA = a.split('\n')
  const linesB = b.split('\n')
  const out: string[] = []
  for (const group of grouped(stretches(matches(linesA, linesB)))) {
    const [first] = group
    const last = group.at(-1)
    if (first === undefined || last === undefined) continue
    out.push(`@@ -${range(first.fromA, last.toA)} +${range(first.fromB, last.toB)} @@`)
    for (const stretch of group) {
      if (stretch.equal) {
        for (const line of linesA.slice(stretch.fromA, stretch.toA)) out.push(` ${line}`)
        continue
      }
      for (const line of linesA.slice(stretch.fromA, stretch.toA)) out.push(`-${line}`)
      for (const line of linesB.slice(stretch.fromB, stretch.toB)) out.push(`+${line}`)
    }
  }
  return out.map((line) => `${line}\n`).join('')
}

function range(from: number, to: number): string {
  const length = to - from
  if (length === 1) return String(from + 1)
  return `${length === 0 ? from : from + 1},${length}`
}

/** All matching runs in order, adjacent ones joined, and an empty one at the end of both texts. */
function matches(a: readonly string[], b: readonly string[]): readonly Match[] {
  const places = placesOf(b)
  const found: Match[] = []
  const work: [number, number, number, number][] = [[0, a.length, 0, b.length]]
  while (work.length > 0) {
    const [fromA, toA, fromB, toB] = work.pop() ?? [0, 0, 0, 0]
    const match = longestMatch(a, b, places, [fromA, toA, fromB, toB])
    if (match.size === 0) continue
    found.push(match)
    const { a: atA, b: atB, size } = match
    if (fromA < atA && fromB < atB) work.push([fromA, atA, fromB, atB])
    if (atA + size < toA && atB + size < toB) work.push([atA + size, toA, atB + size, toB])
  }
  const joined: Match[] = []
  for (const match of found.sort((x, y) => x.a - y.a)) {
    const before = joined.at(-1)
    if (before !== undefined && before.a + before.size === match.a && before.b + before.size === match.b) {
      joined[joined.length - 1] = { ...before, size: before.size + match.size }
    } else {
      joined.push(match)
    }
  }
  return [...joined, { a: a.length, b: b.length, size: 0 }]
}

/** Where each line stands, without the lines that come too often. */
function placesOf(lines: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>()
  for (const [index, line] of lines.entries()) {
    const known = places.get(line)
    if (known === undefined) places.set(line, [index])
    else known.push(index)
  }
  if (lines.length < popularityFrom) return places
  const most = Math.floor(lines.length / 100) + 1
  for (const [line, at] of places) if (at.length > most) places.delete(line)
  return places
}

function longestMatch(
  a: readonly string[],
  b: readonly string[],
  places: ReadonlyMap<string, readonly number[]>,
  [fromA, toA, fromB, toB]: readonly [number, number, number, number],
): Match {
  let best = { a: fromA, b: fromB, size: 0 }
  let lengths = new Map<number, number>()
  for (let i = fromA; i < toA; i++) {
    const next = new Map<number, number>()
    for (const j of places.get(a[i] ?? '') ?? []) {
      if (j < fromB) continue
      if (j >= toB) break
      const size = (lengths.get(j - 1) ?? 0) + 1
      next.set(j, size)
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size }
    }
    lengths = next
  }
  let { a: startA, b: startB, size } = best
  while (startA > fromA && startB > fromB && a[startA - 1] === b[startB - 1]) {
    startA--
    startB--
    size++
  }
  while (startA + size < toA && startB + size < toB && a[startA + size] === b[startB + size]) size++
  return { a: startA, b: startB, size }
}

function stretches(found: readonly Match[]): readonly Stretch[] {
  const result: Stretch[] = []
  let a = 0
  let b = 0
  for (const match of found) {
    if (a < match.a || b < match.b) result.push({ equal: false, fromA: a, toA: match.a, fromB: b, toB: match.b })
    a = match.a + match.size
    b = match.b + match.size
    if (match.size > 0) result.push({ equal: true, fromA: match.a, toA: a, fromB: match.b, toB: b })
  }
  return result
}

/** Cuts long equal stretches down to the lines around the changes; one group for each cluster of changes. */
function grouped(list: readonly Stretch[]): readonly (readonly Stretch[])[] {
  const groups: Stretch[][] = []
  let group: Stretch[] = []
  for (const [index, stretch] of list.entries()) {
    if (!stretch.equal) {
      group.push(stretch)
      continue
    }
    const length = stretch.toA - stretch.fromA
    const head = index === 0 ? 0 : Math.min(length, context)
    const tail = index === list.length - 1 ? 0 : Math.min(length, context)
    const inner = index > 0 && index < list.length - 1
    if (inner && length <= 2 * context) {
      group.push(stretch)
      continue
    }
    if (head > 0) group.push({ ...stretch, toA: stretch.fromA + head, toB: stretch.fromB + head })
    if (inner) {
      groups.push(group)
      group = []
    }
    if (tail > 0) group.push({ ...stretch, fromA: stretch.toA - tail, fromB: stretch.toB - tail })
  }
  if (group.some(({ equal }) => !equal)) groups.push(group)
  return groups
}
