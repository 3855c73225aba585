import {
  compareUtf8,
  type FieldError,
  type FieldPath,
  invalid,
  notSupported,
  required,
} from '@kube-bonsai/apimachinery'
import { ifSetOneOf, labelErrors, missingErrors, subdomainErrors } from '../../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, listOf, numberOf, textOf } from '../../../meta/json.ts'
import { csiDriverNameErrors } from './csi.ts'
import { iscsiErrors } from './iscsi.ts'
import { backstepErrors, descendingPathErrors } from './paths.ts'

/** Checks one source of a volume, which pods and persistent volumes share. */
export type SourceCheck = (source: Fields, path: FieldPath) => readonly FieldError[]

const hostPathTypes = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
]

/** Checks a path of the host. */
export function hostPathErrors(source: Fields, path: FieldPath): readonly FieldError[] {
  if (isEmpty(source['path'])) return [required(path.child('path'))]
  return [
    ...backstepErrors(textOf(source['path']), path.child('path')),
    ...ifSetOneOf(source['type'], path.child('type'), hostPathTypes),
  ]
}

const needs =
  (...names: readonly string[]): SourceCheck =>
  (source, path) =>
    missingErrors(source, path, names)

/** A disk of a cloud with a partition; upstream names the range of its message from 1 though 0 is fine. */
const partitioned =
  (name: string): SourceCheck =>
  (source, path) => {
    const partition = numberOf(source['partition'])
    const errors = missingErrors(source, path, [name])
    if (partition >= 0 && partition <= 255) return errors
    return [...errors, invalid(path.child('partition'), partition, 'must be between 1 and 255, inclusive')]
  }

function nfsErrors(source: Fields, path: FieldPath): readonly FieldError[] {
  const text = textOf(source['path'])
  const errors = missingErrors(source, path, ['server', 'path'])
  return text.startsWith('/') ? errors : [...errors, invalid(path.child('path'), text, 'must be an absolute path')]
}

