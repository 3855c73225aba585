/** The labels of one series. */
export type MetricLabels = Readonly<Record<string, string>>

/** One series: a counter that only rises, or a gauge as it stands. */
export interface MetricSample {
  /** As upstream names it: `scheduler_schedule_attempts_total`. */
  readonly name: string
  readonly labels: MetricLabels
  readonly value: number
}

/**
 * Counters by upstream's names. Gauges are asked for when they are read.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/metrics/metrics.go
 */
export class SchedulerMetrics {
  readonly #counters: Map<string, { readonly name: string; readonly labels: MetricLabels; value: number }> = new Map()
  readonly #sources: (() => Iterable<MetricSample>)[] = []

  /** Adds to a counter. `name` goes without the `scheduler_` that all carry. */
  count(name: string, labels: MetricLabels = {}, amount = 1): void {
    const key = seriesKey(name, labels)
    const known = this.#counters.get(key)
    if (known) known.value += amount
    else this.#counters.set(key, { name: `scheduler_${name}`, labels, value: amount })
  }

  /** Adds series that are computed when somebody reads. Their names go without `scheduler_` too. */
  addSource(source: () => Iterable<MetricSample>): void {
    this.#sources.push(source)
  }

  /** Every series with a value. */
  samples(): readonly MetricSample[] {
    const computed = this.#sources.flatMap((source) =>
      [...source()].map((sample) => ({ ...sample, name: `scheduler_${sample.name}` })),
    )
    return [...[...this.#counters.values()].map((sample) => ({ ...sample })), ...computed]
  }

  /** The value of one series, 0 when nothing was counted. Labels must be the same, in any order. */
  value(name: string, labels: MetricLabels = {}): number {
    const key = seriesKey(name, labels)
    const found = this.samples().filter((sample) => seriesKey(sample.name, sample.labels) === `scheduler_${key}`)
    return found.reduce((sum, sample) => sum + sample.value, 0)
  }
}

function seriesKey(name: string, labels: MetricLabels): string {
  const pairs = Object.entries(labels).sort(([left], [right]) => (left < right ? -1 : 1))
  return `${name}{${pairs.map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(',')}}`
}
