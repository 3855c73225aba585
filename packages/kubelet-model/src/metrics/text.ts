/** What a metric counts. */
export type MetricKind = 'counter' | 'gauge' | 'histogram'

/** One line of a metric. */
export interface Sample {
  readonly suffix: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A metric of a kubelet as text; a histogram's lines keep their order. @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function seriesText(name: string, kind: MetricKind, samples: readonly Sample[]): string {
  const full = `kubelet_${name}`
  const lines = samples.map(({ suffix, labels, value }) => `${full}${suffix}${labelText(labels)} ${value}\n`)
  return `# TYPE ${full} ${kind}\n${(kind === 'histogram' ? lines : lines.sort()).join('')}`
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
