import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { ResourceClaim, ResourceClaimTemplate } from '@kube-bonsai/api-types/resource/v1'

/** The claims that a pod's templates stand for, and the pod that names them; nothing for templates that do not exist. */
export function withClaims(
  pod: Pod,
  templates: ReadonlyMap<string, ResourceClaimTemplate>,
): { readonly pod: Pod; readonly claims: readonly ResourceClaim[] } {
  const known = new Set((pod.status?.resourceClaimStatuses ?? []).map((status) => status.name))
  const claims: ResourceClaim[] = []
  const statuses: { readonly name: string; readonly resourceClaimName: string }[] = []
  const { name: podName = '', namespace = '', uid = '' } = pod.metadata
  for (const { name, resourceClaimTemplateName } of pod.spec?.resourceClaims ?? []) {
    if (resourceClaimTemplateName === undefined || known.has(name)) continue
    const template = templates.get(`${namespace}/${resourceClaimTemplateName}`)
    if (template === undefined) continue
    const claim = `${podName}-${name}-claim`
    const labels = template.spec.metadata?.labels
    claims.push({
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceClaim',
      metadata: {
        name: claim,
        namespace,
        uid: `uid:ResourceClaim/${namespace}/${claim}`,
        resourceVersion: '1',
        ...(labels && { labels }),
        annotations: { 'resource.kubernetes.io/pod-claim-name': name },
        ownerReferences: [
          { apiVersion: 'v1', kind: 'Pod', name: podName, uid, controller: true, blockOwnerDeletion: true },
        ],
      },
      spec: template.spec.spec,
    })
    statuses.push({ name, resourceClaimName: claim })
  }
  if (claims.length === 0) return { pod, claims }
  const resourceClaimStatuses = [...(pod.status?.resourceClaimStatuses ?? []), ...statuses]
  return { pod: { ...pod, status: { ...pod.status, resourceClaimStatuses } }, claims }
}
