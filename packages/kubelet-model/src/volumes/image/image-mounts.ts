import type { Container } from '@kube-bonsai/api-types/core/v1'
import { type MountSources, subPathOf } from '../container-mounts.ts'

/** What an image holds, or a part of it, at a path of a container. Nobody can write into it. */
export interface ImageMount {
  /** The volume's name. */
  readonly name: string
  /** Absolute, in the container. */
  readonly path: string
  /** The image as the pod names it. */
  readonly reference: string
  /** The part of it that is mounted; all of it when empty. */
  readonly subPath: string
}

/**
 * The images that a container mounts. What is in them is the runtime's concern. Throws a ContainerConfigError for a sub-path
 * that cannot be.
 */
export function imageMounts(container: Container, { env, volume }: MountSources): readonly ImageMount[] {
  return (container.volumeMounts ?? []).flatMap((mount) => {
    const reference = volume(mount.name)?.image
    if (reference === undefined) return []
    return [{ name: mount.name, path: mount.mountPath, reference, subPath: subPathOf(mount, env) }]
  })
}
