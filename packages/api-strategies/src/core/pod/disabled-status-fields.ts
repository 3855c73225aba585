import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, mapItems, objectsOf, withField } from '../../meta/json.ts'
import { everyContainer } from '../../pod-template/validation/visit-containers.ts'

const lists = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses']

/**
 * A pod's status without the fields whose feature gate is off. What the stored pod uses stays.
 *
 * @see pkg/api/pod/util.go dropDisabledPodStatusFields
 */
export function dropDisabledStatusFields(status: Fields, old: Fields, gates: FeatureGates): Fields {
  const spec = fieldsOf(old['spec'])
  const stored = fieldsOf(old['status'])
  const off = (gate: string, inUse: boolean): boolean => !gates.enabled(gate) && !inUse
  let result = status
  const drop = (...names: readonly string[]): void => {
    for (const name of names) result = withField(result, name, undefined)
  }
  const dropFromContainers = (name: string): void => {
    for (const list of lists) result = eachItem(result, list, (item) => withField(item, name, undefined))
  }
  if (off('InPlacePodLevelResourcesVerticalScaling', hasAny(stored, 'resources', 'allocatedResources'))) {
    drop('resources', 'allocatedResources')
  }
  if (off('InPlacePodVerticalScaling', resizes(spec))) {
    dropFromContainers('resources')
    dropFromContainers('allocatedResources')
  }
  if (off('DynamicResourceAllocation', !isEmpty(spec['resourceClaims']))) drop('resourceClaimStatuses')
  if (off('DRAExtendedResource', hasAny(stored, 'extendedResourceClaimStatus'))) drop('extendedResourceClaimStatus')
  if (off('RecursiveReadOnlyMounts', mountsRecursively(spec))) dropFromContainers('volumeMounts')
  if (off('ResourceHealthStatus', false)) dropFromContainers('allocatedResourcesStatus')
  if (off('SupplementalGroupsPolicy', hasAny(fieldsOf(spec['securityContext']), 'supplementalGroupsPolicy'))) {
    dropFromContainers('user')
  }
  if (off('PodObservedGenerationTracking', tracksGeneration(stored))) {
    drop('observedGeneration')
    result = eachItem(result, 'conditions', (condition) => withField(condition, 'observedGeneration', undefined))
  }
  return result
}

const hasAny = (object: Fields, ...names: readonly string[]): boolean => names.some((name) => !isAbsent(object[name]))

const resizes = (spec: Fields): boolean =>
  ['containers', 'initContainers'].some((list) => objectsOf(spec[list]).some((item) => !isEmpty(item['resizePolicy'])))

const mountsRecursively = (spec: Fields): boolean =>
  everyContainer(spec).some((container) =>
    objectsOf(container['volumeMounts']).some((mount) => !isAbsent(mount['recursiveReadOnly'])),
  )

const tracksGeneration = (status: Fields): boolean =>
  !isEmpty(status['observedGeneration']) ||
  objectsOf(status['conditions']).some((condition) => !isEmpty(condition['observedGeneration']))

function eachItem(object: Fields, name: string, change: (item: Fields) => Fields): Fields {
  const list = object[name]
  if (!Array.isArray(list)) return object
  return withField(
    object,
    name,
    mapItems(list, (item) => (isFields(item) ? change(item) : item)),
  )
}
