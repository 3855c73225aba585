import { type FieldPath, getWarningsForIP, quote } from '@kube-bonsai/apimachinery'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { nodeLabelDeprecation, nodeTermWarnings } from '../../core/node-labels.ts'
import { type Fields, fieldsOf, isAbsent, isFields, listOf, numberOf, objectsOf, textOf } from '../../meta/json.ts'
import { containersOf } from '../validation/visit-containers.ts'
import { containerWarnings, fractionWarnings } from './containers.ts'
import { overlapWarnings } from './overlapping-paths.ts'
import { portNameWarnings, portWarnings } from './ports.ts'
import { volumeWarnings } from './volumes.ts'

/** Annotations that did something once, and the field that took their place. */
const deprecatedAnnotations: readonly (readonly [key: string, message: string])[] = [
  ['scheduler.alpha.kubernetes.io/critical-pod', 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ['security.alpha.kubernetes.io/sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
  ['security.alpha.kubernetes.io/unsafe-sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
]

const seccompKey = 'seccomp.security.alpha.kubernetes.io/pod'

/** What is known of the pod or the template that warnings are about. */
export interface WarnedPod {
  readonly spec: Fields
  readonly annotations: Fields
  readonly path: FieldPath
  readonly gates: FeatureGates
  /** Of pods the AppArmor annotations were warned about before, when they became fields. */
  readonly isTemplate: boolean
}

/**
 * Warns of what a pod or a template of pods says that is deprecated, has no effect or surprises.
 *
 * @see pkg/api/pod/warnings.go
 */
export function podWarnings(pod: WarnedPod): readonly string[] {
  const { spec, annotations, path, gates } = pod
  const specPath = path.child('spec')
  const affinity = fieldsOf(spec['affinity'])
  const containers = containersOf(spec, specPath)
  return [
    ...nodeChoiceWarnings(spec, specPath),
    ...spreadWarnings(spec, specPath.child('topologySpreadConstraints')),
    ...annotationWarnings(annotations, path.child('metadata', 'annotations')),
    ...volumeWarnings(spec, specPath.child('volumes'), gates),
    ...overlapWarnings(spec),
    ...repeatWarnings(spec['hostAliases'], 'ip', specPath.child('hostAliases')),
    ...repeatWarnings(spec['imagePullSecrets'], 'name', specPath.child('imagePullSecrets')),
    ...emptySecretWarnings(spec, specPath.child('imagePullSecrets')),
    ...fractionWarnings(spec['overhead'], specPath.child('overhead')),
    ...seccompWarnings(pod),
    ...containerWarnings(pod, containers),
    ...portWarnings(containers),
    ...portNameWarnings(containers),
    ...graceWarnings(spec, specPath),
    ...['podAffinity', 'podAntiAffinity'].flatMap((name) =>
      podTermWarnings(fieldsOf(affinity[name]), specPath.child('affinity', name)),
    ),
    ...addressWarnings(spec, specPath),
  ]
}

function nodeChoiceWarnings(spec: Fields, path: FieldPath): readonly string[] {
  const affinity = fieldsOf(fieldsOf(spec['affinity'])['nodeAffinity'])
  const at = path.child('affinity', 'nodeAffinity')
  const required = fieldsOf(affinity['requiredDuringSchedulingIgnoredDuringExecution'])
  const termsAt = at.child('requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms')
  const preferredAt = at.child('preferredDuringSchedulingIgnoredDuringExecution')
  return [
    ...Object.keys(fieldsOf(spec['nodeSelector']))
      .sort()
      .flatMap((key) => {
        const message = nodeLabelDeprecation(key)
        return message === undefined ? [] : [`${path.child('nodeSelector').key(key)}: ${message}`]
      }),
    ...objectsOf(required['nodeSelectorTerms']).flatMap((term, index) =>
      nodeTermWarnings(term, false, termsAt.index(index)),
    ),
    ...objectsOf(affinity['preferredDuringSchedulingIgnoredDuringExecution']).flatMap(({ preference }, index) =>
      nodeTermWarnings(fieldsOf(preference), true, preferredAt.index(index).child('preference')),
    ),
  ]
}

function spreadWarnings(spec: Fields, path: FieldPath): readonly string[] {
  return objectsOf(spec['topologySpreadConstraints']).flatMap(({ topologyKey, labelSelector }, index) => {
    const key = textOf(topologyKey)
    const message = nodeLabelDeprecation(key)
    return [
      ...(message === undefined ? [] : [`${path.index(index).child('topologyKey')}: ${key} is ${message}`]),
      ...selectorWarnings(labelSelector, path.index(index)),
    ]
  })
}

function selectorWarnings(labelSelector: unknown, path: FieldPath): readonly string[] {
  return isAbsent(labelSelector)
    ? [`${path.child('labelSelector')}: a null labelSelector results in matching no pod`]
    : []
}

function podTermWarnings(affinity: Fields, path: FieldPath): readonly string[] {
  const [required, preferred] = [
    'requiredDuringSchedulingIgnoredDuringExecution',
    'preferredDuringSchedulingIgnoredDuringExecution',
  ] as const
  return [
    ...objectsOf(affinity[required]).flatMap((term, index) =>
      selectorWarnings(term['labelSelector'], path.child(required).index(index)),
    ),
    ...objectsOf(affinity[preferred]).flatMap(({ podAffinityTerm }, index) =>
      selectorWarnings(
        fieldsOf(podAffinityTerm)['labelSelector'],
        path.child(preferred).index(index).child('podAffinityTerm'),
      ),
    ),
  ]
}

function annotationWarnings(annotations: Fields, path: FieldPath): readonly string[] {
  return deprecatedAnnotations
    .filter(([key]) => Object.hasOwn(annotations, key))
    .map(([key, message]) => `${path.key(key)}: ${message}`)
}

/** Warns of items whose `name` an item before them has. */
function repeatWarnings(items: unknown, name: string, path: FieldPath): readonly string[] {
  const seen = new Set<string>()
  return objectsOf(items).flatMap((item, index) => {
    const value = textOf(item[name])
    if (seen.has(value)) return [`${path.index(index).child(name)}: duplicate ${name} ${quote(value)}`]
    seen.add(value)
    return []
  })
}

function emptySecretWarnings(spec: Fields, path: FieldPath): readonly string[] {
  return objectsOf(spec['imagePullSecrets']).flatMap((secret, index) =>
    textOf(secret['name']) === '' ? [`${path.index(index).child('name')}: invalid empty name ""`] : [],
  )
}

function seccompWarnings({ spec, annotations, path }: WarnedPod): readonly string[] {
  if (isFields(fieldsOf(spec['securityContext'])['seccompProfile']) || !Object.hasOwn(annotations, seccompKey))
    return []
  const at = path.child('metadata', 'annotations').key(seccompKey)
  return [`${at}: non-functional in v1.27+; use the "seccompProfile" field instead`]
}

function graceWarnings(spec: Fields, path: FieldPath): readonly string[] {
  if (numberOf(spec['terminationGracePeriodSeconds']) >= 0) return []
  const why = 'must be >= 0; negative values are invalid and will be treated as 1'
  return [`${path.child('terminationGracePeriodSeconds')}: ${why}`]
}

function addressWarnings(spec: Fields, path: FieldPath): readonly string[] {
  const servers = path.child('dnsConfig', 'nameservers')
  return [
    ...listOf(fieldsOf(spec['dnsConfig'])['nameservers']).flatMap((server, index) =>
      getWarningsForIP(servers.index(index), textOf(server)),
    ),
    ...objectsOf(spec['hostAliases']).flatMap(({ ip }, index) =>
      getWarningsForIP(path.child('hostAliases').index(index).child('ip'), textOf(ip)),
    ),
  ]
}
