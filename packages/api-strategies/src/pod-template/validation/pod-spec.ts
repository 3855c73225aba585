import {
  duplicate,
  type FieldError,
  FieldPath,
  forbidden,
  inclusiveRangeMessage,
  invalid,
  nameIsDNSLabel,
  nameIsDNSSubdomain,
  notSupported,
  required,
  validateAnnotations,
  validateLabels,
} from '@kube-bonsai/apimachinery'
import { internalValue } from '../../internal-form/internal-value.ts'
import { invalidEach, labelErrors, named, oneOfErrors, qualifiedNameErrors } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, numberOf, objectsOf, textOf } from '../../meta/json.ts'
import type { StrategyContext } from '../../strategy.ts'
import { affinityErrors } from './affinity.ts'
import { isMirrorPod, podAnnotationErrors } from './annotations.ts'
import { appArmorMismatches } from './app-armor.ts'
import { containersErrors, initContainersErrors, type PodSurroundings } from './containers.ts'
import { dnsErrors, hostAliasErrors } from './dns.ts'
import { fileKeyVolumeErrors } from './env.ts'
import { ephemeralContainersErrors } from './ephemeral-containers.ts'
import { hostNetworkErrors, hostnameOverrideErrors, hostUsersErrors } from './host.ts'
import { labelsOf } from './labels.ts'
import { type PodOptions, podOptions } from './options.ts'
import { podResourcesErrors } from './pod-resources.ts'
import { containerResourceNameErrors, resourceErrors } from './resources.ts'
import { tolerationErrors, topologySpreadErrors } from './scheduling.ts'
import { seccompMismatches } from './seccomp.ts'
import { podSecurityErrors } from './security-context.ts'
import { checkVolumes } from './volumes/volumes.ts'
import { hostProcessErrors, linuxErrors, windowsErrors } from './windows.ts'

const restartPolicies = ['Always', 'OnFailure', 'Never']
const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']
const preemptionPolicies = ['PreemptLowerPriority', 'Never']
const int32Max = 2_147_483_647

