import { lookUpPath, type ScalePaths, withPath } from '@kube-bonsai/api-strategies'
import { type KubeObject, newBadRequest, newInternalError, type Unstructured } from '@kube-bonsai/apimachinery'
import { plainFailure } from './failure.ts'

/** What the scale subresource of a custom resource says of an object. */
export interface CustomScale {
  /** Undefined where the object names none. */
  readonly replicas: number | undefined
  readonly statusReplicas: number
  readonly selector: string
}

/** Reads the scale of a custom resource. Throws the plain 500 of upstream for values of other types. */
export function readCustomScale(object: KubeObject, paths: ScalePaths): CustomScale {
  const fields = object as Unstructured
  const read = (path: string, type: 'integer' | 'string') => {
    const { value, problem } = lookUpPath(fields, path, type)
    if (problem !== '') throw plainFailure(problem)
    return value
  }
  const replicas = read(paths.specReplicas, 'integer')
  const statusReplicas = read(paths.statusReplicas, 'integer')
  const selector = paths.labelSelector === '' ? undefined : read(paths.labelSelector, 'string')
  return {
    replicas: typeof replicas === 'number' ? replicas : undefined,
    statusReplicas: typeof statusReplicas === 'number' ? statusReplicas : 0,
    selector: typeof selector === 'string' ? selector : '',
  }
}

/** Refuses to show a scale without replicas. */
export function checkScalable(object: KubeObject, paths: ScalePaths): void {
  if (readCustomScale(object, paths).replicas === undefined)
    throw newInternalError(new Error(`the spec replicas field "${paths.specReplicas}" does not exist`))
}

/** The object with other replicas. Throws a 400 where a scale names none and there were none. */
export function withCustomReplicas(object: KubeObject, replicas: number | undefined, paths: ScalePaths): KubeObject {
  const before = readCustomScale(object, paths).replicas
  if (replicas === undefined && before === undefined)
    throw newBadRequest(`the spec replicas field "${paths.specReplicas}" cannot be empty`)
  const changed = withPath(object as Unstructured, paths.specReplicas, replicas ?? 0)
  return { ...changed, apiVersion: object.apiVersion, kind: object.kind, metadata: object.metadata }
}
