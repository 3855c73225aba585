import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import { isSidecar } from '@kube-bonsai/component-helpers'
import { Quantity } from '@kube-bonsai/quantity'
import type { Metrics } from '../metrics/metrics.ts'

const zero = Quantity.parse('0')

/** Counts in `container_requested_resizes_total` what a new spec asks to be changed. Returns true when that is anything. */
export function countRequestedResizes(before: Pod, after: Pod, metrics: Metrics): boolean {
  if (before.spec === after.spec) return false
  const known = new Map(resizable(before).map((container) => [container.name, container]))
  let any = false
  for (const container of resizable(after)) {
    const old = known.get(container.name)
    if (old === undefined || old.resources === container.resources) continue
    for (const resource of ['memory', 'cpu'])
      for (const requirement of ['requests', 'limits'] as const) {
        const operation = operationOf(
          amount(old.resources?.[requirement]?.[resource]),
          amount(container.resources?.[requirement]?.[resource]),
        )
        if (operation === undefined) continue
        any = true
        metrics.counter('container_requested_resizes_total').add(1, { resource, requirement, operation })
      }
  }
  return any
}

const resizable = (pod: Pod): readonly Container[] => [
  ...(pod.spec?.initContainers ?? []).filter(isSidecar),
  ...(pod.spec?.containers ?? []),
]

const amount = (value: string | number | undefined): Quantity =>
  value === undefined ? zero : Quantity.parse(String(value))

function operationOf(before: Quantity, after: Quantity): string | undefined {
  const order = after.cmp(before)
  if (order === 0) return undefined
  if (after.isZero()) return 'remove'
  if (before.isZero()) return 'add'
  return order < 0 ? 'decrease' : 'increase'
}
