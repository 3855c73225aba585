import type { DirectoryEntry } from '../../files/file-tree.ts'
import type { MountedVolume, VolumePlugin, VolumeRequest } from '../mounted-volume.ts'
import { type CsiSource, inlineSource } from './csi-source.ts'
import { type CsiSources, CsiVolume } from './csi-volume.ts'

/** Volumes of CSI drivers that pods have inline. */
export function csiPlugin(sources: CsiSources): VolumePlugin {
  return {
    supports: ({ csi }) => csi !== undefined,
    setUp: (request) => {
      const source = inlineSource(request.pod, request.volume)
      return mountCsi(source, request.directory, request, sources)
    },
  }
}

/** Stages a volume where it is persistent, and publishes it. Rejects with a MountError. */
export function mountCsi(
  source: CsiSource,
  root: () => DirectoryEntry,
  request: VolumeRequest,
  sources: CsiSources,
): MountedVolume | Promise<MountedVolume> {
  // Who runs already sees what was published before.
  if (request.isMounted === true) return { readOnly: source.readOnly || source.isReadOnlyDisk === true, root }
  return published(new CsiVolume(source, root, request, sources), source, request)
}

async function published(volume: CsiVolume, { mode }: CsiSource, { pod }: VolumeRequest): Promise<MountedVolume> {
  try {
    if (mode === 'Persistent') await volume.stage()
    await volume.publish(pod)
  } catch (error) {
    volume.abandon()
    throw error
  }
  volume.begin()
  return volume
}
