import type { FieldPath } from '@kube-bonsai/apimachinery'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { claimSpecWarnings } from '../../core/persistent-volume-claim/warnings.ts'
import { type Fields, fieldsOf, isAbsent, isFields, objectsOf } from '../../meta/json.ts'

/** Types of volumes that are going or gone, and since when; in upstream's order, the claim templates between them. */
const before: readonly (readonly [source: string, since: string])[] = [
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
]

const after: typeof before = [
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
]

/** Upstream spells the field so in warnings. */
const spelling: Readonly<Record<string, string>> = { storageos: 'storageOS' }

/** Warns of types of volumes that are deprecated or gone, and of parts of bytes in templates of claims. */
export function volumeWarnings(spec: Fields, path: FieldPath, gates: FeatureGates): readonly string[] {
  const git = `deprecated in v1.11${gates.enabled('GitRepoVolumeDriver') ? '' : ', and disabled by default in v1.33+'}`
  const photon = 'deprecated in v1.11, non-functional in v1.16+'
  return objectsOf(spec['volumes']).flatMap((volume, index) => {
    const at = path.index(index)
    const warn = ([source, since]: readonly [string, string]): readonly string[] =>
      isAbsent(volume[source]) ? [] : [`${at.child(spelling[source] ?? source)}: ${since}`]
    const template = fieldsOf(volume['ephemeral'])['volumeClaimTemplate']
    const claimPath = at.child('ephemeral', 'volumeClaimTemplate', 'spec')
    return [
      ...warn(['photonPersistentDisk', photon]),
      ...warn(['gitRepo', git]),
      ...before.flatMap(warn),
      ...(isFields(template) ? claimSpecWarnings(fieldsOf(template['spec']), claimPath) : []),
      ...after.flatMap(warn),
    ]
  })
}
