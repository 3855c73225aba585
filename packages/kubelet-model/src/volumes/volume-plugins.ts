import type { Clock } from '@kube-bonsai/clock'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { Amounts } from '../fields/resource-fields.ts'
import type { KubeletApi } from '../node/kubelet-api.ts'
import { claimsPlugin } from './claims/claims-plugin.ts'
import { SharedStorage } from './claims/shared-storage.ts'
import type { CsiDrivers } from './csi/csi-driver.ts'
import { csiPlugin } from './csi/csi-plugin.ts'
import { CsiStaging } from './csi/csi-staging.ts'
import { emptyDirPlugin } from './empty-dir.ts'
import { hostPathPlugin } from './host-path.ts'
import { imagePlugin } from './image/image-plugin.ts'
import type { VolumePlugin } from './mounted-volume.ts'
import type { NodeDisk } from './node-disk.ts'
import { payloadPlugin } from './payload/payload-plugin.ts'
import { projectedPlugin } from './payload/projected-plugin.ts'

/** What a node's volumes are made with. */
export interface VolumeSources {
  readonly api: KubeletApi
  readonly clock: Clock
  readonly disk: NodeDisk
  /** What persistent volumes hold that are not on the node; nothing that others see by default. */
  readonly storage?: SharedStorage
  readonly allocatable: Amounts
  /** Those of v1.35 by default. */
  readonly gates?: FeatureGates
  readonly nodeName?: string
  /** Drivers of CSI volumes; without them persistent ones are mounted by nobody in particular, and others are refused. */
  readonly csiDrivers?: CsiDrivers
}

/** All kinds of volumes that a node knows; others are refused by name. */
export function volumePlugins({
  api,
  clock,
  disk,
  storage,
  allocatable,
  gates,
  nodeName = '',
  csiDrivers,
}: VolumeSources): readonly VolumePlugin[] {
  const sources = { api, clock, allocatable, objects: api.objects }
  const csi = { api, clock, nodeName, drivers: csiDrivers ?? new Map(), staging: new CsiStaging() }
  return [
    payloadPlugin(sources),
    projectedPlugin(sources),
    emptyDirPlugin,
    hostPathPlugin(disk, () => clock.now()),
    claimsPlugin({ ...sources, disk, storage: storage ?? new SharedStorage(), ...(csiDrivers && { csi }) }),
    csiPlugin(csi),
    imagePlugin(gates),
  ]
}
