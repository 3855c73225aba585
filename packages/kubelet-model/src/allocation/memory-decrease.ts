import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import { Quantity } from '@kube-bonsai/quantity'
import type { ContainerRecord } from '../runtime/container-runtime.ts'
import type { ContainerUsage } from '../runtime/usage.ts'

/** A container as it was allocated, with what runs of it. */
export interface Resizing {
  readonly container: Container
  readonly record: ContainerRecord
}

type Resources = Container['resources']

const limitOf = (resources: Resources): bigint => {
  const limit = resources?.limits?.['memory']
  return limit === undefined ? 0n : Quantity.parse(String(limit)).value()
}

/** The limit of all containers together; undefined where one has none. */
function podLimit(limits: readonly bigint[]): bigint | undefined {
  return limits.some((limit) => limit === 0n) ? undefined : limits.reduce((sum, limit) => sum + limit, 0n)
}

/**
 * Why memory limits cannot be lowered to what was allocated, before anything is changed: more than that is in use.
 * Undefined when they can, or when none is lowered. `running` are all containers that run.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/kuberuntime/kuberuntime_manager.go validateMemoryResizeAction
 */
export function memoryDecreaseProblem(
  pod: Pod,
  running: readonly Resizing[],
  usage: () => readonly ContainerUsage[],
): string | undefined {
  const lowered = running.flatMap(({ container, record }) => {
    const [wanted, actual] = [limitOf(container.resources), limitOf(record.resources)]
    return wanted !== 0n && (actual === 0n || wanted < actual) ? [{ name: container.name, wanted }] : []
  })
  const all = pod.spec?.containers ?? []
  const wanted = podLimit(all.map(({ resources }) => limitOf(resources)))
  const records = new Map(running.map(({ record }) => [record.name, record]))
  const actual = podLimit(all.map(({ name, resources }) => limitOf(records.get(name)?.resources ?? resources)))
  const podLowered = wanted !== undefined && (actual === undefined || wanted < actual)
  if (lowered.length === 0 && !podLowered) return undefined
  const used = usage()
  const total = BigInt(Math.trunc(used.reduce((sum, { memory }) => sum + memory, 0)))
  const problems: string[] = []
  if (podLowered && total >= wanted) {
    problems.push(`attempting to set pod memory limit (${wanted}) below current usage (${total})`)
  }
  for (const { name, memory } of used) {
    const limit = lowered.find((each) => each.name === name)?.wanted
    if (limit === undefined || BigInt(Math.trunc(memory)) < limit) continue
    // v1.35 names the usage of the whole pod here.
    problems.push(`attempting to set container "${name}" memory limit (${limit}) below current usage (${total})`)
  }
  if (problems.length === 0) return undefined
  return `cannot decrease memory limits: ${problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`}`
}
