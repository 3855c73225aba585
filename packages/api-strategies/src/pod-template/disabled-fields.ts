import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, mapItems, objectsOf, withField } from '../meta/json.ts'
import { hasFileKeyRef, hasRestartRules } from './validation/options.ts'
import { containerLists, everyContainer } from './validation/visit-containers.ts'

/** A change of a spec that a gate which is off makes, unless the stored spec has what it would take away. */
interface Drop {
  readonly gate: string
  readonly inUse: (old: Fields) => boolean
  readonly drop: (spec: Fields) => Fields
}

const present = (object: unknown, name: string): boolean => !isAbsent(fieldsOf(object)[name])

/** Drops a field of the spec. */
const field = (gate: string, name: string): Drop => ({
  gate,
  inUse: (old) => present(old, name),
  drop: (spec) => withField(spec, name, undefined),
})

/** Drops a field of the pod's security context. */
const contextField = (gate: string, name: string): Drop => ({
  gate,
  inUse: (old) => present(old['securityContext'], name),
  drop: (spec) => inside(spec, 'securityContext', (context) => withField(context, name, undefined)),
})

/** Changes every container of some lists. */
const containers = (
  gate: string,
  inUse: (container: Fields) => boolean,
  change: (container: Fields) => Fields,
  lists: readonly string[] = containerLists,
): Drop => ({
  gate,
  inUse: (old) => lists.some((list) => objectsOf(old[list]).some(inUse)),
  drop: (spec) => lists.reduce((result, list) => items(result, list, change), spec),
})

/** Changes every constraint of how pods are spread. */
const spread = (gate: string, name: string): Drop => ({
  gate,
  inUse: (old) => objectsOf(old['topologySpreadConstraints']).some((constraint) => !isEmpty(constraint[name])),
  drop: (spec) => items(spec, 'topologySpreadConstraints', (constraint) => withField(constraint, name, undefined)),
})

/** Drops a source of projected volumes. */
const projection = (gate: string, name: string): Drop => ({
  gate,
  inUse: (old) =>
    objectsOf(old['volumes']).some(({ projected }) =>
      objectsOf(fieldsOf(projected)['sources']).some((source) => present(source, name)),
    ),
  drop: (spec) =>
    items(spec, 'volumes', (volume) =>
      inside(volume, 'projected', (projected) =>
        items(projected, 'sources', (source) => withField(source, name, undefined)),
      ),
    ),
})

function inside(object: Fields, name: string, change: (value: Fields) => Fields): Fields {
  const value = object[name]
  return isFields(value) ? withField(object, name, change(value)) : object
}

function items(object: Fields, name: string, change: (item: Fields) => Fields): Fields {
  const list = object[name]
  if (!Array.isArray(list)) return object
  return withField(
    object,
    name,
    mapItems(list, (item) => (isFields(item) ? change(item) : item)),
  )
}

const hasSleep = ({ lifecycle }: Fields): boolean =>
  ['preStop', 'postStart'].some((name) => present(fieldsOf(lifecycle)[name], 'sleep'))

/** A lifecycle in which nothing is left goes too. */
const lifecycle = (container: Fields, change: (lifecycle: Fields) => Fields): Fields => {
  const before = container['lifecycle']
  if (!isFields(before)) return container
  const after = change(before)
  return withField(container, 'lifecycle', isEmpty(after) && after !== before ? undefined : after)
}

function withoutSleep(container: Fields): Fields {
  return lifecycle(container, (before) =>
    ['preStop', 'postStart'].reduce((result, name) => {
      const handler = result[name]
      if (!isFields(handler) || !present(handler, 'sleep')) return result
      const rest = withField(handler, 'sleep', undefined)
      return withField(result, name, isEmpty(rest) ? undefined : rest)
    }, before),
  )
}

const affinityTerms = (affinity: Fields, change: (term: Fields) => Fields): Fields => {
  const required = items(affinity, 'requiredDuringSchedulingIgnoredDuringExecution', change)
  return items(required, 'preferredDuringSchedulingIgnoredDuringExecution', (weighted) =>
    inside(weighted, 'podAffinityTerm', change),
  )
}

const overTerms = (spec: Fields, change: (term: Fields) => Fields): Fields =>
  inside(spec, 'affinity', (affinity) =>
    ['podAffinity', 'podAntiAffinity'].reduce(
      (result, name) => inside(result, name, (one) => affinityTerms(one, change)),
      affinity,
    ),
  )

const affinityKeys: Drop = {
  gate: 'MatchLabelKeysInPodAffinity',
  inUse: (old) => {
    let found = false
    overTerms(old, (term) => {
      found ||= !isEmpty(term['matchLabelKeys']) || !isEmpty(term['mismatchLabelKeys'])
      return term
    })
    return found
  },
  drop: (spec) =>
    overTerms(spec, (term) => withField(withField(term, 'matchLabelKeys', undefined), 'mismatchLabelKeys', undefined)),
}

