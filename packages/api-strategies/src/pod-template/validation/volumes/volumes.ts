import {
  duplicate,
  type FieldError,
  type FieldPath,
  forbidden,
  invalid,
  nameIsDNSSubdomain,
  quote,
  required,
  validateAnnotations,
  validateLabels,
} from '@kube-bonsai/apimachinery'
import {
  claimOptions,
  claimSpecErrors,
  templateMetadataErrors,
} from '../../../core/persistent-volume-claim/spec-validation.ts'
import { invalidEach, labelErrors, oneOfErrors } from '../../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, objectsOf, textOf } from '../../../meta/json.ts'
import { labelsOf } from '../labels.ts'
import type { PodOptions } from '../options.ts'
import { quantityOf } from '../quantities.ts'
import { inlineCSIErrors } from './csi.ts'
import { podDiskSources, type SourceCheck, sharedSources } from './disk-sources.ts'
import { downwardAPIErrors, keyedFilesErrors } from './file-sources.ts'
import { initiatorTooLong, initiatorTooLongError } from './iscsi.ts'
import { projectedErrors } from './projected.ts'

/** Sources in the order in which upstream looks at them: all but the first are too many. */
const order = [
  'emptyDir',
  'hostPath',
  'gitRepo',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'glusterfs',
  'flocker',
  'persistentVolumeClaim',
  'rbd',
  'cinder',
  'cephfs',
  'quobyte',
  'downwardAPI',
  'fc',
  'flexVolume',
  'configMap',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'storageos',
  'projected',
  'scaleIO',
  'csi',
  'ephemeral',
  'image',
]

/** Upstream spells these two otherwise where there are too many. */
export const excessSpelling: Readonly<Record<string, string>> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' }
/** And this one where it is checked. */
export const checkSpelling: Readonly<Record<string, string>> = { gcePersistentDisk: 'persistentDisk' }

const sources: Readonly<Record<string, SourceCheck>> = { ...sharedSources, ...podDiskSources }

/** The valid volumes of a pod by name, and what is wrong with the others. */
export interface CheckedVolumes {
  readonly volumes: ReadonlyMap<string, Fields>
  readonly errors: readonly FieldError[]
}

/** Checks the volumes of a pod: named, no name twice, each of one kind. */
export function checkVolumes(volumes: unknown, options: PodOptions, path: FieldPath): CheckedVolumes {
  const list = objectsOf(volumes)
  const pod = textOf(options.metadata?.['name'])
  const made = new Set(list.filter(({ ephemeral }) => isFields(ephemeral)).map(({ name }) => `${pod}-${textOf(name)}`))
  const valid = new Map<string, Fields>()
  const errors: FieldError[] = []
  for (const [index, volume] of list.entries()) {
    const at = path.index(index)
    const name = textOf(volume['name'])
    const namePath = at.child('name')
    const found = [
      ...sourceErrors(volume, options, at),
      ...(name === '' ? [required(namePath)] : labelErrors(name, namePath)),
      ...(valid.has(name) ? [duplicate(namePath, name)] : []),
    ]
    if (found.length === 0) valid.set(name, volume)
    else errors.push(...found)
    const claim = textOf(fieldsOf(volume['persistentVolumeClaim'])['claimName'])
    if (pod !== '' && claim !== '' && made.has(claim)) {
      const detail = 'must not reference a PVC that gets created for an ephemeral volume'
      errors.push(invalid(at.child('persistentVolumeClaim', 'claimName'), claim, detail))
    }
  }
  return { volumes: valid, errors }
}

function sourceErrors(volume: Fields, options: PodOptions, path: FieldPath): readonly FieldError[] {
  const used = order.filter((name) => !isAbsent(volume[name]))
  if (used.length === 0) return [required(path, 'must specify a volume type')]
  const name = textOf(volume['name'])
  return used.flatMap((kind, index) => {
    const source = fieldsOf(volume[kind])
    const errors =
      index === 0
        ? oneSourceErrors(kind, source, name, options, path)
        : [forbidden(path.child(excessSpelling[kind] ?? kind), 'may not specify more than 1 volume type')]
    return kind === 'iscsi' && initiatorTooLong(name, source) ? [...errors, initiatorTooLongError(name, path)] : errors
  })
}

function oneSourceErrors(
  kind: string,
  source: Fields,
  volume: string,
  options: PodOptions,
  parent: FieldPath,
): readonly FieldError[] {
  const path = parent.child(checkSpelling[kind] ?? kind)
  switch (kind) {
    case 'emptyDir': {
      const limit = source['sizeLimit']
      if (isAbsent(limit) || quantityOf(limit).sign() >= 0) return []
      return [forbidden(path.child('sizeLimit'), 'SizeLimit field must be a valid resource quantity')]
    }
    case 'secret':
      return keyedFilesErrors(source, 'secretName', path)
    case 'configMap':
      return keyedFilesErrors(source, 'name', path)
    case 'downwardAPI':
      return downwardAPIErrors(source, path)
    case 'projected':
      return projectedErrors(source, options, path)
    case 'csi':
      return inlineCSIErrors(source, path)
    case 'ephemeral':
      return [...ephemeralErrors(source, options, path), ...claimNameErrors(volume, options, parent.child('name'))]
    case 'image':
      return [
        ...(options.isPod && isEmpty(source['reference']) ? [required(path.child('reference'))] : []),
        ...oneOfErrors(source['pullPolicy'], path.child('pullPolicy'), ['Always', 'IfNotPresent', 'Never']),
      ]
    default:
      return sources[kind]?.(source, path) ?? []
  }
}

/** Checks the claim that is made for a pod and goes with it. */
function ephemeralErrors(source: Fields, options: PodOptions, path: FieldPath): readonly FieldError[] {
  const template = source['volumeClaimTemplate']
  const at = path.child('volumeClaimTemplate')
  if (!isFields(template)) return [required(at)]
  const metadata = fieldsOf(template['metadata'])
  const claim = { ...claimOptions(undefined, { gates: options.gates, now: '' }), recoverExpansion: false }
  return [
    ...validateAnnotations(labelsOf(metadata['annotations']), at.child('metadata', 'annotations')),
    ...validateLabels(labelsOf(metadata['labels']), at.child('metadata', 'labels')),
    ...templateMetadataErrors(metadata, at.child('metadata')),
    ...claimSpecErrors(fieldsOf(template['spec']), claim, at.child('spec')),
  ]
}

/** The claim of an ephemeral volume is named after its pod and the volume. */
function claimNameErrors(volume: string, options: PodOptions, path: FieldPath): readonly FieldError[] {
  const pod = textOf(options.metadata?.['name'])
  if (pod === '' || volume === '') return []
  const name = `${pod}-${volume}`
  const messages = nameIsDNSSubdomain(name, false).map((message) => `PVC name ${quote(name)}: ${message}`)
  return invalidEach(path, volume, messages)
}
