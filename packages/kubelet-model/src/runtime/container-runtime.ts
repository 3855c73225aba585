import type { Container, Probe } from '@kube-bonsai/api-types/core/v1'
import type { ContainerMount } from '../files/container-files.ts'
import type { FileSystem } from '../files/file-system.ts'
import type { RegistryLogin } from '../images/registry.ts'
import type { UserNamespace } from '../node/user-namespaces.ts'
import type { ImageMount } from '../volumes/image/image-mounts.ts'
import type { Identity, IdentityRequest } from './identity.ts'
import type { OutputListener } from './log-buffer.ts'
import type { GrpcHealth, ProgramRequest, ProgramResponse } from './network.ts'
import type { ExecRequest, Process, ProcessInput } from './processes.ts'
import type { ContainerUsage, DiskUse } from './usage.ts'

/** What a container is made of, everything resolved: no references are left. */
export interface ContainerConfig {
  readonly podUid: string
  readonly podName: string
  readonly podNamespace: string
  readonly name: string
  readonly image: string
  /** 0 for the first one of its name in its pod. */
  readonly attempt: number
  /** The image's own when absent. */
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  /** Where it begins; the image's own when absent. */
  readonly workingDir?: string
  /** True for one that reads what clients send that attach to it. */
  readonly stdin?: boolean
  readonly tty?: boolean
  readonly env: Readonly<Record<string, string>>
  /** Requests and limits that it runs with. */
  readonly resources?: NonNullable<Container['resources']>
  /** True for init containers and for pods that do not restart what succeeds: others wait for it to end. */
  readonly expectedToEnd?: boolean
  /** The CPUs it may run on, as Linux writes lists; all by default. */
  readonly cpuset?: string
  /** The NUMA nodes that its memory comes from; all by default. */
  readonly memoryNodes?: string
  /** Where its users live; with those of the node by default. */
  readonly userNamespace?: UserNamespace
  /** Who it is to run as; without it nothing is reported of that. */
  readonly identity?: IdentityRequest
  /** The volumes that it sees, and where. */
  readonly mounts?: readonly ContainerMount[]
  /** The images that it sees, and where. */
  readonly imageMounts?: readonly ImageMount[]
  /** Files that the node writes into it whatever its image says, by absolute path. */
  readonly etc?: () => Readonly<Record<string, string>>
  /** True when it may write into volumes only. */
  readonly readOnlyRoot?: boolean
  /** The file in which it says why it ends; `/dev/termination-log` when absent, none when empty. */
  readonly terminationMessagePath?: string
  /** True when its log speaks for it where it fails and has written nothing. */
  readonly terminationMessageFromLog?: boolean
  /** To be waited for before anybody looks at its files: fetches what of its volumes takes time. Rejects when that fails. */
  readonly beforeLook?: () => Promise<void>
}

/** A container as the runtime knows it. Times are milliseconds since the epoch. */
export interface ContainerRecord {
  readonly id: string
  readonly podUid: string
  readonly name: string
  readonly image: string
  readonly imageId: string
  readonly attempt: number
  readonly state: 'created' | 'running' | 'exited'
  readonly createdAt: number
  readonly startedAt?: number
  readonly finishedAt?: number
  readonly exitCode?: number
  /** `Completed`, `Error`, `OOMKilled`, `ContainerCannotRun`, `StartError`. */
  readonly reason?: string
  readonly message?: string
  /** Requests and limits that are in force. */
  readonly resources?: NonNullable<Container['resources']>
  readonly cpuset?: string
  readonly memoryNodes?: string
  readonly userNamespace?: UserNamespace
  /** Who its first process runs as, where the runtime tells. */
  readonly user?: Identity
}

/** How an image pull ended. */
export type PullResult =
  | {
      readonly ok: true
      readonly imageId: string
      readonly sizeBytes: number
      /** How long the pull itself took. */
      readonly milliseconds: number
    }
  | { readonly ok: false; readonly message: string }

/** An image on a node. */
export interface RuntimeImage {
  /** As it was asked for. */
  readonly name: string
  readonly id: string
  readonly sizeBytes: number
  /** True for one that is never collected. */
  readonly pinned: boolean
  /** When it came, in milliseconds since the epoch. */
  readonly addedAt?: number
}

/** How a probe ended. */
export interface ProbeResult {
  readonly success: boolean
  readonly message: string
}

