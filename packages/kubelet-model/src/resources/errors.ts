/** Whole cores were asked for and cannot be had. @see pkg/kubelet/cm/cpumanager/policy_static.go */
export class SmtAlignmentError extends Error {
  override readonly name = 'SmtAlignmentError'
  /** The reason that the pod is rejected with. */
  readonly reason: string = 'SMTAlignmentError'

  constructor(requested: number, cpusPerCore: number, available?: number) {
    super(
      available === undefined
        ? `SMT Alignment Error: requested ${requested} cpus not multiple cpus per core = ${cpusPerCore}`
        : `SMT Alignment Error: not enough free physical CPUs: available physical CPUs = ${available}, requested CPUs = ${requested}, CPUs per core = ${cpusPerCore}`,
    )
  }
}

/** The policy does not admit the hints that there are. */
export class TopologyAffinityError extends Error {
  override readonly name = 'TopologyAffinityError'
  readonly reason: string = 'TopologyAffinityError'

  constructor() {
    super('Resources cannot be allocated with Topology locality')
  }
}
