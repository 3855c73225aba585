import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { podLimits } from '@kube-bonsai/component-helpers'
import { Quantity } from '@kube-bonsai/quantity'
import type { ContainerRuntime } from '../../runtime/container-runtime.ts'
import { hasImageDisk, total } from './observations.ts'
import type { PodStats } from './pod-stats.ts'

/** A pod keeps more on the node's disk than it may. */
export interface Excess {
  /** What the count of evictions calls it. */
  readonly signal: 'emptydirfs.limit' | 'ephemeralpodfs.limit' | 'ephemeralcontainerfs.limit'
  readonly message: string
}

/** True for a pod that says how much it may keep: of the others nobody needs to look at the disk. */
export function hasDiskLimits({ spec }: Pod): boolean {
  const all = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]
  return (
    spec?.volumes?.some(({ emptyDir }) => emptyDir?.sizeLimit !== undefined) === true ||
    all.some(({ resources }) => resources?.limits?.['ephemeral-storage'] !== undefined)
  )
}

/**
 * What a pod has too much of, if anything: in a volume, in all, or in one container.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/eviction/eviction_manager.go localStorageEviction
 */
export function excessOf(stats: PodStats, runtime: ContainerRuntime): Excess | undefined {
  return ofVolumes(stats) ?? ofPod(stats) ?? ofContainers(stats, runtime)
}

function ofVolumes({ pod, volumes }: PodStats): Excess | undefined {
  for (const { name, emptyDir } of pod.spec?.volumes ?? []) {
    if (emptyDir?.sizeLimit === undefined) continue
    const limit = Quantity.parse(String(emptyDir.sizeLimit))
    if (limit.value() <= 0n || !exceeds(volumes.get(name)?.bytes ?? 0, limit)) continue
    const message = `Usage of EmptyDir volume ${JSON.stringify(name)} exceeds the limit "${limit}". `
    return { signal: 'emptydirfs.limit', message }
  }
  return undefined
}

function ofPod({ pod, layers, localVolumes }: PodStats): Excess | undefined {
  const limit = podLimits(pod).get('ephemeral-storage')
  const { bytes: used } = total([...layers.values(), localVolumes])
  if (limit === undefined || !exceeds(used, limit)) return undefined
  const message = `Pod ephemeral local storage usage exceeds the total limit of containers ${limit}. `
  return { signal: 'ephemeralpodfs.limit', message }
}

function ofContainers({ pod, layers }: PodStats, runtime: ContainerRuntime): Excess | undefined {
  // Where the containers' files have a disk of their own, only their logs would count.
  if (hasImageDisk(runtime)) return undefined
  for (const { name, resources } of pod.spec?.containers ?? []) {
    const limit = Quantity.parse(String(resources?.limits?.['ephemeral-storage'] ?? '0'))
    if (limit.value() === 0n || !exceeds(layers.get(name)?.bytes ?? 0, limit)) continue
    const message = `Container ${name} exceeded its local ephemeral storage limit "${limit}". `
    return { signal: 'ephemeralcontainerfs.limit', message }
  }
  return undefined
}

const exceeds = (bytes: number, limit: Quantity): boolean => BigInt(Math.trunc(bytes)) > limit.value()
