import type { RuntimeConfigAnswer } from '../config/cgroup-driver.ts'
import type { KubeletConfiguration } from '../config/configuration.ts'
import type { Machine } from '../resources/machine.ts'

/** A handler of a runtime (RuntimeClass refers to it by name; '' is the default one) and what it can do. */
export interface RuntimeHandler {
  readonly name: string
  readonly userNamespaces?: boolean
  readonly recursiveReadOnlyMounts?: boolean
}

/** The container runtime of a machine. A recent containerd by default. */
export interface HostRuntime {
  readonly name?: string
  readonly version?: string
  /** A handler that can do everything by default; an old runtime that reports none has an empty list. */
  readonly handlers?: readonly RuntimeHandler[]
  /** The runtime can start containers without the groups that the image gives its user; true by default. */
  readonly supplementalGroupsPolicy?: boolean
  /** Bytes of the disk of their own that images and the containers' own files are on; they are on the node's disk by default. */
  readonly imageDiskBytes?: number
  /** The runtime can mount images as volumes; true by default. */
  readonly imageVolumes?: boolean
  /** Answers to RuntimeConfig, one a call, the last one again and again; containerd 1.x is `{ unimplemented: true }`. */
  readonly runtimeConfig?: RuntimeConfigAnswer | readonly RuntimeConfigAnswer[]
}

/** A machine and how its kubelet was started. Everything is optional: a small Linux machine with cgroup v2. */
export interface Host {
  readonly cgroupVersion?: 1 | 2
  /** CPUs, NUMA nodes and their memory; by default one NUMA node with as many CPUs as the node's shape says. */
  readonly machine?: Machine
  readonly runtime?: HostRuntime
  /** Files by absolute path: the kubelet's configuration and drop-ins. */
  readonly files?: Readonly<Record<string, string>>
  /** `--config`. */
  readonly config?: string
  /** `--config-dir`. */
  readonly configDir?: string
  /** Other flags, by the fields of the configuration that they stand for. */
  readonly flags?: KubeletConfiguration
  /** `v1.35.4` by default. */
  readonly kubeletVersion?: string
  readonly kernelVersion?: string
  readonly osImage?: string
  /** Swap space in bytes; none by default. */
  readonly swapBytes?: number
  /** Ids that `getsubids kubelet` answers; without, all ids from the first block on. */
  readonly subordinateIds?: { readonly first: number; readonly length: number }
  /** Bytes of memory that the system itself uses; none by default. */
  readonly systemMemory?: number
  /** The kernel enforces AppArmor profiles; true by default. */
  readonly appArmor?: boolean
  /** How many processes there can be at a time; 4194304 by default. */
  readonly maxPids?: number
  /** How many files and directories the node's disk can hold; one for each 16 KiB by default. */
  readonly inodes?: number
}

/** What a node runs its containers with. */
export interface RuntimeFeatures {
  readonly name: string
  readonly version: string
  readonly handlers: readonly RuntimeHandler[]
  readonly supplementalGroupsPolicy: boolean
}

/** The kernel of a host that says nothing of it. */
export const defaultKernel = '6.12.0-bonsai'

const recent: readonly RuntimeHandler[] = [{ name: '', userNamespaces: true, recursiveReadOnlyMounts: true }]

/** The runtime of a host with what was left out filled in. */
export function runtimeOf({ runtime = {} }: Host): RuntimeFeatures {
  const { name = 'containerd', version = '2.2.0', handlers = recent, supplementalGroupsPolicy = true } = runtime
  return { name, version, handlers, supplementalGroupsPolicy }
}

/** Asks the runtime of a host for its configuration, call by call. */
export function runtimeConfigCalls({ runtime = {} }: Host): () => RuntimeConfigAnswer {
  const { runtimeConfig } = runtime
  const answers: readonly RuntimeConfigAnswer[] =
    runtimeConfig === undefined ? [] : isList(runtimeConfig) ? runtimeConfig : [runtimeConfig]
  let call = 0
  return () => answers[Math.min(call++, answers.length - 1)] ?? { driver: 0 }
}

const isList = (value: RuntimeConfigAnswer | readonly RuntimeConfigAnswer[]): value is readonly RuntimeConfigAnswer[] =>
  Array.isArray(value)
