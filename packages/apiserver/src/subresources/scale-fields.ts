import { fillZeroValues } from '@kube-bonsai/api-strategies'
import { decode, scheme } from '@kube-bonsai/api-types'
import { formatApiVersion, type KubeObject } from '@kube-bonsai/apimachinery'
import {
  builtInType,
  FieldManager,
  parentManagedFields,
  type ReplicasPaths,
  scaleManagedFields,
  withManagedFields,
  zeroObject,
} from '@kube-bonsai/patch'
import type { RequestContext, Target } from '../context.ts'
import { asRefusal } from '../managed-fields/tracker.ts'
import { type Scale, scaleOf, withScale } from './scale.ts'

const kind = { group: 'autoscaling', version: 'v1', kind: 'Scale' }
const replicas = ['f:spec', 'f:replicas']

let manager: FieldManager | undefined

/** Scales have no defaults and nothing of a server in them, so that one field manager does for all. */
function scaleFieldManager({ strategy }: RequestContext): FieldManager {
  manager ??= new FieldManager({
    kind,
    subresource: 'scale',
    typeIn: (apiVersion) => (apiVersion === formatApiVersion(kind) ? builtInType(scheme.loaded, kind) : undefined),
    zero: () => zeroObject(scheme.loaded, kind),
    complete: (object) => {
      const { object: read, typeErrors } = decode(scheme.loaded, kind, object)
      const [problem] = typeErrors
      if (problem !== undefined || read === undefined) throw new Error(problem ?? 'not an object')
      return fillZeroValues(read as unknown as KubeObject, strategy)
    },
  })
  return manager
}

/** Every version of a kind keeps its replicas in the same place. */
function pathsOf({ info, custom }: Target): ReplicasPaths {
  if (custom) return custom.replicasPaths
  const versions = scheme.resources.filter(({ group, resource }) => group === info.group && resource === info.resource)
  return Object.fromEntries(versions.map((version) => [formatApiVersion(version), replicas]))
}

/** The scale of an object, with who manages its replicas. */
export function scaleWithFields(target: Target, object: KubeObject): Scale {
  const entries = asRefusal(() => scaleManagedFields(object.metadata.managedFields, pathsOf(target)))
  return withManagedFields(scaleOf(object, target.custom?.scale), entries)
}

/** The scale that a client wants, with who manages its replicas then. */
export function trackScale(context: RequestContext, _target: Target, old: Scale, wanted: KubeObject): KubeObject {
  return scaleFieldManager(context).update(
    old,
    fillZeroValues(wanted, context.strategy),
    context.fieldManager,
    context.now,
  )
}

/** The scale after an apply. Throws a StatusError. */
export function applyScale(
  context: RequestContext,
  _target: Target,
  old: Scale,
  config: unknown,
  force: boolean,
): KubeObject {
  return asRefusal(() => scaleFieldManager(context).apply(old, config, context.fieldManager, force, context.now))
}

/** The object with the replicas of a scale, and with who manages them. */
export function scaled(target: Target, object: KubeObject, scale: KubeObject): KubeObject {
  const { managedFields } = object.metadata
  const entries = asRefusal(() =>
    parentManagedFields(managedFields, scale.metadata.managedFields, pathsOf(target), formatApiVersion(target.info)),
  )
  return withManagedFields(withScale(object, scale, target.custom?.scale), entries)
}
