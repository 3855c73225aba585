import { hintLists, type ProviderHints, type TopologyHint } from './hints.ts'
import { mergeHints } from './merge-hints.ts'
import type { NumaInfo } from './numa-info.ts'
import { type NumaMask, numaCount } from './numa-mask.ts'
import type { TopologyOptions } from './topology-options.ts'

/** The policies of the topology manager. */
export type TopologyPolicyName = 'none' | 'best-effort' | 'restricted' | 'single-numa-node'

/** What a policy makes of its providers' hints. */
export interface TopologyDecision {
  readonly hint: TopologyHint
  readonly admit: boolean
}

/** Decides where a container's or pod's resources come from. */
export interface TopologyPolicy {
  readonly name: TopologyPolicyName
  merge(providers: readonly (ProviderHints | undefined)[]): TopologyDecision
}

const names: readonly string[] = ['none', 'best-effort', 'restricted', 'single-numa-node']

/** True for the names of the four policies. */
export function isTopologyPolicyName(name: string): name is TopologyPolicyName {
  return names.includes(name)
}

/** A policy on a machine. @see https://kubernetes.io/docs/tasks/administer-cluster/topology-manager/ */
export function topologyPolicy(name: TopologyPolicyName, info: NumaInfo, options: TopologyOptions): TopologyPolicy {
  if (name === 'none') return { name, merge: () => ({ hint: { preferred: false }, admit: true }) }
  if (name === 'single-numa-node') return { name, merge: (providers) => singleNode(info, providers) }
  const fits: (left: NumaMask, right: NumaMask) => number = options.preferClosestNuma ? info.closer : info.narrower
  return {
    name,
    merge: (providers) => {
      const hint = mergeHints(info, hintLists(providers), fits)
      return { hint, admit: name === 'best-effort' || hint.preferred }
    },
  }
}

function singleNode(info: NumaInfo, providers: readonly (ProviderHints | undefined)[]): TopologyDecision {
  const single = hintLists(providers).map((list) =>
    list.filter(({ affinity, preferred }) => preferred && (affinity === undefined || numaCount(affinity) === 1)),
  )
  const { affinity, preferred } = mergeHints(info, single, info.narrower)
  return { hint: affinity === info.all ? { preferred } : { affinity, preferred }, admit: preferred }
}
