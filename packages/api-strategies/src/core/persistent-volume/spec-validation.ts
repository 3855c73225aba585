import {
  compareUtf8,
  type FieldError,
  type FieldPath,
  forbidden,
  nameIsDNSSubdomain,
  notSupported,
  required,
} from '@kube-bonsai/apimachinery'
import { ifSetOneOf, invalidEach } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, listOf, mapGiven, textOf } from '../../meta/json.ts'
import { nodeSelectorErrors } from '../../pod-template/validation/affinity.ts'
import { basicResourceErrors, positiveErrors } from '../../pod-template/validation/quantities.ts'
import {
  type SourceCheck,
  sharedSources,
  volumeDiskSources,
} from '../../pod-template/validation/volumes/disk-sources.ts'
import { iscsiErrors } from '../../pod-template/validation/volumes/iscsi.ts'
import { checkSpelling, excessSpelling } from '../../pod-template/validation/volumes/volumes.ts'
import { accessModeErrors } from '../persistent-volume-claim/spec-validation.ts'

/** How strictly a volume is judged: never more strictly than the stored one was. */
export interface VolumeOptions {
  readonly attributesClass: boolean
  readonly anyNodeAffinityValue: boolean
}

/** Sources in the order in which upstream looks at them. */
const order = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
]
const sources: Readonly<Record<string, SourceCheck>> = { ...sharedSources, ...volumeDiskSources }
const reclaimPolicies = ['Delete', 'Recycle', 'Retain']

/** The source of a persistent volume: every field of its spec that says what is behind it. */
export function sourceOf(spec: Fields): Fields {
  return Object.fromEntries(order.filter((name) => !isAbsent(spec[name])).map((name) => [name, spec[name]]))
}

/**
 * Checks what is behind a persistent volume and who may use it.
 *
 * @see pkg/apis/core/validation/validation.go ValidatePersistentVolumeSpec
 */
export function volumeSpecErrors(
  spec: Fields,
  name: string,
  options: VolumeOptions,
  path: FieldPath,
): readonly FieldError[] {
  const modes = listOf(spec['accessModes'])
  const policy = spec['persistentVolumeReclaimPolicy']
  return [
    ...(modes.length === 0 ? [required(path.child('accessModes'))] : []),
    ...accessModeErrors(modes, path.child('accessModes')),
    ...capacityErrors(mapGiven(spec, 'capacity'), path.child('capacity')),
    ...(isEmpty(policy) ? [] : ifSetOneOf(policy, path.child('persistentVolumeReclaimPolicy'), reclaimPolicies)),
    ...nodeAffinityErrors(spec['nodeAffinity'], options, path.child('nodeAffinity')),
    ...sourceErrors(spec, name, path),
    ...recycleErrors(spec, path.child('persistentVolumeReclaimPolicy')),
    ...(isEmpty(spec['storageClassName'])
      ? []
      : classNameErrors(textOf(spec['storageClassName']), path.child('storageClassName'))),
    ...ifSetOneOf(spec['volumeMode'], path.child('volumeMode'), ['Block', 'Filesystem']),
    ...(options.attributesClass ? attributesClassErrors(spec, path) : []),
  ]
}

const notFilesystem = 'may not specify volumeMode other than Filesystem in the context of inline volumes'
const notInline = 'may not be specified in the context of inline volumes'

