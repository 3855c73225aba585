import {
  FieldPath,
  formatLabelSelector,
  invalid,
  type KubeObject,
  type LabelSelector,
  newBadRequest,
  newInvalid,
  type Unstructured,
} from '@kube-bonsai/apimachinery'

/** An autoscaling/v1 Scale. */
export interface Scale extends KubeObject {
  readonly spec: { readonly replicas?: number }
  readonly status: { readonly replicas: number; readonly selector?: string }
}

interface Scalable {
  readonly spec?: { readonly replicas?: number; readonly selector?: LabelSelector | { readonly [key: string]: string } }
  readonly status?: { readonly replicas?: number }
}

/** What `GET …/scale` shows of an object. */
export function scaleOf(object: KubeObject): Scale {
  const { spec, status } = object as KubeObject & Scalable
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const known = { name, namespace, uid, resourceVersion, creationTimestamp }
  const metadata = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined))
  const selector = selectorText(object.kind, spec?.selector)
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata,
    spec: spec?.replicas ? { replicas: spec.replicas } : {},
    status: { replicas: status?.replicas ?? 0, ...(selector !== '' && { selector }) },
  }
}

/** The object with the replicas that a Scale asks for. Throws a 400 for a Scale that holds no whole number. */
export function withScale(object: KubeObject, scale: KubeObject): KubeObject {
  const { spec } = scale as KubeObject & Scalable
  const replicas = spec?.replicas ?? 0
  if (!Number.isInteger(replicas))
    throw newBadRequest(`Scale in version "v1" cannot be handled as a Scale: spec.replicas must be a whole number`)
  if (replicas < 0) {
    const error = invalid(FieldPath.of('spec', 'replicas'), replicas, 'must be greater than or equal to 0')
    throw newInvalid({ group: 'autoscaling', kind: 'Scale' }, object.metadata.name ?? '', [error])
  }
  const { resourceVersion, uid } = scale.metadata
  const own = object as Unstructured & Scalable
  const changed: Unstructured = {
    ...own,
    metadata: { ...own.metadata, ...(resourceVersion ? { resourceVersion } : {}), ...(uid ? { uid } : {}) },
    spec: { ...own.spec, replicas },
  }
  if (resourceVersion) return changed
  const { resourceVersion: _, ...metadata } = changed.metadata
  return { ...changed, metadata }
}

function selectorText(kind: string, selector: NonNullable<Scalable['spec']>['selector']): string {
  if (selector === undefined) return ''
  if (kind === 'ReplicationController') {
    return Object.entries(selector as { readonly [key: string]: string })
      .map(([key, value]) => `${key}=${value}`)
      .sort()
      .join(',')
  }
  return formatLabelSelector(selector as LabelSelector)
}
