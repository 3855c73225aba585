import type { ScalePaths } from '@kube-bonsai/api-strategies'
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
import type { Target } from '../context.ts'
import { checkScalable, readCustomScale, withCustomReplicas } from '../custom-resources/scale.ts'

/** An autoscaling/v1 Scale. */
export interface Scale extends KubeObject {
  readonly spec: { readonly replicas?: number }
  readonly status: { readonly replicas: number; readonly selector?: string }
}

interface Scalable {
  readonly spec?: { readonly replicas?: number; readonly selector?: LabelSelector | { readonly [key: string]: string } }
  readonly status?: { readonly replicas?: number }
}

/** What `GET …/scale` answers. Throws a 500 for a custom resource that names no replicas. */
export function shownScale({ custom }: Target, object: KubeObject): Scale {
  if (custom?.scale) checkScalable(object, custom.scale)
  return scaleOf(object, custom?.scale)
}

/** What `GET …/scale` shows of an object; a custom resource keeps it at its own paths. */
export function scaleOf(object: KubeObject, paths?: ScalePaths): Scale {
  if (paths) {
    const { replicas, statusReplicas, selector } = readCustomScale(object, paths)
    return newScale(object, replicas, statusReplicas, selector)
  }
  const { spec, status } = object as KubeObject & Scalable
  return newScale(object, spec?.replicas, status?.replicas ?? 0, selectorText(object.kind, spec?.selector))
}

function newScale(object: KubeObject, wanted: number | undefined, replicas: number, selector: string): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const known = { name, namespace, uid, resourceVersion, creationTimestamp }
  const metadata = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined))
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata,
    spec: wanted ? { replicas: wanted } : {},
    status: { replicas, ...(selector !== '' && { selector }) },
  }
}

/** The object with the replicas that a Scale asks for. Throws a 400 for a Scale that holds no whole number. */
export function withScale(object: KubeObject, scale: KubeObject, paths?: ScalePaths): KubeObject {
  const { spec } = scale as KubeObject & Scalable
  const replicas = spec?.replicas ?? 0
  if (!Number.isInteger(replicas))
    throw newBadRequest(`Scale in version "v1" cannot be handled as a Scale: spec.replicas must be a whole number`)
  if (replicas < 0 && paths === undefined) {
    const error = invalid(FieldPath.of('spec', 'replicas'), replicas, 'must be greater than or equal to 0')
    throw newInvalid({ group: 'autoscaling', kind: 'Scale' }, object.metadata.name ?? '', [error])
  }
  const { resourceVersion, uid } = scale.metadata
  const own = object as Unstructured & Scalable
  const metadata = { ...own.metadata, ...(resourceVersion ? { resourceVersion } : {}), ...(uid ? { uid } : {}) }
  const changed: Unstructured =
    paths === undefined
      ? { ...own, metadata, spec: { ...own.spec, replicas } }
      : { ...withCustomReplicas(object, spec?.replicas, paths), metadata }
  if (resourceVersion) return changed
  const { resourceVersion: _, ...unversioned } = changed.metadata
  return { ...changed, metadata: unversioned }
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
