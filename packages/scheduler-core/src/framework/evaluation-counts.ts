import type { MetricSample } from '../metrics.ts'
import type { CycleState } from './cycle-state.ts'
import type { Plugin } from './interfaces.ts'

/** The filters of one cycle, with how often each was asked since this was last written down. */
export interface ActiveFilters {
  readonly skipped: ReadonlySet<string>
  readonly plugins: readonly Plugin[]
  readonly counts: number[]
}

/** How often each plugin was asked. Filters are asked for every node, so their counts are kept beside their list. */
export class EvaluationCounts {
  readonly #byPoint: Map<string, Map<string, number>> = new Map()
  #filters: ActiveFilters | undefined

  count(point: string, plugin: string, amount = 1): void {
    const byPlugin = this.#byPoint.get(point) ?? new Map<string, number>()
    this.#byPoint.set(point, byPlugin.set(plugin, (byPlugin.get(plugin) ?? 0) + amount))
  }

  /** The filters that have something to say in a cycle: worked out once for all nodes. */
  filtersOf({ skipFilter }: CycleState, all: readonly Plugin[]): ActiveFilters {
    if (this.#filters?.skipped === skipFilter) return this.#filters
    this.#settle()
    const plugins = all.filter(({ name }) => !skipFilter.has(name))
    this.#filters = { skipped: skipFilter, plugins, counts: new Array<number>(plugins.length).fill(0) }
    return this.#filters
  }

  *samples(profile: string): Iterable<MetricSample> {
    this.#settle()
    for (const [point, byPlugin] of this.#byPoint) {
      for (const [plugin, value] of byPlugin) {
        const labels = { plugin, extension_point: point, profile }
        if (value > 0) yield { name: 'plugin_evaluation_total', labels, value }
      }
    }
  }

  #settle(): void {
    const filters = this.#filters
    if (filters === undefined) return
    for (const [index, { name }] of filters.plugins.entries()) {
      this.count('Filter', name, filters.counts[index] ?? 0)
      filters.counts[index] = 0
    }
  }
}
