import type { Probe } from '@kube-bonsai/api-types/core/v1'
import type { Clock } from '@kube-bonsai/clock'
import type { FileSystem } from '../files/file-system.ts'
import type { ContainerNetwork } from './container-network.ts'
import type { ProbeResult } from './container-runtime.ts'
import type { ImageUsers } from './identity.ts'
import type { GrpcHandler, RequestHandler } from './network.ts'
import type { ProcessContext, ProcessInput } from './processes.ts'
import type { Usage } from './usage.ts'

/** What a program sees of the container it runs in. */
export interface ProgramContext {
  readonly image: string
  readonly command: readonly string[]
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly pod: { readonly name: string; readonly namespace: string; readonly uid: string }
  readonly clock: Clock
  /** The container's files: what its image holds, with the pod's volumes mounted. Made at the first look. */
  readonly files: FileSystem
  /** True for init containers and for the work of jobs: others wait for it to end. */
  readonly expectedToEnd: boolean
  /**
   * Reports what it uses from now on: cores and bytes. One that uses more memory than its container may is killed (OOMKilled).
   * Throws a RangeError for amounts that cannot be.
   */
  usage(report: Partial<Usage>): void
  /** Adds lines to the container's log. */
  log(text: string): void
  /** Writes as a process does: what ends in a newline is a line of the log. Those who are attached see it as it comes. */
  write?(data: string | Uint8Array, stream?: 'stdout' | 'stderr'): void
  /** Sends a signal (`TERM`) to the container's first process. */
  signal?(name: string): void
  /** Waits; wakes early with `true` when the container is asked to end. */
  sleep(milliseconds: number): Promise<boolean>
  /** Resolves when the container is asked to end (SIGTERM). */
  readonly terminated: Promise<void>
  /** True once it was asked to end. */
  readonly isTerminated: boolean
  /** Resolves when the container has ended, whoever ended it: nothing in it runs any more. */
  readonly ended: Promise<void>
  /** What clients send that attach to it, where the container asks for that. */
  readonly stdin?: ProcessInput | undefined
  /** True when it runs on a terminal. */
  readonly tty?: boolean
  /** Where it begins; `/` by default. */
  readonly workingDir?: string | undefined
  /** What it reaches over the network; nothing when absent. */
  readonly network?: ContainerNetwork | undefined
  /**
   * Answers HTTP on a port of the pod until the container ends or the returned function is called. From then on probes of
   * this container ask the pod's ports. Throws a ListenError for a port that is taken or is none.
   */
  listen(port: number, handler: RequestHandler): () => void
  /** The same for gRPC's health protocol. */
  listenGrpc(port: number, handler: GrpcHandler): () => void
}

/** An image: a function that runs until it returns its exit code. One that throws exits with code 1. */
export interface Program {
  run(context: ProgramContext): Promise<number> | number
  /**
   * True for a program that listens: probes over the network fail until it does. Absent: they succeed while it runs, until it
   * has listened for the first time.
   */
  readonly networked?: boolean
  /** Answers every probe itself. Absent: exec probes run `exec` where there is one, those over the network ask who listens, and all others succeed while it runs. */
  probe?(probe: Probe, context: ProgramContext): Promise<ProbeResult> | ProbeResult
  /** Runs what `exec` asks for, and returns its exit code. Absent: a shell and its commands. */
  exec?(process: ProcessContext): Promise<number> | number
  /** True for one that does nothing until it is asked to end: it looks at no file. */
  readonly idle?: boolean
  /** What the image holds, by absolute path; empty directories that every system has are there without being named. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  /** The users that the image brings; only root by default. */
  readonly users?: ImageUsers
  /** Bytes; decides how long a pull takes. */
  readonly sizeBytes?: number
}

/** Finds the program of an image by its full name; undefined when nobody wrote one. */
export type ProgramLookup = (image: string) => Program | undefined
