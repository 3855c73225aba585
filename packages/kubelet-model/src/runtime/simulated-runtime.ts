import type { Container, Probe } from '@kube-bonsai/api-types/core/v1'
import type { Clock, Random } from '@kube-bonsai/clock'
import { ContainerFiles } from '../files/container-files.ts'
import type { FileSystem } from '../files/file-system.ts'
import type { RegistryLogin, SimulatedRegistry } from '../images/registry.ts'
import { staysUp } from '../programs/stays-up.ts'
import type {
  ContainerConfig,
  ContainerRecord,
  ContainerRuntime,
  LogLine,
  LogOptions,
  ProbeResult,
  PullResult,
  RuntimeImage,
} from './container-runtime.ts'
import { bytesOfMounts, ContainerStorage } from './container-storage.ts'
import { type RuntimeCall, RuntimeError, type RuntimeFaults } from './faults.ts'
import { identityOf } from './identity.ts'
import { imageProblem } from './image-name.ts'
import { LogBuffer } from './log-buffer.ts'
import { type GrpcHealth, ListenError, PodNetwork, type ProgramRequest, type ProgramResponse } from './network.ts'
import type { ExecRequest, Process } from './processes.ts'
import type { Program, ProgramLookup } from './program.ts'
import { rootOf } from './root-files.ts'
import { RunningProgram } from './running-program.ts'
import { startProcess } from './starting.ts'
import { type ContainerUsage, exceedsMemory, type Usage, usageAfter } from './usage.ts'

/** Options of a simulated runtime. */
export interface SimulatedRuntimeOptions {
  readonly clock: Clock
  readonly random: Random
  readonly programs: ProgramLookup
  /** Tells as whom containers run; true by default, as recent runtimes do. */
  readonly reportsUsers?: boolean
  /** How long a pull of so many bytes takes, in milliseconds; about 100 MB a second plus half a second by default. */
  readonly pullTime?: (sizeBytes: number) => number
  /** Where images come from; without one, every image that can be named is public. */
  readonly registry?: SimulatedRegistry
  /** How many bytes of images fit on the disk; without bounds when absent. */
  readonly imageDiskBytes?: number
  /** Makes calls fail. */
  readonly faults?: RuntimeFaults
}

interface Running {
  record: ContainerRecord
  readonly config: ContainerConfig
  readonly program: Program
  readonly log: LogBuffer
  context?: RunningProgram
  /** Once somebody has looked into it. */
  files?: ContainerFiles
  /** Ends the container whatever its program does. */
  kill?: (exitCode: number) => void
  /** It used more memory than it may. */
  oom?: boolean
  usage: Usage
  readonly storage: ContainerStorage
  readonly exited: Promise<void>
  readonly settle: () => void
  /** True once it has listened on a port. */
  listened?: boolean
}

const defaultSize = 50_000_000
const idle: Usage = { cpu: 0, memory: 0 }

/** Containers whose images are TypeScript functions, on the clock's time. */
export class SimulatedRuntime implements ContainerRuntime {
  readonly imageDiskBytes?: number
  readonly name = 'containerd'
  readonly version = '2.2.0'
  readonly #options: SimulatedRuntimeOptions
  readonly #containers: Map<string, Running> = new Map()
  readonly #byPod: Map<string, string[]> = new Map()
  readonly #images: Map<string, RuntimeImage> = new Map()
  readonly #listeners: Set<(record: ContainerRecord) => void> = new Set()
  readonly #usageListeners: Set<() => void> = new Set()
  #occupied: Usage = idle
  /** Of the pods in which somebody has listened. */
  readonly #networks: Map<string, PodNetwork> = new Map()

  constructor(options: SimulatedRuntimeOptions) {
    this.#options = options
    if (options.imageDiskBytes !== undefined) this.imageDiskBytes = options.imageDiskBytes
  }

  imageId(image: string): string | undefined {
    return this.#images.get(image)?.id
  }

