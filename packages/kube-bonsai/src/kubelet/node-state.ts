/** How a simulated node is: `off` (no power), `partitioned` (nothing gets to the API server or from it), `stopped` (no kubelet), or `running`. */
export type NodeState = 'running' | 'stopped' | 'partitioned' | 'off'

/** What was asked of a node does not go with the state it is in. */
export class NodeStateError extends Error {
  override readonly name = 'NodeStateError'
  readonly node: string
  readonly state: NodeState
  constructor(node: string, state: NodeState, why: string) {
    super(`node ${JSON.stringify(node)} is ${state}: ${why}`)
    this.node = node
    this.state = state
  }
}

/** A node has no way to the API server. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
}
