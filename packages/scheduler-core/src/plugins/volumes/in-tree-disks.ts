import type { Volume } from '@kube-bonsai/api-types/core/v1'
import type { CSINode } from '@kube-bonsai/api-types/storage/v1'

/** A disk as its CSI driver knows it. */
export interface CsiDisk {
  readonly driver: string
  readonly handle: string
}

interface DiskSources {
  readonly awsElasticBlockStore?: { readonly volumeID: string }
  readonly azureDisk?: { readonly diskURI: string }
  readonly cinder?: { readonly volumeID: string }
  readonly gcePersistentDisk?: { readonly pdName: string }
}

/** In-tree provisioners whose volumes CSI drivers serve everywhere. @see pkg/scheduler/framework/plugins/nodevolumelimits/utils.go */
const drivers: ReadonlyMap<string, string> = new Map([
  ['kubernetes.io/aws-ebs', 'ebs.csi.aws.com'],
  ['kubernetes.io/azure-disk', 'disk.csi.azure.com'],
  ['kubernetes.io/cinder', 'cinder.csi.openstack.org'],
  ['kubernetes.io/gce-pd', 'pd.csi.storage.gke.io'],
])

/** Others that have a driver too, but no limits of their own are counted for them unless a node says so; none does here. */
const others: ReadonlySet<string> = new Set([
  'kubernetes.io/azure-file',
  'kubernetes.io/portworx-volume',
  'kubernetes.io/vsphere-volume',
])

/** The driver behind a provisioner of a storage class; undefined where its volumes are not counted. */
export function driverOfProvisioner(provisioner: string, csiNode: CSINode | undefined): string | undefined {
  const driver = drivers.get(provisioner)
  if (driver !== undefined) return csiNode === undefined ? undefined : driver
  return others.has(provisioner) ? undefined : provisioner
}

/** True for sources that a CSI driver has taken over. */
export function isInTreeDisk(source: Volume): boolean {
  const { awsElasticBlockStore, azureDisk, azureFile, cinder, gcePersistentDisk, portworxVolume, vsphereVolume } =
    source
  return [awsElasticBlockStore, azureDisk, azureFile, cinder, gcePersistentDisk, portworxVolume, vsphereVolume].some(
    (disk) => disk !== undefined,
  )
}

/** An in-tree disk as its CSI driver knows it; undefined for others, and where the node runs no CSI driver. */
export function csiDisk(source: DiskSources, csiNode: CSINode | undefined): CsiDisk | undefined {
  if (csiNode === undefined) return undefined
  const { awsElasticBlockStore: aws, azureDisk: azure, cinder, gcePersistentDisk: gce } = source
  if (aws) return { driver: 'ebs.csi.aws.com', handle: aws.volumeID.slice(aws.volumeID.lastIndexOf('/') + 1) }
  if (azure) return { driver: 'disk.csi.azure.com', handle: azure.diskURI }
  if (cinder) return { driver: 'cinder.csi.openstack.org', handle: cinder.volumeID }
  if (gce)
    return { driver: 'pd.csi.storage.gke.io', handle: `projects/UNSPECIFIED/zones/UNSPECIFIED/disks/${gce.pdName}` }
  return undefined
}
