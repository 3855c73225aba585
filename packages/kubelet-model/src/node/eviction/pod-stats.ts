import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { ContainerRuntime } from '../../runtime/container-runtime.ts'
import type { ContainerUsage, DiskUse } from '../../runtime/usage.ts'
import { hasImageDisk, total } from './observations.ts'
import { type Resource, resourceOf } from './signals.ts'
import type { Signal } from './thresholds.ts'

/** What one pod uses, as whoever evicts pods looks at it. Bytes, and numbers of files and processes. */
export interface PodStats {
  readonly pod: Pod
  readonly containers: readonly ContainerUsage[]
  readonly memory: bigint
  readonly pids: number
  /** The containers' own files by their names. */
  readonly layers: ReadonlyMap<string, DiskUse>
  /** What is in volumes, by their names. */
  readonly volumes: ReadonlyMap<string, DiskUse>
  /** What is in those that take room of the node's disk. */
  readonly localVolumes: DiskUse
}

/** Looks at what a pod uses. */
export function podStats(pod: Pod, runtime: ContainerRuntime): PodStats {
  const uid = pod.metadata.uid ?? ''
  const containers = runtime.usage?.(uid) ?? []
  const layers = new Map<string, DiskUse>()
  for (const { name, bytes, inodes } of runtime.storage?.(uid) ?? []) {
    const known = layers.get(name)
    layers.set(name, known ? total([known, { bytes, inodes }]) : { bytes, inodes })
  }
  const volumes = runtime.volumeUse?.(uid) ?? new Map<string, DiskUse>()
  return {
    pod,
    containers,
    memory: BigInt(Math.trunc(containers.reduce((sum, { memory }) => sum + memory, 0))),
    pids: containers.reduce((sum, { pids = 1 }) => sum + pids, 0),
    layers,
    volumes,
    localVolumes: total(
      onDisk(pod).flatMap((name) => {
        const use = volumes.get(name)
        return use ? [use] : []
      }),
    ),
  }
}

/** The volumes of a pod that are kept on the node's disk: not those in memory, and not what comes from elsewhere. */
function onDisk(pod: Pod): readonly string[] {
  return (pod.spec?.volumes ?? []).flatMap(({ name, emptyDir, hostPath, configMap, gitRepo }) => {
    const isLocal = emptyDir ? (emptyDir.medium ?? '') === '' : (hostPath ?? configMap ?? gitRepo)
    return isLocal ? [name] : []
  })
}

/**
 * How much a pod has of what a disk is short of: its volumes are on the node's disk, its containers' files with the images, be that
 * the same one or not.
 */
export function diskOf(stats: PodStats, signal: Signal, runtime: ContainerRuntime): bigint {
  const layers = total([...stats.layers.values()])
  const { localVolumes } = stats
  const onNode = hasImageDisk(runtime) ? localVolumes : total([layers, localVolumes])
  const use = hasImageDisk(runtime) && !signal.startsWith('nodefs') ? layers : onNode
  return BigInt(Math.trunc(resourceOf(signal) === 'inodes' ? use.inodes : use.bytes))
}

/** What a container uses of something, as messages tell it; undefined for what is not told. */
export function containerUse(stats: PodStats, name: string, resource: Resource): bigint | undefined {
  if (resource === 'ephemeral-storage') {
    const isThere = stats.layers.has(name) || stats.containers.some((container) => container.name === name)
    return isThere ? BigInt(Math.trunc(stats.layers.get(name)?.bytes ?? 0)) : undefined
  }
  const found = stats.containers.find((container) => container.name === name)
  return resource === 'memory' && found !== undefined ? BigInt(Math.trunc(found.memory)) : undefined
}
