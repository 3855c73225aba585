import type { Clock, Timer } from '@kube-bonsai/clock'
import type { FileSystem } from '../files/file-system.ts'
import type { ContainerNetwork } from './container-network.ts'
import type { ContainerConfig } from './container-runtime.ts'
import type { GrpcHandler, RequestHandler } from './network.ts'
import { ProcessInput } from './processes.ts'
import type { ProgramContext } from './program.ts'
import type { Usage } from './usage.ts'

/** What the runtime does for a program. */
export interface ProgramHost {
  readonly clock: Clock
  files(): FileSystem
  usage(report: Partial<Usage>): void
  log(text: string): void
  write(data: string | Uint8Array, stream?: 'stdout' | 'stderr'): void
  /** Resolves when the container has ended. */
  readonly ended: Promise<void>
  network(): ContainerNetwork | undefined
  listen(port: number, handler: RequestHandler): () => void
  listenGrpc(port: number, handler: GrpcHandler): () => void
}

/** The context of a program from its start to its end. Its methods may be taken off it, as in `({ log, sleep }) => …`. */
export class RunningProgram implements ProgramContext {
  readonly image: string
  readonly command: readonly string[]
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly pod: ProgramContext['pod']
  readonly clock: Clock
  readonly expectedToEnd: boolean
  readonly terminated: Promise<void>
  readonly usage: (report: Partial<Usage>) => void
  readonly log: (text: string) => void
  readonly write: (data: string | Uint8Array, stream?: 'stdout' | 'stderr') => void
  readonly listen: (port: number, handler: RequestHandler) => () => void
  readonly listenGrpc: (port: number, handler: GrpcHandler) => () => void
  readonly tty: boolean
  readonly workingDir: string | undefined
  readonly stdin: ProcessInput | undefined
  readonly #host: ProgramHost
  #wakers: Set<() => void> | undefined
  #asked = false
  #tell = () => {}

  constructor(config: ContainerConfig, host: ProgramHost) {
    const { image, command = [], args = [], env, podName: name, podNamespace: namespace, podUid: uid } = config
    this.image = image
    this.command = command
    this.args = args
    this.env = env
    this.pod = { name, namespace, uid }
    this.clock = host.clock
    this.expectedToEnd = config.expectedToEnd === true
    this.tty = config.tty === true
    this.workingDir = config.workingDir
    this.stdin = config.stdin === true ? new ProcessInput() : undefined
    this.#host = host
    this.terminated = new Promise((resolve) => {
      this.#tell = resolve
    })
    this.usage = host.usage
    this.log = host.log
    this.write = host.write
    this.listen = host.listen
    this.listenGrpc = host.listenGrpc
  }

  /** Asks the program to end. */
  terminate(): void {
    this.#asked = true
    this.#tell()
    for (const wake of [...(this.#wakers ?? [])]) wake()
  }

  signal(name: string): void {
    if (name !== 'CHLD' && name !== 'CONT') this.terminate()
  }

  readonly sleep = (milliseconds: number): Promise<boolean> =>
    new Promise((resolve) => {
      if (this.#asked) {
        resolve(true)
        return
      }
      const { clock } = this.#host
      this.#wakers ??= new Set()
      const wakers = this.#wakers
      let timer: Timer | undefined
      const wake = () => {
        timer?.cancel()
        wakers.delete(wake)
        resolve(true)
      }
      wakers.add(wake)
      timer = clock.schedule(clock.now() + milliseconds, () => {
        wakers.delete(wake)
        resolve(false)
      })
    })

  get files(): FileSystem {
    return this.#host.files()
  }

  get ended(): Promise<void> {
    return this.#host.ended
  }

  get network(): ContainerNetwork | undefined {
    return this.#host.network()
  }

  get isTerminated(): boolean {
    return this.#asked
  }
}
