import { type Status, unresolvable } from './status.ts'

/** Why nodes were refused: some by name, all others for one common reason. */
export class NodeStatuses {
  readonly explicit: ReadonlyMap<string, Status>
  /** Holds for the nodes without an entry of their own; has no reasons unless a PreFilter gave one. */
  readonly absent: Status

  constructor(explicit: ReadonlyMap<string, Status>, absent: Status = unresolvable()) {
    this.explicit = explicit
    this.absent = absent
  }

  /** Why the node was refused. */
  get(node: string): Status {
    return this.explicit.get(node) ?? this.absent
  }
}