function flockerErrors(source: Fields, path: FieldPath): readonly FieldError[] {
  const name = textOf(source['datasetName'])
  const noUUID = isEmpty(source['datasetUUID'])
  const errors: FieldError[] = []
  if (name === '' && noUUID) errors.push(required(path, 'one of datasetName and datasetUUID is required'))
  if (name !== '' && !noUUID) {
    errors.push(invalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'))
  }
  if (name.includes('/')) errors.push(invalid(path.child('datasetName'), name, "must not contain '/'"))
  return errors
}

const hostPorts = 'must be a host:port pair or multiple pairs separated by commas'

function quobyteErrors(source: Fields, path: FieldPath): readonly FieldError[] {
  const registry = textOf(source['registry'])
  const errors: FieldError[] = []
  if (registry === '') errors.push(required(path.child('registry'), hostPorts))
  else if (textOf(source['tenant']).length >= 65) {
    errors.push(required(path.child('tenant'), 'must be a UUID and may not exceed a length of 64 characters'))
  } else {
    for (const pair of registry.split(',')) {
      if (!isHostPort(pair)) errors.push(invalid(path.child('registry'), registry, hostPorts))
    }
  }
  return [...errors, ...missingErrors(source, path, ['volume'])]
}

/** Whether Go's `net.SplitHostPort` takes a text. */
function isHostPort(text: string): boolean {
  const bracketed = /^\[([^[\]]*)\]:([^:[\]]*)$/
  return bracketed.test(text) || /^[^:[\]]*:[^:[\]]*$/.test(text)
}

function fcErrors(source: Fields, path: FieldPath): readonly FieldError[] {
  const names = listOf(source['targetWWNs'])
  const ids = listOf(source['wwids'])
  const at = path.child('targetWWNs')
  const errors: FieldError[] = []
  if (names.length === 0 && ids.length === 0) {
    errors.push(required(at, 'must specify either targetWWNs or wwids, but not both'))
  }
  if (names.length > 0 && ids.length > 0) {
    errors.push(invalid(at, names, 'targetWWNs and wwids can not be specified simultaneously'))
  }
  if (names.length === 0) return errors
  const { lun } = source
  if (isAbsent(lun)) return [...errors, required(path.child('lun'), 'lun is required if targetWWNs is specified')]
  return [...errors, ...lunErrors(lun, path.child('lun'))]
}

/** Checks the number of a logical unit. */
export function lunErrors(lun: unknown, path: FieldPath): readonly FieldError[] {
  const value = numberOf(lun)
  return value >= 0 && value <= 255 ? [] : [invalid(path, value, 'must be between 0 and 255, inclusive')]
}

function flexErrors(source: Fields, path: FieldPath): readonly FieldError[] {
  const errors = [...missingErrors(source, path, ['driver'])]
  for (const key of Object.keys(fieldsOf(source['options'])).sort(compareUtf8)) {
    const cut = key.indexOf('/')
    const namespace = `.${(cut < 0 ? key : key.slice(0, cut)).toLowerCase()}`
    if (!namespace.endsWith('.kubernetes.io') && !namespace.endsWith('.k8s.io')) continue
    const detail = 'kubernetes.io and k8s.io namespaces are reserved'
    errors.push(invalid(path.child('options').key(key), key, detail))
  }
  return errors
}

const managedURI = '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}'
const blobURI = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd'

function azureDiskErrors(source: Fields, path: FieldPath): readonly FieldError[] {
  const { cachingMode, kind } = source
  const uri = textOf(source['diskURI'])
  const errors = [
    ...missingErrors(source, path, ['diskName', 'diskURI']),
    ...ifSetOneOf(cachingMode, path.child('cachingMode'), ['None', 'ReadOnly', 'ReadWrite']),
    ...ifSetOneOf(kind, path.child('kind'), ['Dedicated', 'Managed', 'Shared']),
  ]
  if (isAbsent(kind)) return errors
  const [start, shown] = kind === 'Managed' ? ['/subscriptions/', managedURI] : ['https://', blobURI]
  return uri.startsWith(start) ? errors : [...errors, notSupported(path.child('diskURI'), uri, [shown])]
}

/** A reference to a secret; a persistent volume must name its namespace too. */
const secretRef =
  (names: readonly string[]): SourceCheck =>
  (source, path) =>
    isFields(source['secretRef']) ? missingErrors(source['secretRef'], path.child('secretRef'), names) : []

const storageOSErrors =
  (secretNames: readonly string[]): SourceCheck =>
  (source, path) => {
    const { volumeName, volumeNamespace } = source
    return [
      ...(isEmpty(volumeName)
        ? [required(path.child('volumeName'))]
        : labelErrors(volumeName, path.child('volumeName'))),
      ...(isEmpty(volumeNamespace) ? [] : labelErrors(volumeNamespace, path.child('volumeNamespace'))),
      ...secretRef(secretNames)(source, path),
    ]
  }

function localErrors(source: Fields, path: FieldPath): readonly FieldError[] {
  if (isEmpty(source['path'])) return [required(path.child('path'))]
  return backstepErrors(textOf(source['path']), path.child('path'))
}

const inPod = ['name']
const inVolume = ['name', 'namespace']

/** Sources that pods and persistent volumes have alike. */
export const sharedSources: Readonly<Record<string, SourceCheck>> = {
  hostPath: hostPathErrors,
  gcePersistentDisk: partitioned('pdName'),
  awsElasticBlockStore: partitioned('volumeID'),
  nfs: nfsErrors,
  flocker: flockerErrors,
  quobyte: quobyteErrors,
  rbd: needs('monitors', 'image'),
  cephfs: needs('monitors'),
  fc: fcErrors,
  flexVolume: flexErrors,
  vsphereVolume: needs('volumePath'),
  photonPersistentDisk: needs('pdID'),
  portworxVolume: needs('volumeID'),
  azureDisk: azureDiskErrors,
  scaleIO: needs('gateway', 'system', 'volumeName'),
}

/** Sources of a pod that persistent volumes have otherwise or not at all. */
export const podDiskSources: Readonly<Record<string, SourceCheck>> = {
  gitRepo: (source, path) => [
    ...missingErrors(source, path, ['repository']),
    ...descendingPathErrors(textOf(source['directory']), path.child('directory')),
  ],
  iscsi: (source, path) => iscsiErrors(source, path, { ofPod: true }),
  glusterfs: needs('endpoints', 'path'),
  persistentVolumeClaim: needs('claimName'),
  cinder: (source, path) => [...missingErrors(source, path, ['volumeID']), ...secretRef(inPod)(source, path)],
  azureFile: needs('secretName', 'shareName'),
  storageos: storageOSErrors(inPod),
}

/** Sources of a persistent volume that pods have otherwise or not at all. */
export const volumeDiskSources: Readonly<Record<string, SourceCheck>> = {
  glusterfs: (source, path) => [
    ...missingErrors(source, path, ['endpoints', 'path']),
    ...endpointsNamespaceErrors(source['endpointsNamespace'], path.child('endpointsNamespace')),
  ],
  cinder: (source, path) => [...missingErrors(source, path, ['volumeID']), ...secretRef(inVolume)(source, path)],
  azureFile: (source, path) => [
    ...missingErrors(source, path, ['secretName', 'shareName']),
    ...(source['secretNamespace'] === '' ? [required(path.child('secretNamespace'))] : []),
  ],
  storageos: storageOSErrors(inVolume),
  local: localErrors,
  csi: persistentCSIErrors,
}

function endpointsNamespaceErrors(namespace: unknown, path: FieldPath): readonly FieldError[] {
  if (isAbsent(namespace)) return []
  if (namespace !== '') return labelErrors(namespace, path)
  return [invalid(path, '', 'if the endpointnamespace is set, it must be a valid namespace name')]
}

const csiSecrets = [
  'controllerPublishSecretRef',
  'controllerExpandSecretRef',
  'nodePublishSecretRef',
  'nodeExpandSecretRef',
]

function persistentCSIErrors(source: Fields, path: FieldPath): readonly FieldError[] {
  return [
    ...csiDriverNameErrors(source['driver'], path.child('driver')),
    ...missingErrors(source, path, ['volumeHandle']),
    ...csiSecrets.flatMap((name) => {
      const reference = source[name]
      return isFields(reference) ? secretReferenceErrors(reference, path.child(name)) : []
    }),
  ]
}

function secretReferenceErrors(reference: Fields, path: FieldPath): readonly FieldError[] {
  const { name, namespace } = reference
  return [
    ...(isEmpty(name) ? [required(path.child('name'))] : subdomainErrors(name, path.child('name'))),
    ...(isEmpty(namespace) ? [required(path.child('namespace'))] : labelErrors(namespace, path.child('namespace'))),
  ]
}
