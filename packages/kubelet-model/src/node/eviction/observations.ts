import type { ContainerRuntime } from '../../runtime/container-runtime.ts'
import type { DiskUse } from '../../runtime/usage.ts'
import type { NodeSetup } from '../node-setup.ts'
import type { PodStats } from './pod-stats.ts'
import type { Signal } from './thresholds.ts'

/** How much there is of something, and how much of it is left. */
export interface Observation {
  readonly capacity: bigint
  readonly available: bigint
}

/** What is known of each signal. */
export type Observations = ReadonlyMap<Signal, Observation>

/** As many as a kernel of 64 bits has. */
const defaultMaxPids = 4_194_304
/** A file system has one inode for so many bytes. */
const bytesPerInode = 16_384n

/** True when images and the containers' own files have a disk of their own. */
export const hasImageDisk = ({ imageDiskBytes }: ContainerRuntime): boolean => imageDiskBytes !== undefined

/**
 * Looks at the whole machine. Memory and processes are what programs and the host report, disks what they report and the files that
 * were written, with the images (whose files nobody counts).
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/eviction/helpers.go makeSignalObservations
 */
export function observe(setup: NodeSetup, runtime: ContainerRuntime, pods: readonly PodStats[]): Observations {
  const usage = runtime.usage?.() ?? []
  const inPods = sum(usage.map(({ podUid, memory }) => (podUid === '' ? 0 : memory)))
  const outside = sum(usage.map(({ podUid, memory }) => (podUid === '' ? memory : 0)))
  const memory = amountOf(setup, 'memory')
  const promised = setup.allocatableAbsolute.get('memory')?.value() ?? memory
  const pids = sum(usage.map((each) => each.pids ?? 1))
  return new Map([
    ['memory.available', rest(memory, inPods + outside + (setup.host.systemMemory ?? 0))],
    ['allocatableMemory.available', rest(promised, inPods)],
    ['pid.available', rest(BigInt(setup.host.maxPids ?? defaultMaxPids), pids)],
    ...disks(setup, runtime, pods),
  ])
}

function disks(
  setup: NodeSetup,
  runtime: ContainerRuntime,
  pods: readonly PodStats[],
): readonly (readonly [Signal, Observation])[] {
  const images = sum(new Map(runtime.images().map(({ id, sizeBytes }) => [id, sizeBytes])).values())
  const layers = total(runtime.storage?.() ?? [])
  const volumes = total(pods.map(({ localVolumes }) => localVolumes))
  const others = (runtime.usage?.() ?? []).filter(({ podUid }) => podUid === '')
  const own = amountOf(setup, 'ephemeral-storage')
  const kept = {
    bytes: volumes.bytes + sum(others.map(({ disk = 0 }) => disk)),
    inodes: volumes.inodes + sum(others.map(({ inodes = 0 }) => inodes)),
  }
  const { imageDiskBytes } = runtime
  const inodes = BigInt(setup.host.inodes ?? own / bytesPerInode)
  if (imageDiskBytes === undefined) {
    const bytes = rest(own, kept.bytes + images + layers.bytes)
    const files = rest(inodes, kept.inodes + layers.inodes)
    return [
      ...fileSystem('nodefs', bytes, files),
      ...fileSystem('imagefs', bytes, files),
      ...fileSystem('containerfs', bytes, files),
    ]
  }
  const size = BigInt(Math.trunc(imageDiskBytes))
  const bytes = rest(size, images + layers.bytes)
  const files = rest(size / bytesPerInode, layers.inodes)
  return [
    ...fileSystem('nodefs', rest(own, kept.bytes), rest(inodes, kept.inodes)),
    ...fileSystem('imagefs', bytes, files),
    ...fileSystem('containerfs', bytes, files),
  ]
}

function fileSystem(
  name: 'nodefs' | 'imagefs' | 'containerfs',
  bytes: Observation,
  inodes: Observation,
): readonly (readonly [Signal, Observation])[] {
  return [
    [`${name}.available`, bytes],
    [`${name}.inodesFree`, inodes],
  ]
}

const amountOf = (setup: NodeSetup, name: string): bigint => setup.capacity.get(name)?.value() ?? 0n

const sum = (amounts: Iterable<number>): number => [...amounts].reduce((all, amount) => all + amount, 0)

/** Adds up. */
export function total(uses: readonly DiskUse[]): DiskUse {
  return { bytes: sum(uses.map(({ bytes }) => bytes)), inodes: sum(uses.map(({ inodes }) => inodes)) }
}

function rest(capacity: bigint, used: number): Observation {
  const available = capacity - BigInt(Math.trunc(used))
  return { capacity, available: available < 0n ? 0n : available }
}
