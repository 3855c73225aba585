import type { StateKey } from '../framework/cycle-state.ts'
import { skip } from '../framework/status.ts'
import { defaultFitResources } from './node-resources-fit.ts'
import type { Plugin } from './plugin.ts'
import {
  balancedAllocation,
  nodeScorer,
  type ResourceWeight,
  type ScoringRequests,
  scoringRequests,
} from './resource-scoring.ts'

const requestsKey: StateKey<ScoringRequests> = { name: 'PreScoreNodeResourcesBalancedAllocation' }

/**
 * Prefers nodes whose cpu and memory would be used in the same proportion; silent for pods that request neither.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go
 */
export function nodeResourcesBalancedAllocation(resources: readonly ResourceWeight[] = defaultFitResources): Plugin {
  const scoreNode = nodeScorer(resources, true, balancedAllocation)
  return {
    name: 'NodeResourcesBalancedAllocation',
    preScore(state, { pod }) {
      const requests = scoringRequests(pod, resources, false)
      if (requests.every((amount) => amount === 0)) return skip
      state.write(requestsKey, requests)
      return undefined
    },
    score(state, { pod }, node) {
      const requests = state.read(requestsKey) ?? scoringRequests(pod, resources, false)
      return scoreNode(node, requests)
    },
  }
}
