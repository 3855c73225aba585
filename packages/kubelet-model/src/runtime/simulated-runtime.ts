import type { Container, Probe } from '@kube-bonsai/api-types/core/v1'
import type { Clock, Random } from '@kube-bonsai/clock'
import { ContainerFiles, type ContainerMount } from '../files/container-files.ts'
import type { FileSystem } from '../files/file-system.ts'
import { type FileEntry, fileEntry } from '../files/file-tree.ts'
import type { RegistryLogin, SimulatedRegistry } from '../images/registry.ts'
import { staysUp } from '../programs/stays-up.ts'
import { terminationMessage } from '../status/termination-message.ts'
import type { ImageMount } from '../volumes/image/image-mounts.ts'
import { imageMountFailed } from '../volumes/image/image-volumes.ts'
import type { ContainerNetwork } from './container-network.ts'
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
import { ContainerStorage, useOfVolumes } from './container-storage.ts'
import { type RuntimeCall, RuntimeError, type RuntimeFaults } from './faults.ts'
import { identityOf } from './identity.ts'
import { ImageContents } from './image-contents.ts'
import { imageProblem } from './image-name.ts'
import { LogBuffer, type OutputListener } from './log-buffer.ts'
import { type GrpcHealth, ListenError, PodNetwork, type ProgramRequest, type ProgramResponse } from './network.ts'
import { type ExecRequest, type Process, type ProcessInput, ProcessStartError } from './processes.ts'
import type { Program, ProgramLookup } from './program.ts'
import { rootOf } from './root-files.ts'
import { RunningProgram } from './running-program.ts'
import { startProcess } from './starting.ts'
import { type ContainerUsage, type DiskUse, exceedsMemory, type Usage, usageAfter } from './usage.ts'

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
  /** What a container reaches over the network; nothing when absent. */
  readonly network?: (container: ContainerConfig) => ContainerNetwork | undefined
  /** False for an old runtime that cannot mount images. */
  readonly mountsImages?: boolean
  /** Makes calls fail. */
  readonly faults?: RuntimeFaults
}

interface Running {
  record: ContainerRecord
  readonly config: ContainerConfig
  readonly program: Program
  readonly log: LogBuffer
  context?: RunningProgram
  readonly images: readonly MountedImage[]
  /** Once somebody has looked into it. */
  files?: ContainerFiles
  /** Where it may say why it ends. */
  lastWords?: FileEntry
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

/** An image that a container mounts. */
interface MountedImage {
  readonly id: string
  readonly mount: ContainerMount
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
  readonly #contents: ImageContents
  readonly #listeners: Set<(record: ContainerRecord) => void> = new Set()
  readonly #usageListeners: Set<() => void> = new Set()
  #occupied: Usage = idle
  /** Of the pods in which somebody has listened. */
  readonly #networks: Map<string, PodNetwork> = new Map()

