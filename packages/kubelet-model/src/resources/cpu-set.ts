/** CPUs by id. */
export type CpuSet = ReadonlySet<number>

/** A list of CPUs that does not parse; the message is the kubelet's. */
export class CpuSetError extends Error {
  override readonly name = 'CpuSetError'
  readonly actual: string

  constructor(actual: string, message: string) {
    super(message)
    this.actual = actual
  }
}

/** The most ids that a range may name: more than any machine has. */
const maxCpus = 1 << 16

/** Reads the list format of Linux, `0-3,8`; spaces and empty entries are errors. Throws CpuSetError. */
export function parseCpuSet(text: string): CpuSet {
  const cpus = new Set<number>()
  if (text === '') return cpus
  for (const range of text.split(',')) {
    const [first = '', ...rest] = splitRange(range)
    const start = integer(first)
    const end = rest.length === 0 ? start : integer(rest[0] ?? '')
    if (start > end) throw new CpuSetError(text, `invalid range "${range}" (${start} > ${end})`)
    if (end - start >= maxCpus) throw new CpuSetError(text, `unsupported: the range "${range}" names too many CPUs`)
    for (let cpu = start; cpu <= end; cpu++) cpus.add(cpu)
  }
  return cpus
}

function splitRange(range: string): readonly string[] {
  const at = range.indexOf('-')
  return at < 0 ? [range] : [range.slice(0, at), range.slice(at + 1)]
}

function integer(text: string): number {
  if (/^[+-]?[0-9]{1,15}$/.test(text)) return Number(text)
  throw new CpuSetError(text, `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
}

/** The shortest list: `0-3,8`. */
export function formatCpuSet(cpus: CpuSet): string {
  const ranges: { start: number; end: number }[] = []
  for (const cpu of sortedCpus(cpus)) {
    const last = ranges.at(-1)
    if (last !== undefined && last.end + 1 === cpu) last.end = cpu
    else ranges.push({ start: cpu, end: cpu })
  }
  return ranges.map(({ start, end }) => (start === end ? `${start}` : `${start}-${end}`)).join(',')
}

/** The ids, ascending. */
export function sortedCpus(cpus: Iterable<number>): readonly number[] {
  return [...cpus].sort((left, right) => left - right)
}

/** All CPUs of any of the sets. */
export function union(...sets: readonly CpuSet[]): CpuSet {
  const all = new Set<number>()
  for (const set of sets) for (const cpu of set) all.add(cpu)
  return all
}

/** The CPUs of the first set that the second lacks. */
export function difference(from: CpuSet, without: CpuSet): CpuSet {
  return new Set([...from].filter((cpu) => !without.has(cpu)))
}

/** The CPUs that both sets have. */
export function intersection(left: CpuSet, right: CpuSet): CpuSet {
  return new Set([...left].filter((cpu) => right.has(cpu)))
}

/** True when both hold the same CPUs. */
export function sameCpus(left: CpuSet, right: CpuSet): boolean {
  return left.size === right.size && [...left].every((cpu) => right.has(cpu))
}
