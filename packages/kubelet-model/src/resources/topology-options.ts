import { booleanOption, integerOption, PolicyOptionError } from './option-values.ts'

/** Options of the topology manager's policies. */
export interface TopologyOptions {
  readonly preferClosestNuma: boolean
  readonly maxAllowableNumaNodes: number
}

/** With more nodes than this, listing every subset of them becomes slow. */
const defaultMaxNumaNodes = 8

/**
 * Reads `topologyManagerPolicyOptions`. Throws PolicyOptionError in the kubelet's words.
 * @see https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/4622-topologymanager-max-allowable-numa-nodes
 */
export function topologyOptions(options: Readonly<Record<string, string>> = {}): TopologyOptions {
  let preferClosestNuma = false
  let maxAllowableNumaNodes = defaultMaxNumaNodes
  for (const [name, value] of Object.entries(options)) {
    if (name === 'prefer-closest-numa-nodes') preferClosestNuma = booleanOption(name, value)
    else if (name === 'max-allowable-numa-nodes') {
      maxAllowableNumaNodes = integerOption(name, value)
      if (maxAllowableNumaNodes < defaultMaxNumaNodes) {
        const message = `the minimum value of ${JSON.stringify(name)} should not be less than ${defaultMaxNumaNodes}`
        throw new PolicyOptionError(name, message)
      }
    } else {
      throw new PolicyOptionError(name, `unknown Topology Manager Policy option: ${JSON.stringify(name)}`)
    }
  }
  return { preferClosestNuma, maxAllowableNumaNodes }
}
