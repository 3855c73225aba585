import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import type { ProviderHints, TopologyHint } from './hints.ts'

/** Gives out a kind of resource; the topology manager asks it for hints first and then lets it allocate. */
export interface HintProvider {
  /** Where the resources of a container could come from; undefined when it does not care. */
  containerHints(pod: Pod, container: Container): ProviderHints | undefined
  /** The same for all containers of a pod together. */
  podHints(pod: Pod): ProviderHints | undefined
  /** Takes the resources for good. Throws an Error that says why it cannot. */
  allocate(pod: Pod, container: Container): void
}

/** What a provider needs to know when it allocates: the hint that was chosen. */
export interface AffinityStore {
  affinity(podUid: string, container: string): TopologyHint
}

/** Init containers, then the others: the order in which everything is allocated. */
export function containersInOrder(pod: Pod): readonly Container[] {
  return [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])]
}
