import {
  duplicate,
  type FieldError,
  type FieldPath,
  forbidden,
  nameIsDNSSubdomain,
  required,
} from '@kube-bonsai/apimachinery'
import { invalidEach, labelErrors } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, numberOf, objectsOf, textOf } from '../../meta/json.ts'
import { modeErrors } from './file-modes.ts'
import { localPathErrors } from './volume-mounts.ts'

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

/** Upstream spells these two otherwise in its messages. */
const spelling: Readonly<Record<string, string>> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' }

/** The valid volumes of a pod by name, and what is wrong with the others. */
export interface CheckedVolumes {
  readonly volumes: ReadonlyMap<string, Fields>
  readonly errors: readonly FieldError[]
}

/** Checks the volumes of a pod: named, no name twice, each of one kind. */
export function checkVolumes(volumes: unknown, path: FieldPath): CheckedVolumes {
  const valid = new Map<string, Fields>()
  const errors: FieldError[] = []
  for (const [index, volume] of objectsOf(volumes).entries()) {
    const at = path.index(index)
    const name = textOf(volume['name'])
    const namePath = at.child('name')
    const found = [
      ...sourceErrors(volume, at),
      ...(name === '' ? [required(namePath)] : labelErrors(name, namePath)),
      ...(valid.has(name) ? [duplicate(namePath, name)] : []),
    ]
    if (found.length === 0) valid.set(name, volume)
    else errors.push(...found)
  }
  return { volumes: valid, errors }
}

function sourceErrors(volume: Fields, path: FieldPath): readonly FieldError[] {
  const [first, ...more] = order.filter((name) => !isAbsent(volume[name]))
  if (first === undefined) return [required(path, 'must specify a volume type')]
  return [
    ...oneSourceErrors(first, fieldsOf(volume[first]), path.child(first)),
    ...more.map((name) => forbidden(path.child(spelling[name] ?? name), 'may not specify more than 1 volume type')),
  ]
}

/** The fields without which a source means nothing. */
const needed: Readonly<Record<string, readonly string[]>> = {
  secret: ['secretName'],
  configMap: ['name'],
  persistentVolumeClaim: ['claimName'],
  gitRepo: ['repository'],
  gcePersistentDisk: ['pdName'],
  awsElasticBlockStore: ['volumeID'],
  nfs: ['server', 'path'],
  glusterfs: ['endpoints', 'path'],
  rbd: ['monitors', 'image'],
  cinder: ['volumeID'],
  cephfs: ['monitors'],
  azureFile: ['secretName', 'shareName'],
  vsphereVolume: ['volumePath'],
  photonPersistentDisk: ['pdID'],
  portworxVolume: ['volumeID'],
}

function oneSourceErrors(kind: string, source: Fields, path: FieldPath): readonly FieldError[] {
  const missing = (needed[kind] ?? []).filter((name) => isEmpty(source[name])).map((name) => required(path.child(name)))
  switch (kind) {
    case 'hostPath':
      if (isEmpty(source['path'])) return [required(path.child('path'))]
      return backstepErrors(textOf(source['path']), path.child('path'))
    case 'secret':
    case 'configMap':
      return [
        ...missing,
        ...modeErrors(source['defaultMode'], path.child('defaultMode')),
        ...keyToPathErrors(source['items'], path.child('items')),
      ]
    case 'csi':
      return invalidEach(path.child('driver'), textOf(source['driver']), driverMessages(source))
    default:
      return missing
  }
}

function driverMessages(source: Fields): readonly string[] {
  return isEmpty(source['driver']) ? [] : nameIsDNSSubdomain(textOf(source['driver']).toLowerCase(), false)
}

function backstepErrors(text: string, path: FieldPath): readonly FieldError[] {
  return text.split('/').includes('..') ? invalidEach(path, text, ["must not contain '..'"]) : []
}

function keyToPathErrors(items: unknown, path: FieldPath): readonly FieldError[] {
  return objectsOf(items).flatMap(({ key, path: file, mode }, index) => {
    const at = path.index(index)
    return [
      ...(isEmpty(key) ? [required(at.child('key'))] : []),
      ...(isEmpty(file) ? [required(at.child('path'))] : localPathErrors(textOf(file), at.child('path'))),
      ...(isAbsent(mode) ? [] : modeErrors(numberOf(mode), at.child('mode'))),
    ]
  })
}