/** Checks the spec of a pod or of a pod template. @see pkg/apis/core/validation/validation.go ValidatePodSpec */
export function podSpecErrors(spec: Fields, options: PodOptions, path: FieldPath): readonly FieldError[] {
  const { volumes, errors } = checkVolumes(spec['volumes'], options, path.child('volumes'))
  const grace = spec['terminationGracePeriodSeconds']
  const claims = objectsOf(spec['resourceClaims'])
    .map(({ name }) => textOf(name))
    .filter((name) => name !== '')
  const pod: PodSurroundings = {
    volumes,
    claims,
    restartPolicy: textOf(spec['restartPolicy']),
    grace: isAbsent(grace) ? undefined : numberOf(grace),
    os: isFields(spec['os']) ? textOf(spec['os']['name']) : undefined,
    hostUsers: spec['hostUsers'] !== false,
    options,
  }
  return [
    ...(isAbsent(grace) ? [required(path.child('terminationGracePeriodSeconds'))] : []),
    ...errors,
    ...podClaimErrors(spec['resourceClaims'], options, path.child('resourceClaims')),
    ...containersErrors(spec['containers'], pod, path.child('containers')),
    ...initContainersErrors(spec['initContainers'], spec['containers'], pod, path.child('initContainers')),
    ...ephemeralContainersErrors(spec, pod, path.child('ephemeralContainers')),
    ...podResourcesErrors(spec, claims, options, path.child('resources')),
    ...hostNetworkErrors(spec, options, path),
    ...oneOfErrors(spec['restartPolicy'], path.child('restartPolicy'), restartPolicies),
    ...oneOfErrors(spec['dnsPolicy'], path.child('dnsPolicy'), dnsPolicies),
    ...validateLabels(labelsOf(spec['nodeSelector']), path.child('nodeSelector')),
    ...podSecurityErrors(spec, options, path.child('securityContext')),
    ...affinityErrors(spec['affinity'], options, path.child('affinity')),
    ...dnsErrors(spec, options, path.child('dnsConfig')),
    ...objectsOf(spec['readinessGates']).flatMap(({ conditionType }, index) =>
      qualifiedNameErrors(conditionType, path.child('readinessGates').index(index).child('conditionType')),
    ),
    ...schedulingGateErrors(spec['schedulingGates'], path.child('schedulingGates')),
    ...topologySpreadErrors(spec['topologySpreadConstraints'], options, path.child('topologySpreadConstraints')),
    ...hostProcessErrors(spec, options, path),
    ...hostUsersErrors(spec, options, path),
    ...hostnameOverrideErrors(spec, path.child('hostnameOverride')),
    ...subdomainNames(spec, ['serviceAccountName', 'nodeName'], path),
    ...deadlineErrors(spec['activeDeadlineSeconds'], path.child('activeDeadlineSeconds')),
    ...['hostname', 'subdomain'].flatMap((name) =>
      isEmpty(spec[name]) ? [] : labelErrors(spec[name], path.child(name)),
    ),
    ...tolerationErrors(spec['tolerations'], options, path.child('tolerations')),
    ...hostAliasErrors(spec['hostAliases'], options, path.child('hostAliases')),
    ...subdomainNames(spec, ['priorityClassName'], path),
    ...(isAbsent(spec['runtimeClassName'])
      ? []
      : invalidEach(
          path.child('runtimeClassName'),
          textOf(spec['runtimeClassName']),
          nameIsDNSSubdomain(textOf(spec['runtimeClassName']), false),
        )),
    ...(isAbsent(spec['preemptionPolicy'])
      ? []
      : oneOfErrors(spec['preemptionPolicy'], path.child('preemptionPolicy'), preemptionPolicies)),
    ...overheadErrors(spec['overhead'], options, path.child('overhead')),
    ...osErrors(spec, path),
    ...workloadErrors(spec['workloadRef'], path.child('workloadRef')),
    ...fileKeyVolumeErrors(spec, path),
  ]
}

function subdomainNames(spec: Fields, names: readonly string[], path: FieldPath): readonly FieldError[] {
  return names.flatMap((name) =>
    isEmpty(spec[name]) ? [] : invalidEach(path.child(name), spec[name], nameIsDNSSubdomain(textOf(spec[name]), false)),
  )
}

