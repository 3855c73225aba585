import type { PersistentVolume } from '@kube-bonsai/api-types/core/v1'
import { type Clock, sleep } from '@kube-bonsai/clock'
import { ContainerFiles } from '../../files/container-files.ts'
import type { FileNode } from '../../files/file-tree.ts'
import { PathWalker } from '../../files/path-walker.ts'
import { mountCsi } from '../csi/csi-plugin.ts'
import { persistentSource } from '../csi/csi-source.ts'
import type { CsiSources } from '../csi/csi-volume.ts'
import { checked } from '../host-path.ts'
import { MountError } from '../mount-error.ts'
import type { MountedVolume, VolumePlugin, VolumeRequest } from '../mounted-volume.ts'
import type { NodeDisk } from '../node-disk.ts'
import { type ClaimObjects, claimedVolume } from './claimed-volume.ts'
import { isReadOnlyVolume, volumePlace } from './persistent-volume.ts'
import type { SharedStorage } from './shared-storage.ts'

/** How often a node looks at what its pods need. */
const lookInterval = 100

/** What claims are mounted with. */
export interface ClaimSources {
  readonly objects: ClaimObjects
  readonly clock: Clock
  readonly disk: NodeDisk
  readonly storage: SharedStorage
  /** The drivers that mount CSI volumes; without, they need none. */
  readonly csi?: CsiSources
}

/** Volumes that a claim stands for; a generic ephemeral volume has a claim of its own. */
export function claimsPlugin(sources: ClaimSources): VolumePlugin {
  const { objects, clock } = sources
  const setUp = (request: VolumeRequest) =>
    mounted(claimedVolume(request.pod, request.volume, objects), request, sources)
  return {
    supports: ({ persistentVolumeClaim, ephemeral }) => (persistentVolumeClaim ?? ephemeral) !== undefined,
    setUp: (request) => {
      try {
        return setUp(request)
      } catch (error) {
        if (!(error instanceof MountError) || error.step !== 'process') throw error
        // A claim may be about to be bound; nobody hears of it before the node has looked again.
        return sleep(clock, lookInterval).then(() => setUp(request))
      }
    },
  }
}

function mounted(
  found: PersistentVolume,
  request: VolumeRequest,
  { disk, clock, storage, csi }: ClaimSources,
): MountedVolume | Promise<MountedVolume> {
  const { volume } = request
  const readOnly = volume.persistentVolumeClaim?.readOnly === true || isReadOnlyVolume(found)
  const place = volumePlace(found)
  const source = csi && persistentSource(found, volume.persistentVolumeClaim?.readOnly === true)
  if (source && place.kind === 'shared') {
    return mountCsi(source, () => storage.directory(place.key), request, csi)
  }
  if (place.kind === 'shared') return { readOnly, root: () => storage.directory(place.key) }
  const root =
    place.kind === 'local'
      ? onlyIfThere(disk, place.path, found)
      : named(found, () => checked(disk.root, place.path, place.type, () => clock.now()))
  return { readOnly, root: () => root }
}

/** Nobody makes the directory of a local volume but whoever has set the machine up. */
function onlyIfThere({ root }: NodeDisk, path: string, { metadata }: PersistentVolume): FileNode {
  const files = new ContainerFiles({ root, mounts: [], now: () => 0 })
  const { node } = files.exists(path)
    ? new PathWalker(root, [], false).find(path, { follow: true })
    : { node: undefined }
  if (node === undefined) {
    const place = { volume: metadata.name, operation: 'MountVolume.NewMounter initialization' } as const
    throw new MountError(`path "${path}" does not exist`, 'setUp', place)
  }
  return node
}

/** Says the volume's own name where its set-up fails. */
function named<Result>({ metadata }: PersistentVolume, setUp: () => Result): Result {
  try {
    return setUp()
  } catch (error) {
    throw error instanceof MountError ? new MountError(error.message, error.step, { volume: metadata.name }) : error
  }
}
