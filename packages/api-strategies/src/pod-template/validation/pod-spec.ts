import {
  duplicate,
  type FieldError,
  type FieldPath,
  forbidden,
  inclusiveRangeMessage,
  invalid,
  isQualifiedName,
  nameIsDNSSubdomain,
  notSupported,
  required,
  validateAnnotations,
  validateLabels,
} from '@kube-bonsai/apimachinery'
import { invalidEach, labelErrors, oneOfErrors } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, numberOf, objectsOf, textOf } from '../../meta/json.ts'
import type { StrategyContext } from '../../strategy.ts'
import { affinityErrors } from './affinity.ts'
import { containersErrors, initContainersErrors, type PodSurroundings } from './containers.ts'
import { ephemeralContainersErrors } from './ephemeral-containers.ts'
import { labelsOf } from './labels.ts'
import { podResourceNameErrors, quantityErrors, resourceErrors, resourceNameErrors } from './resources.ts'
import { tolerationErrors, topologySpreadErrors } from './scheduling.ts'
import { checkVolumes } from './volumes.ts'

const restartPolicies = ['Always', 'OnFailure', 'Never']
const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']
const preemptionPolicies = ['PreemptLowerPriority', 'Never']
const int32Max = 2_147_483_647

/** Checks the spec of a pod or of a pod template. @see pkg/apis/core/validation/validation.go ValidatePodSpec */
export function podSpecErrors(spec: Fields, context: StrategyContext, path: FieldPath): readonly FieldError[] {
  const { volumes, errors } = checkVolumes(spec['volumes'], path.child('volumes'))
  const grace = spec['terminationGracePeriodSeconds']
  const pod: PodSurroundings = {
    volumes,
    claims: objectsOf(spec['resourceClaims']).map(({ name }) => textOf(name)),
    restartPolicy: textOf(spec['restartPolicy']),
    grace: numberOf(grace),
    context,
  }
  return [
    ...(isAbsent(grace) ? [required(path.child('terminationGracePeriodSeconds'))] : []),
    ...errors,
    ...containersErrors(spec['containers'], pod, path.child('containers')),
    ...initContainersErrors(spec['initContainers'], spec['containers'], pod, path.child('initContainers')),
    ...ephemeralContainersErrors(spec, pod, path.child('ephemeralContainers')),
    ...podResourcesErrors(spec, context, path.child('resources')),
    ...oneOfErrors(spec['restartPolicy'], path.child('restartPolicy'), restartPolicies),
    ...oneOfErrors(spec['dnsPolicy'], path.child('dnsPolicy'), dnsPolicies),
    ...validateLabels(labelsOf(spec['nodeSelector']), path.child('nodeSelector')),
    ...affinityErrors(spec['affinity'], path.child('affinity')),
    ...schedulingGateErrors(spec['schedulingGates'], path.child('schedulingGates')),
    ...topologySpreadErrors(spec['topologySpreadConstraints'], path.child('topologySpreadConstraints')),
    ...nameErrors(spec, path),
    ...deadlineErrors(spec['activeDeadlineSeconds'], path.child('activeDeadlineSeconds')),
    ...tolerationErrors(spec['tolerations'], path.child('tolerations')),
    ...(isAbsent(spec['preemptionPolicy'])
      ? []
      : oneOfErrors(spec['preemptionPolicy'], path.child('preemptionPolicy'), preemptionPolicies)),
    ...overheadErrors(spec['overhead'], path.child('overhead')),
  ]
}

function podResourcesErrors(spec: Fields, context: StrategyContext, path: FieldPath): readonly FieldError[] {
  const { resources } = spec
  if (!isFields(resources) || !context.gates.enabled('PodLevelResources')) return []
  const claims = isAbsent(resources['claims'])
    ? []
    : [forbidden(path.child('claims'), 'claims may not be set for Resources at pod-level')]
  return [...claims, ...resourceErrors(resources, path, podResourceNameErrors)]
}

function overheadErrors(overhead: unknown, path: FieldPath): readonly FieldError[] {
  return Object.entries(fieldsOf(overhead)).flatMap(([name, amount]) => {
    const at = path.child('limits').key(name)
    return [...resourceNameErrors(name, at), ...quantityErrors(name, amount, at)]
  })
}

function nameErrors(spec: Fields, path: FieldPath): readonly FieldError[] {
  const subdomains = ['serviceAccountName', 'nodeName', 'priorityClassName', 'runtimeClassName']
  return [
    ...subdomains.flatMap((name) =>
      isEmpty(spec[name])
        ? []
        : invalidEach(path.child(name), spec[name], nameIsDNSSubdomain(textOf(spec[name]), false)),
    ),
    ...['hostname', 'subdomain'].flatMap((name) =>
      isEmpty(spec[name]) ? [] : labelErrors(spec[name], path.child(name)),
    ),
  ]
}

function deadlineErrors(seconds: unknown, path: FieldPath): readonly FieldError[] {
  if (isAbsent(seconds)) return []
  const value = numberOf(seconds)
  return value >= 1 && value <= int32Max ? [] : [invalid(path, value, inclusiveRangeMessage(1, int32Max))]
}

function schedulingGateErrors(gates: unknown, path: FieldPath): readonly FieldError[] {
  const seen = new Set<unknown>()
  return objectsOf(gates).flatMap(({ name = '' }, index) => {
    const repeated = seen.has(name)
    seen.add(name)
    const at = path.index(index)
    return [...invalidEach(at, name, isQualifiedName(textOf(name))), ...(repeated ? [duplicate(at, name)] : [])]
  })
}

/** Checks a template from which pods are made. */
export function podTemplateErrors(template: Fields, context: StrategyContext, path: FieldPath): readonly FieldError[] {
  const spec = fieldsOf(template['spec'])
  const metadata = fieldsOf(template['metadata'])
  const ephemeral = path.child('spec', 'ephemeralContainers')
  return [
    ...validateLabels(labelsOf(metadata['labels']), path.child('labels')),
    ...validateAnnotations(labelsOf(metadata['annotations']), path.child('annotations')),
    ...podSpecErrors(spec, context, path.child('spec')),
    ...(isEmpty(spec['ephemeralContainers'])
      ? []
      : [forbidden(ephemeral, 'ephemeral containers not allowed in pod template')]),
  ]
}

/** Checks a template whose pods run on and on: no other restart policy, no deadline. */
export function lastingTemplateErrors(
  template: Fields,
  kind: string,
  context: StrategyContext,
  path: FieldPath,
): readonly FieldError[] {
  const spec = fieldsOf(template['spec'])
  const policy = spec['restartPolicy']
  const errors = [...podTemplateErrors(template, context, path)]
  if (policy !== 'Always') errors.push(notSupported(path.child('spec', 'restartPolicy'), policy, ['Always']))
  if (isAbsent(spec['activeDeadlineSeconds'])) return errors
  const detail = `activeDeadlineSeconds in ${kind} is not Supported`
  return [...errors, forbidden(path.child('spec', 'activeDeadlineSeconds'), detail)]
}
