import { type MetricKind, type Sample, seriesText } from './text.ts'

/** The values that tell one series of a metric from another. */
export type Labels = Readonly<Record<string, string>>

/** A number that only grows. */
export interface Counter {
  /** Adds `amount`, 1 by default. Throws a RangeError for less than 0. */
  add(amount?: number, labels?: Labels): void
}

/** A number that goes up and down. */
export interface Gauge {
  set(value: number, labels?: Labels): void
  add(amount: number, labels?: Labels): void
  /** Takes a series away; without labels, the one that has none. */
  remove(labels?: Labels): void
}

/** Numbers counted by how large they are. */
export interface Histogram {
  observe(value: number, labels?: Labels): void
}

interface Series {
  readonly labels: Labels
  value: number
  /** Of a histogram: how many observations fell into each bucket, the one without a bound last. */
  readonly buckets?: number[]
  sum: number
}

interface Family {
  readonly kind: MetricKind
  readonly bounds: readonly number[]
  readonly series: Map<string, Series>
}

/**
 * The metrics of one kubelet. Names are without the `kubelet_` prefix, which the text has.
 * A metric exists from the first time that it is asked for; asking for it as another kind throws a TypeError.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/metrics/metrics.go
 */
export class Metrics {
  readonly #families: Map<string, Family> = new Map()

  counter(name: string): Counter {
    const family = this.#family(name, 'counter')
    return {
      add: (amount = 1, labels = {}) => {
        if (amount < 0) throw new RangeError(`counter ${name} cannot fall by ${-amount}`)
        seriesOf(family, labels).value += amount
      },
    }
  }

  gauge(name: string): Gauge {
    const family = this.#family(name, 'gauge')
    return {
      set: (value, labels = {}) => {
        seriesOf(family, labels).value = value
      },
      add: (amount, labels = {}) => {
        seriesOf(family, labels).value += amount
      },
      remove: (labels = {}) => void family.series.delete(keyOf(labels)),
    }
  }

  /** `bounds` are the upper ends of the buckets, rising; those of the first call hold. */
  histogram(name: string, bounds: readonly number[]): Histogram {
    const family = this.#family(name, 'histogram', bounds)
    return {
      observe: (value, labels = {}) => {
        const series = seriesOf(family, labels)
        series.value++
        series.sum += value
        const at = family.bounds.findIndex((bound) => value <= bound)
        const bucket = at < 0 ? family.bounds.length : at
        if (series.buckets) series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1
      },
    }
  }

  /** The value of a series, the number of observations for a histogram; undefined where there is none. */
  value(name: string, labels: Labels = {}): number | undefined {
    return this.#families.get(name)?.series.get(keyOf(labels))?.value
  }

  /** Everything in Prometheus' text format, by name. */
  text(): string {
    const families = [...this.#families].filter(([, { series }]) => series.size > 0)
    families.sort(([left], [right]) => (left < right ? -1 : 1))
    return families.map(([name, { kind, bounds, series }]) => seriesText(name, kind, samples(series, bounds))).join('')
  }

  #family(name: string, kind: MetricKind, bounds: readonly number[] = []): Family {
    const known = this.#families.get(name)
    if (known !== undefined && known.kind !== kind)
      throw new TypeError(`metric ${name} is a ${known.kind}, not a ${kind}`)
    if (known) return known
    const family: Family = { kind, bounds, series: new Map() }
    this.#families.set(name, family)
    return family
  }
}

function seriesOf({ kind, bounds, series }: Family, labels: Labels): Series {
  const key = keyOf(labels)
  const known = series.get(key)
  if (known) return known
  const buckets = kind === 'histogram' ? { buckets: new Array<number>(bounds.length + 1).fill(0) } : {}
  const made: Series = { labels, value: 0, sum: 0, ...buckets }
  series.set(key, made)
  return made
}

function samples(series: ReadonlyMap<string, Series>, bounds: readonly number[]): readonly Sample[] {
  return [...series.values()].flatMap(({ labels, value, sum, buckets }) => {
    if (buckets === undefined) return [{ suffix: '', labels, value }]
    let below = 0
    const counted = buckets.map((count, index) => {
      below += count
      return { suffix: '_bucket', labels: { ...labels, le: String(bounds[index] ?? '+Inf') }, value: below }
    })
    return [...counted, { suffix: '_sum', labels, value: sum }, { suffix: '_count', labels, value }]
  })
}

function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([left], [right]) => (left < right ? -1 : 1)))
}
