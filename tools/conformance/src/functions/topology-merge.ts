import {
  isTopologyPolicyName,
  numaInfo,
  numaMask,
  numaNodesOf,
  type ProviderHints,
  type TopologyHint,
  topologyOptions,
  topologyPolicy,
} from '@kube-bonsai/kubelet-model'
import { buildMachine, type MachineInput } from './machine.ts'

/** A hint as the protocol writes it. */
export interface HintInput {
  readonly numa?: readonly number[]
  readonly any?: boolean
  readonly preferred: boolean
}

/** Hints of a provider, by resource. */
export type HintsInput = Readonly<Record<string, readonly HintInput[] | null>>

/** A case of topology.merge. */
export interface MergeInput {
  readonly machine: MachineInput
  readonly policy: string
  readonly options?: Readonly<Record<string, string>>
  readonly providers: readonly (HintsInput | null)[] | null
}

const hint = ({ numa = [], any, preferred }: HintInput): TopologyHint =>
  any === true ? { preferred } : { affinity: numaMask(numa), preferred }

/** Hints as the packages here take them. */
export function readHints(hints: HintsInput): ProviderHints {
  return new Map(Object.entries(hints).map(([name, list]) => [name, list?.map(hint) ?? null]))
}

/** What one policy makes of hints. */
export function mergedHint({ machine, policy, options, providers }: MergeInput): object {
  const settled = topologyOptions(options)
  const info = numaInfo(buildMachine(machine).nodes, settled.preferClosestNuma)
  if (!isTopologyPolicyName(policy)) throw new Error(`oracle: unknown policy "${policy}"`)
  const asked = (providers ?? []).map((hints) => (hints === null ? undefined : readHints(hints)))
  const { hint: merged, admit } = topologyPolicy(policy, info, settled).merge(asked)
  return {
    admit,
    preferred: merged.preferred,
    ...(merged.affinity !== undefined && { numa: numaNodesOf(merged.affinity) }),
  }
}
