import { FieldPath } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isAbsent, objectsOf } from '../../meta/json.ts'
import { nodeTermWarnings } from '../node-labels.ts'

const specPath = FieldPath.of('spec')
const annotations: readonly (readonly [string, string])[] = [
  ['volume.beta.kubernetes.io/storage-class', 'deprecated since v1.8; use "storageClassName" attribute instead'],
  ['volume.beta.kubernetes.io/mount-options', 'deprecated since v1.31; use "mountOptions" attribute instead'],
]
const sources: readonly (readonly [string, string, string])[] = [
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
]

/** Warns of what a volume says that is deprecated. @see pkg/api/persistentvolume/util.go */
export function volumeWarnings(volume: Fields): readonly string[] {
  const given = fieldsOf(fieldsOf(volume['metadata'])['annotations'])
  const spec = fieldsOf(volume['spec'])
  const policyPath = specPath.child('persistentVolumeReclaimPolicy')
  const termsPath = specPath.child('nodeAffinity', 'required', 'nodeSelectorTerms')
  const required = fieldsOf(fieldsOf(spec['nodeAffinity'])['required'])
  return [
    ...annotations
      .filter(([key]) => Object.hasOwn(given, key))
      .map(([key, message]) => `${FieldPath.of('metadata').child('annotations').key(key)}: ${message}`),
    ...(spec['persistentVolumeReclaimPolicy'] === 'Recycle'
      ? [
          `${policyPath}: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.`,
        ]
      : []),
    ...objectsOf(required['nodeSelectorTerms']).flatMap((term, index) =>
      nodeTermWarnings(term, false, termsPath.index(index)),
    ),
    ...sources
      .filter(([name]) => !isAbsent(spec[name]))
      .map(([, shown, message]) => `${specPath.child(shown)}: ${message}`),
  ]
}