/** Checks which claims a pod has: each named, each with a claim or the template of one behind it. */
function podClaimErrors(claims: unknown, options: PodOptions, path: FieldPath): readonly FieldError[] {
  const mirror = isMirrorPod(fieldsOf(options.metadata?.['annotations']))
  const names = new Set<string>()
  return objectsOf(claims).flatMap((claim, index) => {
    if (mirror) return [forbidden(FieldPath.of(''), 'static pods do not support resource claims')]
    const at = path.index(index)
    const name = textOf(claim['name'])
    const errors: FieldError[] = []
    if (name === '') errors.push(required(at.child('name')))
    else if (names.has(name)) errors.push(duplicate(at.child('name'), name))
    else errors.push(...labelErrors(name, at.child('name')))
    names.add(name)
    const given = ['resourceClaimName', 'resourceClaimTemplateName'].filter((field) => !isAbsent(claim[field]))
    const value = (): unknown => internalValue('PodResourceClaim', claim)
    if (given.length === 2) {
      const detail = 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'
      errors.push(invalid(at, value(), detail))
    }
    if (given.length === 0) {
      errors.push(invalid(at, value(), 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'))
    }
    for (const field of given) {
      const text = textOf(claim[field])
      errors.push(...invalidEach(at.child(field), text, nameIsDNSSubdomain(text, false)))
    }
    return errors
  })
}

function overheadErrors(overhead: unknown, options: PodOptions, path: FieldPath): readonly FieldError[] {
  if (!isFields(overhead)) return []
  const rules = { nameErrors: containerResourceNameErrors, anyHugePages: options.anyHugePages }
  return resourceErrors({ limits: overhead }, path, rules)
}

function osErrors(spec: Fields, path: FieldPath): readonly FieldError[] {
  if (!isFields(spec['os'])) return []
  const name = textOf(spec['os']['name'])
  if (name === '') return [required(path.child('os', 'name'))]
  if (name === 'linux') return linuxErrors(spec, path)
  return name === 'windows'
    ? windowsErrors(spec, path)
    : [notSupported(path.child('os'), named(name), ['linux', 'windows'])]
}

function workloadErrors(reference: unknown, path: FieldPath): readonly FieldError[] {
  if (!isFields(reference)) return []
  const name = textOf(reference['name'])
  const group = textOf(reference['podGroup'])
  const key = textOf(reference['podGroupReplicaKey'])
  return [
    ...invalidEach(path.child('name'), name, nameIsDNSSubdomain(name, false)),
    ...invalidEach(path.child('podGroup'), group, nameIsDNSLabel(group, false)),
    ...(key === '' ? [] : invalidEach(path.child('podGroupReplicaKey'), key, nameIsDNSLabel(key, false))),
  ]
}

function deadlineErrors(seconds: unknown, path: FieldPath): readonly FieldError[] {
  if (isAbsent(seconds)) return []
  const value = numberOf(seconds)
  return value >= 1 && value <= int32Max ? [] : [invalid(path, value, inclusiveRangeMessage(1, int32Max))]
}

function schedulingGateErrors(gates: unknown, path: FieldPath): readonly FieldError[] {
  const seen = new Set<string>()
  return objectsOf(gates).flatMap((gate, index) => {
    const name = textOf(gate['name'])
    const repeated = seen.has(name)
    seen.add(name)
    const at = path.index(index)
    return [...qualifiedNameErrors(name, at), ...(repeated ? [duplicate(at, name)] : [])]
  })
}

/**
 * Checks a template from which pods are made.
 *
 * @param old the stored template, for an update
 */
export function podTemplateErrors(
  template: Fields,
  context: StrategyContext,
  path: FieldPath,
  old?: Fields,
): readonly FieldError[] {
  const spec = fieldsOf(template['spec'])
  const metadata = fieldsOf(template['metadata'])
  const annotations = fieldsOf(metadata['annotations'])
  const stored = old === undefined ? {} : { old: fieldsOf(old['spec']), oldAnnotations: annotationsOf(old) }
  const options = podOptions({ spec, ...stored }, context)
  const ephemeral = path.child('spec', 'ephemeralContainers')
  return [
    ...validateLabels(labelsOf(metadata['labels']), path.child('labels')),
    ...validateAnnotations(labelsOf(annotations), path.child('annotations')),
    ...podAnnotationErrors(annotations, spec, options, path.child('annotations')),
    ...podSpecErrors(spec, options, path.child('spec')),
    ...seccompMismatches(spec, annotations, path.child('spec')),
    ...appArmorMismatches(spec, annotations, path.child('spec')),
    ...(isEmpty(spec['ephemeralContainers'])
      ? []
      : [forbidden(ephemeral, 'ephemeral containers not allowed in pod template')]),
  ]
}

const annotationsOf = (template: Fields): Fields => fieldsOf(fieldsOf(template['metadata'])['annotations'])

/** Checks a template whose pods run on and on: no other restart policy, no deadline. */
export function lastingTemplateErrors(
  template: Fields,
  kind: string,
  context: StrategyContext,
  path: FieldPath,
  old?: Fields,
): readonly FieldError[] {
  const spec = fieldsOf(template['spec'])
  const policy = spec['restartPolicy']
  const errors = [...podTemplateErrors(template, context, path, old)]
  if (policy !== 'Always') errors.push(notSupported(path.child('spec', 'restartPolicy'), named(policy), ['Always']))
  if (isAbsent(spec['activeDeadlineSeconds'])) return errors
  const detail = `activeDeadlineSeconds in ${kind} is not Supported`
  return [...errors, forbidden(path.child('spec', 'activeDeadlineSeconds'), detail)]
}