const imageVolumes: Drop = {
  gate: 'ImageVolume',
  inUse: (old) => objectsOf(old['volumes']).some((volume) => present(volume, 'image')),
  drop: (spec) => {
    const volumes = objectsOf(spec['volumes'])
    const gone = new Set(volumes.filter((volume) => present(volume, 'image')).map(({ name }) => name))
    if (gone.size === 0) return spec
    const rest = volumes.filter((volume) => !present(volume, 'image'))
    const kept = withField(spec, 'volumes', rest.length === 0 ? undefined : rest)
    return containerLists.reduce(
      (result, list) =>
        items(result, list, (container) => {
          const mounts = objectsOf(container['volumeMounts']).filter(({ name }) => !gone.has(name))
          return withField(container, 'volumeMounts', mounts.length === 0 ? undefined : mounts)
        }),
      kept,
    )
  },
}

function withoutRestartRules(spec: Fields): Fields {
  const plain = (container: Fields): Fields =>
    withField(withField(container, 'restartPolicy', undefined), 'restartPolicyRules', undefined)
  const init = items(spec, 'initContainers', (container) =>
    container['restartPolicy'] === 'Always' ? withField(container, 'restartPolicyRules', undefined) : plain(container),
  )
  return items(items(init, 'containers', plain), 'ephemeralContainers', plain)
}

const claimsOf = (container: Fields): Fields =>
  inside(container, 'resources', (resources) => withField(resources, 'claims', undefined))

/** In upstream's order. @see pkg/api/pod/util.go dropDisabledFields */
const drops: readonly Drop[] = [
  field('UserNamespacesSupport', 'hostUsers'),
  contextField('SupplementalGroupsPolicy', 'supplementalGroupsPolicy'),
  {
    gate: 'PodLevelResources',
    inUse: (old) => {
      const { requests, limits } = fieldsOf(old['resources'])
      return !isEmpty(requests) || !isEmpty(limits)
    },
    drop: (spec) => withField(spec, 'resources', undefined),
  },
  containers(
    'ProcMountType',
    ({ securityContext }) =>
      present(securityContext, 'procMount') && fieldsOf(securityContext)['procMount'] !== 'Default',
    (container) =>
      inside(container, 'securityContext', (context) =>
        isAbsent(context['procMount']) ? context : withField(context, 'procMount', 'Default'),
      ),
  ),
  spread('NodeInclusionPolicyInPodTopologySpread', 'nodeTaintsPolicy'),
  spread('NodeInclusionPolicyInPodTopologySpread', 'nodeAffinityPolicy'),
  spread('MatchLabelKeysInPodTopologySpread', 'matchLabelKeys'),
  affinityKeys,
  {
    gate: 'DynamicResourceAllocation',
    inUse: (old) => !isEmpty(old['resourceClaims']),
    drop: (spec) =>
      containerLists.reduce(
        (result, list) => items(result, list, claimsOf),
        withField(spec, 'resourceClaims', undefined),
      ),
  },
  projection('ClusterTrustBundleProjection', 'clusterTrustBundle'),
  projection('PodCertificateRequest', 'podCertificate'),
  field('GenericWorkload', 'workloadRef'),
  {
    ...containers(
      'InPlacePodVerticalScaling',
      () => false,
      (container) => withField(container, 'resizePolicy', undefined),
    ),
    inUse: (old) =>
      ['containers', 'initContainers'].some((list) => objectsOf(old[list]).some((c) => !isEmpty(c['resizePolicy']))),
  },
  { gate: 'ContainerRestartRules', inUse: hasRestartRules, drop: withoutRestartRules },
  containers(
    'RecursiveReadOnlyMounts',
    (container) => objectsOf(container['volumeMounts']).some((mount) => present(mount, 'recursiveReadOnly')),
    (container) => items(container, 'volumeMounts', (mount) => withField(mount, 'recursiveReadOnly', undefined)),
  ),
  field('HostnameOverride', 'hostnameOverride'),
  {
    gate: 'EnvFiles',
    inUse: hasFileKeyRef,
    drop: (spec) =>
      everyContainer(spec).length === 0
        ? spec
        : containerLists.reduce(
            (result, list) =>
              items(result, list, (container) =>
                items(container, 'env', (variable) =>
                  inside(variable, 'valueFrom', (source) => withField(source, 'fileKeyRef', undefined)),
                ),
              ),
            spec,
          ),
  },
  containers('PodLifecycleSleepAction', hasSleep, withoutSleep),
  imageVolumes,
  contextField('SELinuxChangePolicy', 'seLinuxChangePolicy'),
  containers(
    'ContainerStopSignals',
    (container) => present(container['lifecycle'], 'stopSignal'),
    (container) => lifecycle(container, (before) => withField(before, 'stopSignal', undefined)),
  ),
]

/**
 * A pod's spec without the fields whose feature gate is off. What the stored spec uses stays.
 *
 * @param old the spec as it is stored, for an update
 */
export function dropDisabledFields(spec: Fields, old: Fields | undefined, gates: FeatureGates): Fields {
  let result = spec
  for (const { gate, inUse, drop } of drops) {
    if (gates.enabled(gate) || (old !== undefined && inUse(old))) continue
    result = drop(result)
  }
  return result
}

/** The same for a template of pods; a value that is none comes back as it is. */
export function dropDisabledTemplateFields(template: unknown, old: unknown, gates: FeatureGates): unknown {
  if (!isFields(template) || !isFields(template['spec'])) return template
  const stored = isFields(old) ? fieldsOf(old['spec']) : undefined
  return withField(template, 'spec', dropDisabledFields(template['spec'], stored, gates))
}
