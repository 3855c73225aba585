import type { ProgramRequest, ProgramResponse } from './network.ts'

/** What a container reaches over the network of its cluster. */
export interface ContainerNetwork {
  /** The container's own addresses; empty when the pod has none. */
  readonly addresses: readonly string[]
  /** The addresses behind a name, as the cluster's DNS answers in the pod's namespace; undefined for a name that is none. */
  resolve(name: string): readonly string[] | undefined
  /** True when somebody listens at an address. */
  connects(address: string, port: number): boolean
  /** Asks whoever listens at an address. Rejects with a ConnectionRefusedError when nobody does. */
  request(address: string, port: number, request: ProgramRequest): Promise<ProgramResponse>
}