  images(): readonly RuntimeImage[] {
    return [...this.#images.values()]
  }

  imagesInUse(): ReadonlySet<string> {
    return new Set([...this.#containers.values()].map(({ record }) => record.imageId))
  }

  removeImage(id: string): void {
    for (const [name, image] of this.#images) {
      if (image.id !== id) continue
      this.#mayFail('removeImage', { podUid: '', podName: '', name, attempt: 0 })
      this.#images.delete(name)
    }
  }

  /** Puts an image on the node without a pull, as whoever prepares machines does. */
  preload(name: string, { pinned = false }: { readonly pinned?: boolean } = {}): void {
    this.#keep(name, this.#sizeOf(name), pinned)
  }

  async pullImage(image: string, login?: RegistryLogin): Promise<PullResult> {
    const { clock, pullTime = (bytes: number) => 500 + bytes / 100_000, registry } = this.#options
    const problem = imageProblem(image)
    if (problem !== undefined) return { ok: false, message: problem }
    const started = clock.now()
    const answer = registry?.ask(image, login)
    if (answer?.ok === false) {
      await pause(clock, 200)
      return { ok: false, message: answer.message }
    }
    const sizeBytes = answer?.image.sizeBytes ?? this.#sizeOf(image)
    // An image that is here already only has its manifest checked.
    const wait = this.#images.has(image) ? 200 : (answer?.image.pullMilliseconds ?? Math.round(pullTime(sizeBytes)))
    await pause(clock, wait)
    this.#keep(image, sizeBytes, this.#images.get(image)?.pinned ?? false)
    return { ok: true, imageId: imageIdOf(image), sizeBytes, milliseconds: clock.now() - started }
  }

  #sizeOf(image: string): number {
    return this.#options.programs(image)?.sizeBytes ?? defaultSize
  }

  #keep(name: string, sizeBytes: number, pinned: boolean): void {
    this.#images.set(name, { name, id: imageIdOf(name), sizeBytes, pinned })
    this.#tellUsage()
  }

  create(config: ContainerConfig): string {
    this.#mayFail('create', config)
    const { clock, random } = this.#options
    const id = `containerd://${hex(random, 64)}`
    this.#add(config, { id, attempt: config.attempt, createdAt: clock.now() })
    return id
  }

  /** Throws a RuntimeError when somebody wants the call to fail. */
  #mayFail(
    call: RuntimeCall['call'],
    { podUid, podName, name, attempt }: Pick<ContainerConfig, 'podUid' | 'podName' | 'name' | 'attempt'>,
  ): void {
    const { clock, faults } = this.#options
    const message = faults?.({ call, podUid, podName, container: name, attempt, now: clock.now() })
    if (message !== undefined) throw new RuntimeError(call, message)
  }