/** Which part of a container's log to read. */
export interface LogOptions {
  /** Only the last so many lines. */
  readonly tailLines?: number
  /** Only lines at or after this time, in milliseconds since the epoch. */
  readonly since?: number
}

/** One line of a log. */
export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly text: string
}

/** What a kubelet needs of whatever runs containers, in the shape of CRI. One runtime serves one node. */
export interface ContainerRuntime {
  readonly name: string
  readonly version: string
  /** Pulls an image, as nobody in particular without a login. Never rejects. */
  pullImage(image: string, login?: RegistryLogin): Promise<PullResult>
  /** The id of an image that is on the node; undefined for one that is not. */
  imageId(image: string): string | undefined
  /** The images on the node. */
  images(): readonly RuntimeImage[]
  /** How many bytes of images fit on the node's disk; undefined for one without bounds. */
  readonly imageDiskBytes?: number
  /** Takes an image off the node. Throws an Error that says why it cannot. */
  removeImage(id: string): void
  /** The ids of images that containers were made of or mount, running or not. */
  imagesInUse(): ReadonlySet<string>
  /**
   * False for a container that will not look at its files by itself, so that nothing needs to be fetched for it until a process
   * is started in it.
   */
  looks?(container: Pick<Container, 'image' | 'command'>): boolean
  /** Makes a container that does not run yet and returns its id. */
  create(config: ContainerConfig): string
  /** Runs it. Unknown ids are an error. */
  start(id: string): void
  /** Changes requests and limits of a running container. Rejects with an Error that says why it cannot. */
  updateResources(id: string, resources: NonNullable<Container['resources']>): Promise<void>
  /** Changes the CPUs that a running container may run on. */
  updateCpuset?(id: string, cpuset: string): void
  /** What the running containers of a pod use, or of all pods. */
  usage?(podUid?: string): readonly (ContainerUsage & { readonly podUid: string })[]
  /** What containers keep on the disk outside of volumes, running or not; those of one pod, or all. */
  storage?(podUid?: string): readonly (DiskUse & { readonly podUid: string; readonly name: string })[]
  /** What is in the volumes that a pod's containers mount, by the volume's name. */
  volumeUse?(podUid: string): ReadonlyMap<string, DiskUse>
  /** Tells whenever a container uses more or less than before. Returns the way to stop listening. */
  onUsage?(listener: () => void): () => void
  /** Asks it to end, and kills it after `graceMilliseconds`. Resolves when it has exited. */
  stop(id: string, graceMilliseconds: number): Promise<void>
  /** Forgets an exited container and its log. */
  remove(id: string): void
  /** The uids of the pods that it has containers of. */
  pods?(): readonly string[]
  /** The containers of a pod, oldest first. */
  list(podUid: string): readonly ContainerRecord[]
  logs(id: string, options?: LogOptions): readonly LogLine[]
  /** Tells of every new line of a running container until the returned function is called. */
  followLogs(id: string, listener: (line: LogLine) => void, ended: () => void): () => void
  /**
   * Asks the program of a running container; undefined when the program takes no part in probing, so that the answer
   * is success for as long as it runs.
   */
  probe(id: string, probe: Probe): Promise<ProbeResult> | undefined
  /** Whether probes of this kind can be answered by what the container does; when not, they succeed for as long as it runs. */
  answers(id: string, kind: 'exec' | 'network'): boolean
  /** Sends a request to a port of a pod. Rejects with a ConnectionRefusedError when nobody listens there. */
  request(podUid: string, port: number, request: ProgramRequest): Promise<ProgramResponse>
  /** True when somebody listens on a port of a pod. */
  listens(podUid: string, port: number): boolean
  /** Asks a service by gRPC's health protocol. Rejects with a ConnectionRefusedError when nobody listens there. */
  grpcHealth(podUid: string, port: number, service: string): Promise<GrpcHealth>
  /** The files that a container sees, running or not. */
  files(id: string): FileSystem
  /** What a running container reads from its clients; undefined for one that reads nothing. Unknown ids are an error. */
  stdin?(id: string): ProcessInput | undefined
  /** Tells of all that a container writes from now on, as it comes. Returns the way to stop listening. */
  attach?(id: string, listener: OutputListener): () => void
  /** Starts a process in a running container. Throws an Error for a container that does not run. */
  exec(id: string, request: ExecRequest): Process
  /** Tells of every container that exits by itself or is stopped. Returns the way to stop listening. */
  onExit(listener: (record: ContainerRecord) => void): () => void
}
