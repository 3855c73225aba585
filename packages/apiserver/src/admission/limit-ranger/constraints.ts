import type { LimitRange, LimitRangeItem, PersistentVolumeClaim, Pod } from '@kube-bonsai/api-types/core/v1'
import { parseResources, podLimits, podRequests, type Resources } from '@kube-bonsai/component-helpers'
import type { Quantity } from '@kube-bonsai/quantity'

/** What is asked for, against one item of a limit range. */
interface Amounts {
  readonly type: string
  readonly requests: Resources
  readonly limits: Resources
}

const mostMilli = (2n ** 63n - 1n) / 1000n
const none: Resources = new Map()

/** What a limit range has against a pod: texts, empty for nothing. */
export function podProblems({ spec }: LimitRange, pod: Pod, podLevelResources: boolean): readonly string[] {
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]
  return (spec?.limits ?? []).flatMap((item) => {
    const { type } = item
    if (type === 'Pod') return problems(item, { type, ...podAmounts(pod, podLevelResources) })
    if (type !== 'Container') return []
    return containers.flatMap(({ resources }) => {
      const amounts = { requests: parseResources(resources?.requests), limits: parseResources(resources?.limits) }
      return problems(item, { type, ...amounts })
    })
  })
}

/** What a limit range has against a claim; only its requests count. */
export function claimProblems({ spec }: LimitRange, claim: PersistentVolumeClaim): readonly string[] {
  const requests = parseResources(claim.spec?.resources?.requests)
  return (spec?.limits ?? []).flatMap((item) => {
    if (item.type !== 'PersistentVolumeClaim') return []
    const amounts = { type: item.type, requests, limits: none }
    return [
      ...each(item.min, (name, least) => belowMinimum(amounts, name, least)),
      ...each(item.max, (name, most) => {
        const asked = requests.get(name)
        const text = `maximum ${name} usage per ${item.type} is ${most}`
        if (asked === undefined) return `${text}.  No request is specified`
        return exceeds(asked, most) ? `${text}, but request is ${asked}` : ''
      }),
    ]
  })
}

function podAmounts(
  pod: Pod,
  podLevelResources: boolean,
): { readonly requests: Resources; readonly limits: Resources } {
  const options = { excludeOverhead: true, skipPodLevelResources: !podLevelResources }
  return { requests: podRequests(pod, options), limits: podLimits(pod, options) }
}

function problems(item: LimitRangeItem, amounts: Amounts): readonly string[] {
  return [
    ...each(item.min, (name, least) => belowMinimum(amounts, name, least)),
    ...each(item.max, (name, most) => aboveMaximum(amounts, name, most)),
    ...each(item.maxLimitRequestRatio, (name, most) => aboveRatio(amounts, name, most)),
  ]
}

function each(
  list: Readonly<Record<string, string | number>> | undefined,
  check: (name: string, bound: Quantity) => string,
): readonly string[] {
  return [...parseResources(list)].map(([name, bound]) => check(name, bound)).filter((text) => text !== '')
}

function belowMinimum({ type, requests, limits }: Amounts, name: string, least: Quantity): string {
  const [asked, limit] = [requests.get(name), limits.get(name)]
  const text = `minimum ${name} usage per ${type} is ${least}`
  if (asked === undefined) return `${text}.  No request is specified`
  if (exceeds(least, asked)) return `${text}, but request is ${asked}`
  return limit !== undefined && exceeds(least, limit) ? `${text}, but limit is ${limit}` : ''
}

function aboveMaximum({ type, requests, limits }: Amounts, name: string, most: Quantity): string {
  const [asked, limit] = [requests.get(name), limits.get(name)]
  const text = `maximum ${name} usage per ${type} is ${most}`
  if (limit === undefined) return `${text}.  No limit is specified`
  if (exceeds(limit, most)) return `${text}, but limit is ${limit}`
  return asked !== undefined && exceeds(asked, most) ? `${text}, but request is ${asked}` : ''
}

function aboveRatio({ type, requests, limits }: Amounts, name: string, most: Quantity): string {
  const [asked, limit] = [requests.get(name), limits.get(name)]
  const text = `${name} max limit to request ratio per ${type} is ${most}`
  if (asked === undefined || asked.isZero()) return `${text}, but no request is specified or request is 0`
  if (limit === undefined || limit.isZero()) return `${text}, but no limit is specified or limit is 0`
  const [left, right] = comparable(limit, asked)
  const ratio = Number(left) / Number(right)
  const bound = Number(most.value() <= mostMilli ? most.milliValue() : most.value() * 1000n) / 1000
  return ratio > bound ? `${text}, but provided ratio is ${ratio.toFixed(6)}` : ''
}

/** Compares at the thousandth where that fits, at whole units otherwise. */
function exceeds(left: Quantity, right: Quantity): boolean {
  const [one, other] = comparable(left, right)
  return one > other
}

function comparable(left: Quantity, right: Quantity): readonly [bigint, bigint] {
  const milli = left.value() <= mostMilli && right.value() <= mostMilli
  return milli ? [left.milliValue(), right.milliValue()] : [left.value(), right.value()]
}