  #add(
    config: ContainerConfig,
    facts: { readonly id: string; readonly attempt: number; readonly createdAt: number },
  ): void {
    const { podUid, name, image } = config
    let settle = () => {}
    const exited = new Promise<void>((resolve) => {
      settle = resolve
    })
    const imageId = this.#images.get(image)?.id ?? imageIdOf(image)
    const program = this.#options.programs(image) ?? staysUp
    const placed = placementOf(config, program, this.#options.reportsUsers !== false)
    const record: ContainerRecord = { ...facts, podUid, name, image, imageId, state: 'created', ...placed }
    this.#containers.set(facts.id, {
      record,
      config,
      program,
      log: new LogBuffer(),
      usage: idle,
      storage: new ContainerStorage(),
      exited,
      settle,
    })
    const siblings = this.#byPod.get(podUid)
    if (siblings) siblings.push(facts.id)
    else this.#byPod.set(podUid, [facts.id])
  }

  /**
   * Takes over a container that ran on another runtime, as after a fork: same id and start, but its program begins anew.
   * Its image counts as present.
   */
  adopt(config: ContainerConfig, id: string, startedAt: number): void {
    this.#add(config, { id, attempt: config.attempt, createdAt: startedAt })
    this.#keep(config.image, this.#sizeOf(config.image), false)
    this.#begin(this.#find(id), startedAt)
  }

  start(id: string): void {
    const container = this.#find(id)
    if (container.record.state !== 'created') throw new Error(`container ${id} was started before`)
    this.#mayFail('start', container.config)
    this.#begin(container, this.#options.clock.now())
  }

  #begin(container: Running, startedAt: number): void {
    container.record = { ...container.record, state: 'running', startedAt }
    const context = this.#contextFor(container)
    container.context = context
    container.kill = (exitCode) => this.#exit(container, exitCode)
    // The program begins after the caller has noted that it runs.
    void Promise.resolve()
      .then(() => container.program.run(context))
      .then(
        (code) => this.#exit(container, code),
        (error: unknown) => {
          context.log(error instanceof Error ? `${error.name}: ${error.message}` : String(error))
          this.#exit(container, 1)
        },
      )
  }

  updateResources(id: string, resources: NonNullable<Container['resources']>): Promise<void> {
    const container = this.#find(id)
    if (container.record.state !== 'running') return Promise.reject(new Error(`container ${id} does not run`))
    try {
      this.#mayFail('update', container.config)
    } catch (error) {
      return Promise.reject(error)
    }
    container.record = { ...container.record, resources }
    this.#use(container, {})
    return Promise.resolve()
  }

  updateCpuset(id: string, cpuset: string): void {
    const container = this.#find(id)
    container.record = { ...container.record, cpuset }
  }

  usage(podUid?: string): readonly (ContainerUsage & { readonly podUid: string })[] {
    const ids = podUid === undefined ? [...this.#containers.keys()] : (this.#byPod.get(podUid) ?? [])
    const used = ids.flatMap((id) => {
      const { record, usage } = this.#find(id)
      return record.state === 'running' ? [{ podUid: record.podUid, name: record.name, ...usage }] : []
    })
    const outside = podUid === undefined && this.#occupied !== idle
    return outside ? [...used, { podUid: '', name: '', ...this.#occupied }] : used
  }

  storage(podUid?: string): readonly { readonly podUid: string; readonly name: string; readonly bytes: number }[] {
    const ids = podUid === undefined ? [...this.#containers.keys()] : (this.#byPod.get(podUid) ?? [])
    return ids.flatMap((id) => {
      const { record, storage } = this.#find(id)
      return storage.bytes === 0 ? [] : [{ podUid: record.podUid, name: record.name, bytes: storage.bytes }]
    })
  }

  volumeBytes(podUid: string): ReadonlyMap<string, number> {
    const containers = (this.#byPod.get(podUid) ?? []).map((id) => this.#find(id))
    const sums = new Map(bytesOfMounts(containers.flatMap(({ config }) => config.mounts ?? [])))
    for (const { usage } of containers) {
      for (const [name, bytes] of Object.entries(usage.volumes ?? {})) sums.set(name, (sums.get(name) ?? 0) + bytes)
    }
    return sums
  }

  /**
   * Something on the machine that is no container uses so much from now on: bytes of memory, or several things. Throws a
   * RangeError for an amount that cannot be.
   */
  occupy(used: number | Partial<Usage>): void {
    const next = usageAfter({ ...idle, pids: 0 }, typeof used === 'number' ? { memory: used } : used)
    this.#occupied = [next.cpu, next.memory, next.disk ?? 0, next.pids ?? 0].some((amount) => amount > 0) ? next : idle
    this.#tellUsage()
  }

  #tellUsage(): void {
    for (const listener of [...this.#usageListeners]) listener()
  }

  onUsage(listener: () => void): () => void {
    this.#usageListeners.add(listener)
    return () => void this.#usageListeners.delete(listener)
  }

  #use(container: Running, report: Partial<Usage>): void {
    if (container.record.state !== 'running') return
    container.usage = usageAfter(container.usage, report)
    container.storage.report(container.usage.disk ?? 0)
    if (exceedsMemory(container.usage, container.record.resources)) {
      container.oom = true
      container.kill?.(137)
      return
    }
    this.#tellUsage()
  }

  async stop(id: string, graceMilliseconds: number): Promise<void> {
    const container = this.#containers.get(id)
    if (container === undefined || container.record.state === 'exited') return
    this.#mayFail('stop', container.config)
    if (container.record.state === 'created') {
      this.#exit(container, 137)
      return
    }
    const { clock } = this.#options
    container.context?.terminate()
    const deadline = clock.schedule(clock.now() + graceMilliseconds, () => container.kill?.(137))
    await container.exited
    deadline.cancel()
  }

  /** The machine loses its power: whatever runs is gone at once, and nobody could say how it ended. Images and logs are on disk. */
  powerOff(): void {
    for (const container of this.#containers.values()) {
      if (container.record.state !== 'running') continue
      container.kill?.(255)
      container.record = { ...container.record, reason: 'Unknown' }
      container.context?.terminate()
    }
  }

  remove(id: string): void {
    const container = this.#containers.get(id)
    if (container === undefined) return
    if (container.record.state === 'running') throw new Error(`container ${id} still runs`)
    this.#containers.delete(id)
    const left = (this.#byPod.get(container.config.podUid) ?? []).filter((other) => other !== id)
    if (left.length === 0) this.#networks.delete(container.config.podUid)
    if (left.length === 0) this.#byPod.delete(container.config.podUid)
    else this.#byPod.set(container.config.podUid, left)
  }

  pods(): readonly string[] {
    return [...this.#byPod.keys()]
  }

  list(podUid: string): readonly ContainerRecord[] {
    return (this.#byPod.get(podUid) ?? []).map((id) => this.#find(id).record)
  }

  logs(id: string, options?: LogOptions): readonly LogLine[] {
    return this.#find(id).log.read(options)
  }

  followLogs(id: string, listener: (line: LogLine) => void, ended: () => void): () => void {
    return this.#find(id).log.follow(listener, ended)
  }

  probe(id: string, probe: Probe): Promise<ProbeResult> | undefined {
    const { program, context, record } = this.#find(id)
    const ask = program.probe
    if (ask === undefined) return undefined
    if (context === undefined || record.state !== 'running') {
      return Promise.resolve({ success: false, message: 'the container does not run' })
    }
    return Promise.resolve()
      .then(() => ask.call(program, probe, context))
      .catch((error: unknown) => ({ success: false, message: error instanceof Error ? error.message : String(error) }))
  }

  answers(id: string, kind: 'exec' | 'network'): boolean {
    const { program, listened } = this.#find(id)
    return kind === 'exec' ? program.exec !== undefined : program.networked === true || listened === true
  }

  request(podUid: string, port: number, request: ProgramRequest): Promise<ProgramResponse> {
    return this.#network(podUid).request(port, request)
  }

  listens(podUid: string, port: number): boolean {
    return this.#networks.get(podUid)?.has(port) ?? false
  }

  grpcHealth(podUid: string, port: number, service: string): Promise<GrpcHealth> {
    return this.#network(podUid).grpcHealth(port, service)
  }

  /** The ports of a pod; kept once somebody listens. */
  #network(podUid: string): PodNetwork {
    return this.#networks.get(podUid) ?? new PodNetwork()
  }

  #listen(container: Running, port: number, listener: Parameters<PodNetwork['listen']>[1]): () => void {
    const { podUid } = container.config
    if (container.record.state !== 'running') throw new ListenError(port, 'the container has ended')
    const network = this.#network(podUid)
    const close = network.listen(port, listener)
    this.#networks.set(podUid, network)
    container.listened = true
    return close
  }

  files(id: string): FileSystem {
    return this.#files(this.#find(id))
  }

  #files(container: Running): ContainerFiles {
    const { config, program } = container
    const { mounts = [], readOnlyRoot = false } = config
    if (container.files !== undefined) return container.files
    const root = rootOf(config, program)
    container.storage.opened(root)
    container.files = new ContainerFiles({
      root,
      mounts,
      readOnlyRoot,
      now: () => this.#options.clock.now(),
      changed: () => {
        container.storage.changed()
        this.#tellUsage()
      },
    })
    return container.files
  }

  exec(id: string, request: ExecRequest): Process {
    const { program, context, record } = this.#find(id)
    if (context === undefined || record.state !== 'running') throw new Error(`container ${id} does not run`)
    return startProcess(program, context, request)
  }

  onExit(listener: (record: ContainerRecord) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  #contextFor(container: Running): RunningProgram {
    const { clock } = this.#options
    const { config, log, record } = container
    return new RunningProgram(config, {
      clock,
      files: () => this.#files(container),
      usage: (report) => this.#use(container, report),
      log: (text) => log.add(clock.now(), text),
      listen: (port, handler) => this.#listen(container, port, { kind: 'http', owner: record.id, handler }),
      listenGrpc: (port, handler) => this.#listen(container, port, { kind: 'grpc', owner: record.id, handler }),
    })
  }

  #exit(container: Running, exitCode: number): void {
    if (container.record.state === 'exited') return
    const now = this.#options.clock.now()
    const reason = container.oom === true ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error'
    const used = container.usage !== idle
    container.usage = idle
    container.record = { ...container.record, state: 'exited', finishedAt: now, exitCode, reason }
    container.log.end()
    this.#networks.get(container.config.podUid)?.close(container.record.id)
    container.settle()
    for (const listener of [...this.#listeners]) listener(container.record)
    if (used) this.#tellUsage()
  }

  #find(id: string): Running {
    const container = this.#containers.get(id)
    if (container === undefined) throw new Error(`there is no container ${id}`)
    return container
  }
}

function pause(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => clock.schedule(clock.now() + milliseconds, resolve))
}

/** A digest that depends on the name only, so that the same image has the same id on every node. */
function imageIdOf(image: string): string {
  let text = ''
  for (let round = 0; round < 8; round++) {
    let hash = 0x811c9dc5 ^ round
    for (let index = 0; index < image.length; index++) hash = Math.imul(hash ^ image.charCodeAt(index), 0x01000193)
    text += (hash >>> 0).toString(16).padStart(8, '0')
  }
  return `${image.replace(/@.*$/, '').replace(/:[^/:]*$/, '')}@sha256:${text}`
}

/** What the record of a container says of where and as whom it runs. */
function placementOf(config: ContainerConfig, program: Program, reportsUsers: boolean) {
  const { resources, cpuset, memoryNodes, userNamespace, identity } = config
  return {
    ...(resources && { resources }),
    ...(cpuset !== undefined && { cpuset }),
    ...(memoryNodes !== undefined && { memoryNodes }),
    ...(userNamespace && { userNamespace }),
    ...(identity && reportsUsers && { user: identityOf(program.users ?? {}, identity) }),
  }
}

function hex(random: Random, length: number): string {
  const parts: string[] = []
  while (parts.length * 4 < length) parts.push(random.int(0x10000).toString(16).padStart(4, '0'))
  return parts.join('').slice(0, length)
}
