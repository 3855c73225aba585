import {
  type FieldError,
  FieldPath,
  forbidden,
  invalid,
  required,
  semanticEqual,
  validateImmutableField,
} from '@kube-bonsai/apimachinery'
import { indentedInternal, internalValue } from '../../internal-form/internal-value.ts'
import { unifiedDiff } from '../../internal-form/unified-diff.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, objectsOf, textOf, withField } from '../../meta/json.ts'
import { hasInvalidTermValue } from '../../pod-template/validation/options.ts'
import type { StrategyContext } from '../../strategy.ts'
import { sourceOf, type VolumeOptions, volumeSpecErrors } from './spec-validation.ts'

const specPath = FieldPath.of('spec')
const mountOptionsKey = 'volume.beta.kubernetes.io/mount-options'
const withMountOptions = [
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'nfs',
  'rbd',
  'quobyte',
  'iscsi',
  'cinder',
  'cephfs',
  'azureFile',
  'vsphereVolume',
  'azureDisk',
  'photonPersistentDisk',
]

function optionsOf(old: Fields | undefined, context: StrategyContext): VolumeOptions {
  const stored = fieldsOf(old?.['spec'])
  return {
    attributesClass: context.gates.enabled('VolumeAttributesClass') || !isAbsent(stored['volumeAttributesClassName']),
    anyNodeAffinityValue: hasInvalidTermValue(fieldsOf(stored['nodeAffinity'])['required']),
  }
}

const specErrors = (volume: Fields, options: VolumeOptions): readonly FieldError[] =>
  volumeSpecErrors(fieldsOf(volume['spec']), textOf(fieldsOf(volume['metadata'])['name']), options, specPath)

function mountOptionErrors(volume: Fields): readonly FieldError[] {
  const spec = fieldsOf(volume['spec'])
  const annotations = fieldsOf(fieldsOf(volume['metadata'])['annotations'])
  if (withMountOptions.some((kind) => !isAbsent(spec[kind])) || !Object.hasOwn(annotations, mountOptionsKey)) return []
  const path = FieldPath.of('metadata').child('annotations', mountOptionsKey)
  return [forbidden(path, 'may not specify mount options for this volume type')]
}

/** Checks a new volume. */
export function volumeErrors(volume: Fields, context: StrategyContext): readonly FieldError[] {
  return [...specErrors(volume, optionsOf(undefined, context)), ...mountOptionErrors(volume)]
}

/**
 * Checks a change of a volume: what is behind it stays. Upstream checks the whole volume twice.
 *
 * @see pkg/apis/core/validation/validation.go ValidatePersistentVolumeUpdate
 */
export function volumeUpdateErrors(volume: Fields, old: Fields, context: StrategyContext): readonly FieldError[] {
  const options = optionsOf(old, context)
  const spec = fieldsOf(volume['spec'])
  const stored = fieldsOf(old['spec'])
  return [
    ...specErrors(volume, options),
    ...mountOptionErrors(volume),
    ...specErrors(volume, options),
    ...sourceChangeErrors(spec, stored),
    ...validateImmutableField(spec['volumeMode'] ?? null, stored['volumeMode'] ?? null, FieldPath.of('volumeMode')),
    ...nodeAffinityChangeErrors(spec, stored, context),
    ...attributesClassChangeErrors(spec, stored, options, context),
  ]
}

function sourceChangeErrors(spec: Fields, stored: Fields): readonly FieldError[] {
  const before = sourceOf(stored)
  let after = sourceOf(spec)
  const secret = 'controllerExpandSecretRef'
  if (isFields(before['csi']) && isAbsent(before['csi'][secret]) && isFields(after['csi'])) {
    after = withField(after, 'csi', withField(after['csi'], secret, undefined))
  }
  if (semanticEqual(after, before)) return []
  const type = 'PersistentVolumeSource'
  const difference = unifiedDiff(indentedInternal(type, before), indentedInternal(type, after))
  const path = specPath.child('persistentvolumesource')
  return [forbidden(path, `spec.persistentvolumesource is immutable after creation\n${difference}`)]
}

const renamedLabels: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
}

function nodeAffinityChangeErrors(spec: Fields, stored: Fields, context: StrategyContext): readonly FieldError[] {
  const before = stored['nodeAffinity']
  const after = spec['nodeAffinity']
  if (context.gates.enabled('MutablePVNodeAffinity') || isAbsent(before)) return []
  if (semanticEqual(after, before) || semanticEqual(after, withRenamedKeys(before, after))) return []
  const value = isFields(after) ? internalValue('VolumeNodeAffinity', after) : null
  const detail = 'field is immutable, except for updating from beta label to GA'
  return [invalid(FieldPath.of('nodeAffinity'), value, detail)]
}

/** The stored affinity with labels under their new names, where the new affinity has those. */
function withRenamedKeys(before: unknown, after: unknown): unknown {
  const terms = (affinity: unknown): readonly Fields[] =>
    objectsOf(fieldsOf(fieldsOf(affinity)['required'])['nodeSelectorTerms'])
  const next = terms(after)
  const renamed = terms(before).map((term, index) => {
    const rename = (list: string): unknown => {
      const fresh = objectsOf(next[index]?.[list])
      return Array.isArray(term[list])
        ? objectsOf(term[list]).map((requirement, place) => {
            const key = renamedLabels[textOf(requirement['key'])]
            return key !== undefined && fresh[place]?.['key'] === key ? { ...requirement, key } : requirement
          })
        : term[list]
    }
    return withField(
      withField(term, 'matchExpressions', rename('matchExpressions')),
      'matchFields',
      rename('matchFields'),
    )
  })
  const affinity = fieldsOf(before)
  return { ...affinity, required: { ...fieldsOf(affinity['required']), nodeSelectorTerms: renamed } }
}

function attributesClassChangeErrors(
  spec: Fields,
  stored: Fields,
  options: VolumeOptions,
  context: StrategyContext,
): readonly FieldError[] {
  const name = 'volumeAttributesClassName'
  const path = specPath.child(name)
  if ((spec[name] ?? null) === (stored[name] ?? null)) return []
  const off = 'update is forbidden when the VolumeAttributesClass feature gate is disabled'
  return [
    ...(context.gates.enabled('VolumeAttributesClass') ? [] : [forbidden(path, off)]),
    ...(options.attributesClass && isAbsent(spec[name])
      ? [forbidden(path, 'update from non-nil value to nil is forbidden')]
      : []),
  ]
}

/** A status is written only by who has read the volume. */
export function volumeStatusErrors(volume: Fields): readonly FieldError[] {
  return isEmpty(fieldsOf(volume['metadata'])['resourceVersion']) ? [required(FieldPath.of('resourceVersion'))] : []
}