/** The same for a volume that an attachment describes itself: only what CSI needs may be said. */
export function inlineVolumeSpecErrors(spec: Fields, path: FieldPath): readonly FieldError[] {
  const modes = listOf(spec['accessModes'])
  const policy = spec['persistentVolumeReclaimPolicy']
  const policyPath = path.child('persistentVolumeReclaimPolicy')
  return [
    ...(isFields(spec['claimRef']) ? [forbidden(path.child('claimRef'), notInline)] : []),
    ...(isEmpty(spec['capacity']) ? [] : [forbidden(path.child('capacity'), notInline)]),
    ...(isFields(spec['csi'])
      ? []
      : [required(path.child('csi'), 'has to be specified in the context of inline volumes')]),
    ...(modes.length === 0 ? [required(path.child('accessModes'))] : []),
    ...accessModeErrors(modes, path.child('accessModes')),
    ...(isEmpty(policy) || policy === 'Retain'
      ? []
      : [forbidden(policyPath, 'may only be Retain in the context of inline volumes')]),
    ...(isFields(spec['nodeAffinity']) ? [forbidden(path.child('nodeAffinity'), notInline)] : []),
    ...sourceErrors(spec, '', path),
    ...recycleErrors(spec, policyPath),
    ...(isEmpty(spec['storageClassName']) ? [] : [forbidden(path.child('storageClassName'), notInline)]),
    ...(isAbsent(spec['volumeMode']) || spec['volumeMode'] === 'Filesystem'
      ? []
      : [forbidden(path.child('volumeMode'), notFilesystem)]),
  ]
}

const classNameErrors = (name: string, path: FieldPath): readonly FieldError[] =>
  invalidEach(path, name, nameIsDNSSubdomain(name, false))

function capacityErrors(capacity: unknown, path: FieldPath): readonly FieldError[] {
  const amounts = fieldsOf(capacity)
  const names = Object.keys(amounts).sort(compareUtf8)
  const errors: FieldError[] = names.length === 0 ? [required(path)] : []
  if (!names.includes('storage') || names.length > 1) {
    errors.push(notSupported(path, isFields(capacity) ? capacity : null, ['storage']))
  }
  for (const name of names) {
    errors.push(...basicResourceErrors(amounts[name], path.key(name)), ...positiveErrors(amounts[name], path.key(name)))
  }
  return errors
}

function nodeAffinityErrors(affinity: unknown, options: VolumeOptions, path: FieldPath): readonly FieldError[] {
  if (!isFields(affinity)) return []
  const selector = affinity['required']
  if (!isFields(selector)) return [required(path.child('required'), 'must specify required node constraints')]
  return nodeSelectorErrors(selector, path.child('required'), options.anyNodeAffinityValue)
}

function sourceErrors(spec: Fields, name: string, path: FieldPath): readonly FieldError[] {
  const used = order.filter((kind) => !isAbsent(spec[kind]))
  if (used.length === 0) return [required(path, 'must specify a volume type')]
  return used.flatMap((kind, index) => {
    // Upstream forgot to count here: a flex volume is checked whatever else there is.
    if (index > 0 && kind !== 'flexVolume') {
      return [forbidden(path.child(excessSpelling[kind] ?? kind), 'may not specify more than 1 volume type')]
    }
    const source = fieldsOf(spec[kind])
    const at = path.child(checkSpelling[kind] ?? kind)
    if (kind === 'iscsi') return iscsiErrors(source, at, { ofPod: false, name })
    const errors = sources[kind]?.(source, at) ?? []
    if (kind !== 'local' || isFields(spec['nodeAffinity'])) return errors
    return [...errors, required(path.child('nodeAffinity'), 'Local volume requires node affinity')]
  })
}

function recycleErrors(spec: Fields, path: FieldPath): readonly FieldError[] {
  const { hostPath } = spec
  if (!isFields(hostPath) || spec['persistentVolumeReclaimPolicy'] !== 'Recycle') return []
  const parts = textOf(hostPath['path'])
    .split('/')
    .filter((part) => part !== '' && part !== '.')
  const root = textOf(hostPath['path']).startsWith('/') && parts.every((part) => part === '..')
  return root ? [forbidden(path, "may not be 'recycle' for a hostPath mount of '/'")] : []
}

function attributesClassErrors(spec: Fields, path: FieldPath): readonly FieldError[] {
  const name = spec['volumeAttributesClassName']
  const at = path.child('volumeAttributesClassName')
  if (isAbsent(name)) return []
  return [
    ...(name === '' ? [required(at, 'an empty string is disallowed')] : classNameErrors(textOf(name), at)),
    ...(isAbsent(spec['csi'])
      ? [required(path.child('csi'), 'has to be specified when using volumeAttributesClassName')]
      : []),
  ]
}
