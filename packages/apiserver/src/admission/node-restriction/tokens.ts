import type { TokenRequest } from '@kube-bonsai/api-types/authentication/v1'
import type { PersistentVolume, PersistentVolumeClaim, Pod, Volume } from '@kube-bonsai/api-types/core/v1'
import type { CSIDriver } from '@kube-bonsai/api-types/storage/v1'
import { newNotFound, quote } from '@kube-bonsai/apimachinery'
import type { RequestContext } from '../../context.ts'
import { type Attributes, forbidden, lookUp } from '../chain.ts'

/** A node gets tokens for the pods that it runs, and for audiences that they name. */
export async function admitTokenRequest(context: RequestContext, node: string, attributes: Attributes): Promise<void> {
  const { operation, subresource, namespace, object } = attributes
  if (operation !== 'CREATE' || subresource !== 'token') return
  const { spec } = object as unknown as TokenRequest
  const { apiVersion, kind, name = '', uid = '' } = spec.boundObjectRef ?? {}
  if (apiVersion !== 'v1' || kind !== 'Pod' || name === '')
    throw forbidden(attributes, 'node requested token not bound to a pod')
  if (uid === '') throw forbidden(attributes, 'node requested token with a pod binding without a uid')
  const pod = (await lookUp(context.server, 'core/pods', `${namespace}/${name}`)) as Pod | undefined
  if (pod === undefined) throw newNotFound({ group: '', resource: 'pod' }, name)
  if (uid !== pod.metadata.uid) {
    const why = 'does not match the UID in record. The object might have been deleted and then recreated'
    throw forbidden(attributes, `the UID in the bound object reference (${uid}) ${why}`)
  }
  if (pod.spec?.nodeName !== node)
    throw forbidden(attributes, 'node requested token bound to a pod scheduled on a different node')
  if (context.server.gates.enabled('ServiceAccountNodeAudienceRestriction'))
    await admitAudience(context, attributes, spec.audiences ?? [], pod)
}

async function admitAudience(
  context: RequestContext,
  attributes: Attributes,
  audiences: readonly string[],
  pod: Pod,
): Promise<void> {
  if (audiences.length > 1) throw forbidden(attributes, 'node may only request 0 or 1 audiences')
  const [audience = ''] = audiences
  const problems: string[] = []
  for (const volume of pod.spec?.volumes ?? []) {
    const found = await audiencesOf(context, volume, pod)
    if (typeof found === 'string') problems.push(found)
    else if (found.includes(audience)) return
  }
  if (problems.length > 0) {
    const all = problems.length === 1 ? problems[0] : `[${[...new Set(problems)].join(', ')}]`
    throw forbidden(attributes, `error validating audience ${quote(audience)}: ${all}`)
  }
  const { server, user } = context
  const { decision, error } = await server.authorizer.authorize({
    kind: 'resource',
    user,
    verb: 'request-serviceaccounts-token-audience',
    group: '',
    version: 'v1',
    resource: audience,
    subresource: '',
    namespace: attributes.namespace,
    name: attributes.name,
  })
  if (decision === 'allow') return
  const known = `audience ${quote(audience)} not found in pod spec volume`
  throw forbidden(
    attributes,
    error === undefined
      ? `${known}, ${user.name} is not authorized to request tokens for this audience`
      : `${known}, error authorizing ${user.name} to request tokens for this audience: ${error}`,
  )
}

/** The audiences that a volume names by itself or by its driver, or why they are not known. */
async function audiencesOf(context: RequestContext, volume: Volume, pod: Pod): Promise<readonly string[] | string> {
  const own = (volume.projected?.sources ?? []).flatMap(({ serviceAccountToken }) =>
    serviceAccountToken ? [serviceAccountToken.audience ?? ''] : [],
  )
  const driver = await driverOf(context, volume, pod)
  if (driver === undefined) return own
  if ('problem' in driver) return driver.problem
  const found = (await lookUp(context.server, 'storage.k8s.io/csidrivers', driver.name)) as CSIDriver | undefined
  if (found === undefined) return missing('storage.k8s.io', 'csidriver', driver.name)
  return [...own, ...(found.spec.tokenRequests ?? []).map(({ audience }) => audience)]
}

type Driver = { readonly name: string } | { readonly problem: string } | undefined

/** The drivers that took the place of volumes that were built in. */
const migrated: readonly (readonly [keyof Volume & keyof NonNullable<PersistentVolume['spec']>, string])[] = [
  ['awsElasticBlockStore', 'ebs.csi.aws.com'],
  ['gcePersistentDisk', 'pd.csi.storage.gke.io'],
  ['cinder', 'cinder.csi.openstack.org'],
  ['azureDisk', 'disk.csi.azure.com'],
  ['azureFile', 'file.csi.azure.com'],
  ['vsphereVolume', 'csi.vsphere.vmware.com'],
  ['portworxVolume', 'pxd.portworx.com'],
]

async function driverOf({ server }: RequestContext, volume: Volume, pod: Pod): Promise<Driver> {
  const claim = volume.ephemeral?.volumeClaimTemplate
    ? `${pod.metadata.name}-${volume.name}`
    : volume.persistentVolumeClaim?.claimName
  if (claim === undefined) return volume.csi ? { name: volume.csi.driver } : builtIn(volume)
  const found = (await lookUp(server, 'core/persistentvolumeclaims', `${pod.metadata.namespace}/${claim}`)) as
    | PersistentVolumeClaim
    | undefined
  if (found === undefined) return { problem: missing('', 'persistentvolumeclaim', claim) }
  const name = found.spec?.volumeName ?? ''
  const bound = (await lookUp(server, 'core/persistentvolumes', name)) as PersistentVolume | undefined
  if (bound === undefined) return { problem: missing('', 'persistentvolume', name) }
  return bound.spec?.csi ? { name: bound.spec.csi.driver } : builtIn(bound.spec ?? {})
}

function builtIn(source: Partial<Record<(typeof migrated)[number][0], unknown>>): Driver {
  const found = migrated.find(([field]) => source[field] !== undefined)
  return found && { name: found[1] }
}

function missing(group: string, resource: string, name: string): string {
  return newNotFound({ group, resource }, name).message
}
