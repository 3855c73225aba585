import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import type { ContainerMount } from '../files/container-files.ts'
import { containerMounts } from './container-mounts.ts'
import { type ImageMount, imageMounts } from './image/image-mounts.ts'
import { MountError } from './mount-error.ts'
import type { MountedVolume } from './mounted-volume.ts'
import { type VolumeSources, volumePlugins } from './volume-plugins.ts'

/** The mounts of a container that runs already, and what to wait for before anybody looks at them. */
export interface AdoptedMounts {
  readonly mounts: readonly ContainerMount[]
  readonly imageMounts: readonly ImageMount[]
  readonly beforeLook: () => Promise<void>
}

/**
 * What a container that runs already sees of its pod's volumes, as after a fork: they are set up when somebody looks. Throws a
 * MountError for volumes that are not there any more.
 */
export function adoptedMounts(
  pod: Pod,
  container: Container,
  env: Readonly<Record<string, string>>,
  sources: VolumeSources,
): AdoptedMounts {
  const made = new Map<string, MountedVolume>()
  const plugins = volumePlugins(sources)
  const setUp = (name: string): MountedVolume | undefined => {
    const known = made.get(name)
    const volume = pod.spec?.volumes?.find((each) => each.name === name)
    const plugin = volume && plugins.find((each) => each.supports(volume))
    if (known !== undefined || volume === undefined || plugin === undefined) return known
    const directory = () => sources.disk.directory(pod.metadata.uid ?? '', name)
    // Its kubelet refreshes it.
    const fresh = plugin.setUp({ pod, volume, directory, outdated: () => {}, isMounted: true })
    if (fresh instanceof Promise) throw new MountError(`volume "${name}" takes time to be set up`)
    made.set(name, fresh)
    return fresh
  }
  const mountSources = { env, now: () => sources.clock.now(), volume: setUp }
  return {
    mounts: containerMounts(container, mountSources),
    imageMounts: imageMounts(container, mountSources),
    beforeLook: async () => {
      for (const volume of made.values()) await volume.fill?.()
    },
  }
}
