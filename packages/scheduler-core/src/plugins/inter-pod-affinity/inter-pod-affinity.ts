import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { InterPodAffinityArgs } from '../../config/plugin-args.ts'
import type { StateKey } from '../../framework/cycle-state.ts'
import type { Handle } from '../../framework/handle.ts'
import type { Plugin } from '../../framework/interfaces.ts'
import { failure, skip, unresolvable, unschedulable } from '../../framework/status.ts'
import { namespaceOf } from '../pod-index/pod-class.ts'
import { podIndexOf } from '../pod-index/pod-index.ts'
import { AffinityState } from './filtering.ts'
import { hintAfterNode, hintAfterPod } from './hints.ts'
import { type Likings, likingOf, likings, normalizeLikings } from './scoring.ts'
import { affinityTerms, type NamespaceLabels } from './terms.ts'

const filterKey: StateKey<AffinityState> = { name: 'PreFilterInterPodAffinity' }
const scoreKey: StateKey<Likings> = { name: 'PreScoreInterPodAffinity' }

/**
 * Affinity and anti-affinity between pods, in both directions, required and preferred.
 *
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/plugins/interpodaffinity/plugin.go
 */
export function interPodAffinity(args: InterPodAffinityArgs, handle: Handle): Plugin {
  const namespaceLabels: NamespaceLabels = (name) => {
    const namespace = handle.listers.namespaces.get(name)
    return namespace === undefined ? undefined : (namespace.metadata.labels ?? {})
  }
  return {
    name: 'InterPodAffinity',
    eventsToRegister: () => [
      { resource: 'Pod', actions: ['Add', 'UpdatePodLabel', 'Delete'], hint: hintAfterPod },
      { resource: 'Node', actions: ['Add', 'UpdateNodeLabel'], hint: hintAfterNode },
    ],
    preFilter(state, { pod }, snapshot) {
      const terms = affinityTerms(pod)
      if (terms.problem !== undefined) return { status: unresolvable(`parsing pod: ${terms.problem}`) }
      const found = new AffinityState(subjectOf(pod), terms, namespaceLabels).count(podIndexOf(handle, snapshot))
      if (found.isIdle) return { status: skip }
      state.write(filterKey, found)
      return undefined
    },
    preFilterExtensions: {
      addPod: (state, _pod, added, node) => void state.read(filterKey)?.change(added, node, 1),
      removePod: (state, _pod, removed, node) => void state.read(filterKey)?.change(removed, node, -1),
    },
    filter: (state, _pod, node) => state.read(filterKey)?.refusal(node),
    preScore(state, { pod }) {
      const { podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {}
      const own =
        (podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).length +
        (podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).length
      if (args.ignorePreferredTermsOfExistingPods && own === 0) return skip
      try {
        const terms = own === 0 ? undefined : affinityTerms(pod)
        const index = podIndexOf(handle)
        const found = likings(index, subjectOf(pod), terms, namespaceLabels, args.hardPodAffinityWeight)
        if (found === undefined) return skip
        state.write(scoreKey, found)
        return undefined
      } catch (error) {
        return failure(error)
      }
    },
    score(state, _pod, node) {
      const found = state.read(scoreKey)
      return found ? likingOf(found, node) : 0
    },
    normalizeScore(_state, _pod, scores) {
      normalizeLikings(scores)
      return undefined
    },
    sign({ pod }) {
      const { podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {}
      if (podAffinity !== undefined || podAntiAffinity !== undefined)
        return unschedulable('pods with InterPodAffinity are not signable')
      return args.ignorePreferredTermsOfExistingPods
        ? new Map()
        : new Map([['v1.Pod.Labels', pod.metadata.labels ?? null]])
    },
  }
}

function subjectOf(pod: Pod): { readonly namespace: string; readonly labels: Readonly<Record<string, string>> } {
  return { namespace: namespaceOf(pod), labels: pod.metadata.labels ?? {} }
}
