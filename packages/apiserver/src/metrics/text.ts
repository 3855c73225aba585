/** One family of metrics, as Prometheus' text format has it. */
export interface MetricFamily {
  readonly name: string
  /** How much it may change: `STABLE`, `BETA`, `ALPHA`, or nothing where upstream says nothing. */
  readonly stability: 'STABLE' | 'BETA' | 'ALPHA' | ''
  readonly help: string
  readonly type: 'counter' | 'gauge'
  readonly samples: readonly Sample[]
}

/** A value with its labels. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

/** Families as text, by name; samples by their labels. @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function metricsText(families: readonly MetricFamily[]): string {
  const sorted = [...families].sort((left, right) => (left.name < right.name ? -1 : 1))
  return sorted.map(familyText).join('')
}

function familyText({ name, stability, help, type, samples }: MetricFamily): string {
  const lines = samples.map(({ labels = {}, value }) => `${name}${labelText(labels)} ${value}\n`).sort()
  const stage = stability === '' ? '' : `[${stability}] `
  return `# HELP ${name} ${stage}${escaped(help)}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels).sort()
  if (names.length === 0) return ''
  return `{${names.map((name) => `${name}="${escaped(labels[name] ?? '').replaceAll('"', '\\"')}"`).join(',')}}`
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