  constructor(options: SimulatedRuntimeOptions) {
    this.#options = options
    this.#contents = new ImageContents({
      base: (image) => options.programs(image)?.files,
      published: (image) => options.registry?.files(image),
    })
    if (options.imageDiskBytes !== undefined) this.imageDiskBytes = options.imageDiskBytes
  }

  imageId(image: string): string | undefined {
    return this.#images.get(image)?.id
  }

  images(): readonly RuntimeImage[] {
    return [...this.#images.values()]
  }

  imagesInUse(): ReadonlySet<string> {
    const used = [...this.#containers.values()]
    return new Set(used.flatMap(({ record, images }) => [record.imageId, ...images.map(({ id }) => id)]))
  }

  removeImage(id: string): void {
    for (const [name, image] of this.#images) {
      if (image.id !== id) continue
      this.#mayFail('removeImage', { podUid: '', podName: '', name, attempt: 0 })
      this.#images.delete(name)
      this.#contents.forget(name)
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
    this.#contents.keep(image, answer?.image.files)
    return { ok: true, imageId: imageIdOf(image), sizeBytes, milliseconds: clock.now() - started }
  }

  #sizeOf(image: string): number {
    return this.#options.programs(image)?.sizeBytes ?? defaultSize
  }

  #keep(name: string, sizeBytes: number, pinned: boolean): void {
    const addedAt = this.#images.get(name)?.addedAt ?? this.#options.clock.now()
    this.#images.set(name, { name, id: imageIdOf(name), sizeBytes, pinned, addedAt })
    this.#tellUsage()
  }

  looks({ image = '', command = [] }: Pick<Container, 'image' | 'command'>): boolean {
    return command.length > 0 || (this.#options.programs(image) ?? staysUp).idle !== true
  }

  create(config: ContainerConfig): string {
    this.#mayFail('create', config)
    const { clock, random, mountsImages = true } = this.#options
    if (config.imageMounts?.length && !mountsImages) throw new RuntimeError('create', cannotMountImages(config))
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
    const images = (config.imageMounts ?? []).map((mount) => this.#mountImage(mount))
    const placed = placementOf(config, program, this.#options.reportsUsers !== false)
    const record: ContainerRecord = { ...facts, podUid, name, image, imageId, state: 'created', ...placed }
    this.#containers.set(facts.id, {
      record,
      config,
      program,
      log: new LogBuffer(),
      images,
      usage: idle,
      storage: new ContainerStorage(),
      exited,
      settle,
    })
    const siblings = this.#byPod.get(podUid)
    if (siblings) siblings.push(facts.id)
    else this.#byPod.set(podUid, [facts.id])
  }

  #mountImage(mount: ImageMount): MountedImage {
    const image = this.#images.get(mount.reference)
    if (image === undefined) {
      throw new RuntimeError('create', `${imageMountFailed}: image ${JSON.stringify(mount.reference)}: not found`)
    }
    return { id: image.id, mount: this.#contents.mount(mount) }
  }

  /**
   * Takes over a container that ran on another runtime, as after a fork: same id and start, but its program begins anew.
   * Its image counts as present, and so do those that it mounts.
   */
  adopt(config: ContainerConfig, id: string, startedAt: number): void {
    const images = [config.image, ...(config.imageMounts ?? []).map(({ reference }) => reference)]
    for (const image of images) this.#keep(image, this.#sizeOf(image), false)
    this.#add(config, { id, attempt: config.attempt, createdAt: startedAt })
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
    const { beforeLook } = container.config
    const ready = container.program.idle === true ? undefined : beforeLook?.()
    void (ready ?? Promise.resolve())
      .then(() => container.program.run(context))
      .then(
        (code) => this.#exit(container, code),
        (error: unknown) => {
          if (error instanceof ProcessStartError) {
            this.#exit(container, 128, { reason: 'StartError', message: notStarted(error) })
            return
          }
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

  storage(podUid?: string): readonly (DiskUse & { readonly podUid: string; readonly name: string })[] {
    const ids = podUid === undefined ? [...this.#containers.keys()] : (this.#byPod.get(podUid) ?? [])
    return ids.flatMap((id) => {
      const { record, storage } = this.#find(id)
      const { use } = storage
      return use.bytes === 0 && use.inodes === 0 ? [] : [{ podUid: record.podUid, name: record.name, ...use }]
    })
  }

  volumeUse(podUid: string): ReadonlyMap<string, DiskUse> {
    const containers = (this.#byPod.get(podUid) ?? []).map((id) => this.#find(id))
    const mounts = containers.flatMap(({ config }) => config.mounts ?? [])
    return useOfVolumes(
      mounts,
      containers.map(({ usage }) => usage),
    )
  }

  /**
   * Something on the machine that is no container uses so much from now on: bytes of memory, or several things. Throws a
   * RangeError for an amount that cannot be.
   */
  occupy(used: number | Partial<Usage>): void {
    const next = usageAfter({ ...idle, pids: 0 }, typeof used === 'number' ? { memory: used } : used)
    const { cpu, memory, disk = 0, inodes = 0, pids = 0 } = next
    this.#occupied = [cpu, memory, disk, inodes, pids].some((amount) => amount > 0) ? next : idle
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
    container.storage.report(container.usage)
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
    const { config } = container
    const { mounts = [], readOnlyRoot = false, terminationMessagePath: path = '/dev/termination-log' } = config
    if (container.files !== undefined) return container.files
    // Mounted, so that it can be written whatever else cannot.
    if (path !== '') container.lastWords = fileEntry('')
    const own = container.lastWords && { name: '', path, readOnly: false, node: container.lastWords }
    const root = rootOf(config, this.#contents.files(config.image))
    container.storage.opened(root)
    container.files = new ContainerFiles({
      root,
      mounts: [...mounts, ...container.images.map(({ mount }) => mount), ...(own ? [own] : [])],
      readOnlyRoot,
      now: () => this.#options.clock.now(),
      changed: () => {
        container.storage.changed()
        this.#tellUsage()
      },
    })
    return container.files
  }

  attach(id: string, listener: OutputListener): () => void {
    return this.#find(id).log.listen(listener)
  }

  stdin(id: string): ProcessInput | undefined {
    return this.#find(id).context?.stdin
  }

  exec(id: string, request: ExecRequest): Process {
    const { program, context, record, config } = this.#find(id)
    if (context === undefined || record.state !== 'running') throw new Error(`container ${id} does not run`)
    return startProcess(program, context, request, config.beforeLook)
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
      write: (data, stream = 'stdout') => log.write(() => clock.now(), stream, data),
      ended: container.exited,
      network: () => this.#options.network?.(config),
      listen: (port, handler) => this.#listen(container, port, { kind: 'http', owner: record.id, handler }),
      listenGrpc: (port, handler) => this.#listen(container, port, { kind: 'grpc', owner: record.id, handler }),
    })
  }

  #lastWords({ config, log, lastWords }: Running, exitCode: number): string {
    const fromLog = config.terminationMessageFromLog === true
    const lines = (tailLines: number) => log.read({ tailLines }).map(({ text }) => text)
    return terminationMessage({ file: lastWords?.content, exitCode, log: fromLog ? lines : undefined })
  }

  #exit(container: Running, exitCode: number, why: Pick<ContainerRecord, 'reason' | 'message'> = {}): void {
    if (container.record.state === 'exited') return
    const now = this.#options.clock.now()
    const reason = container.oom === true ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error'
    const used = container.usage !== idle
    // What it has left in volumes is there until its pod is gone.
    const { volumes } = container.usage
    container.usage = volumes === undefined ? idle : { ...idle, volumes }
    container.log.end()
    const message = [why.message ?? '', this.#lastWords(container, exitCode)].filter((text) => text !== '').join(': ')
    const told = message === '' ? why : { ...why, message }
    container.record = { ...container.record, state: 'exited', finishedAt: now, exitCode, reason, ...told }
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

/** How runtimes without mounts of images fail: what they are asked to mount has no path on the node. */
const cannotMountImages = ({ name }: ContainerConfig): string =>
  `failed to generate container ${JSON.stringify(name)} spec: failed to generate spec: failed to mkdir "": mkdir : no such file or directory`

/** @see https://github.com/opencontainers/runc and containerd, whose words these are */
function notStarted({ executable }: ProcessStartError): string {
  const why = `exec: ${JSON.stringify(executable)}: executable file not found in $PATH`
  const create =
    'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed'
  return `${create}: unable to start container process: error during container init: ${why}`
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
