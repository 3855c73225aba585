import { evenMachine, type Machine } from '@kube-bonsai/kubelet-model'

/** A machine as the protocol writes it. */
export interface MachineInput {
  readonly sockets: number
  readonly numaPerSocket: number
  readonly coresPerNUMA: number
  readonly threadsPerCore: number
  readonly uncorePerNUMA?: number
  readonly memoryPerNUMA?: number
  readonly interleaved?: boolean
}

/** The machine that a few numbers stand for. */
export function buildMachine(input: MachineInput): Machine {
  return evenMachine({
    sockets: input.sockets,
    numaPerSocket: input.numaPerSocket,
    coresPerNuma: input.coresPerNUMA,
    threadsPerCore: input.threadsPerCore,
    uncorePerNuma: input.uncorePerNUMA ?? 1,
    memoryPerNuma: BigInt(input.memoryPerNUMA ?? 0),
    interleaved: input.interleaved === true,
  })
}
