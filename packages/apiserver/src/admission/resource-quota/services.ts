import type { Service } from '@kube-bonsai/api-types/core/v1'
import { count } from './amounts.ts'
import type { Evaluator } from './evaluator.ts'

const names = ['count/services', 'services', 'services.nodeports', 'services.loadbalancers']

/** @see pkg/quota/v1/evaluator/core/services.go */
export const services: Evaluator = {
  handles: ({ operation, subresource }) => operation !== 'DELETE' && subresource === '',
  matchingResources: (wanted) => wanted.filter((name) => names.includes(name)),
  matchesScope: () => false,
  usage(object) {
    const { spec } = object as Service
    const ports = spec?.ports ?? []
    const balanced = spec?.type === 'LoadBalancer'
    const chosen = balanced && spec?.allocateLoadBalancerNodePorts === false
    const counted = chosen ? ports.filter(({ nodePort }) => nodePort) : ports
    return new Map([
      ['count/services', count(1)],
      ['services', count(1)],
      ['services.loadbalancers', count(balanced ? 1 : 0)],
      ['services.nodeports', count(balanced || spec?.type === 'NodePort' ? counted.length : 0)],
    ])
  },
}
