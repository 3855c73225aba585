import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { directoryEntry } from '../../files/file-tree.ts'
import { MountError } from '../mount-error.ts'
import type { VolumePlugin } from '../mounted-volume.ts'

/**
 * Volumes of what images hold. There is nothing to set up: the pod's images are pulled once it has a sandbox, and the runtime mounts
 * them.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/volume/image/image.go
 */
export function imagePlugin(gates?: FeatureGates): VolumePlugin {
  return {
    supports: ({ image }) => image !== undefined,
    setUp: ({ volume: { name, image } }) => {
      if (gates?.enabled('ImageVolume') === false) {
        throw new MountError(
          `failed to get Plugin from volumeSpec for volume "${name}" err=no volume plugin matched`,
          'process',
        )
      }
      return { readOnly: true, image: image?.reference ?? '', root: () => directoryEntry() }
    },
  }
}
