import {
  type FieldError,
  FieldPath,
  forbidden,
  invalid,
  isValidIPForLegacyField,
  nameIsDNSSubdomain,
  validateImmutableField,
} from '@kube-bonsai/apimachinery'
import { internalList } from '../../internal-form/internal-value.ts'
import { invalidEach, qualifiedNameErrors } from '../../meta/checks.ts'
import { isDualStack } from '../../meta/ip-families.ts'
import { type Fields, fieldsOf, isEmpty, listOf, numberOf, objectsOf, textOf } from '../../meta/json.ts'
import { podAnnotationUpdateErrors } from '../../pod-template/validation/annotations.ts'
import type { PodOptions } from '../../pod-template/validation/options.ts'
import type { StrategyContext } from '../../strategy.ts'
import { claimStatusErrors, extendedClaimErrors } from './claim-status-validation.ts'
import { allocatedResourceErrors, noAllocatedResourceErrors, userErrors } from './container-status-validation.ts'
import { ephemeralTransitionErrors, restartTransitionErrors } from './restart-transitions.ts'
import { annotationsOf, annotationsPath, optionsOf } from './validation.ts'

const path = FieldPath.of('status')
const systemConditions = ['PodScheduled', 'Ready', 'Initialized']
const notNegative = 'must be a non-negative integer'

/** Checks a change of `pods/status`. @see pkg/apis/core/validation/validation.go ValidatePodStatusUpdate */
export function podStatusErrors(pod: Fields, old: Fields, context: StrategyContext): readonly FieldError[] {
  const options = optionsOf(pod, old, context)
  const spec = fieldsOf(pod['spec'])
  const status = fieldsOf(pod['status'])
  const stored = fieldsOf(old['status'])
  const generation = numberOf(status['observedGeneration'])
  const transitions = (list: 'containers' | 'initContainers', name: string): readonly FieldError[] =>
    restartTransitionErrors(list, status[name], stored[name], fieldsOf(old['spec']), options, path.child(name))
  const lists = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses']
  return [
    ...podAnnotationUpdateErrors(annotationsOf(pod), annotationsOf(old), spec, options, annotationsPath),
    ...conditionErrors(status['conditions']),
    ...nominationErrors(status, old, context),
    ...(generation < 0 ? [invalid(path.child('observedGeneration'), generation, notNegative)] : []),
    ...validateImmutableField(textOf(status['qosClass']), textOf(stored['qosClass']), path.child('qosClass')),
    ...transitions('containers', 'containerStatuses'),
    ...transitions('initContainers', 'initContainerStatuses'),
    ...ephemeralTransitionErrors(
      status['ephemeralContainerStatuses'],
      stored['ephemeralContainerStatuses'],
      path.child('ephemeralContainerStatuses'),
    ),
    ...claimStatusErrors(status['resourceClaimStatuses'], spec, path.child('resourceClaimStatuses')),
    ...extendedClaimErrors(status['extendedResourceClaimStatus'], spec, path.child('extendedResourceClaimStatus')),
    ...addressErrors('podIPs', status, stored, options),
    ...hostAddressErrors(status, stored, options),
    ...lists.flatMap((name) => userErrors(status[name], spec, path.child(name))),
    ...allocatedResourceErrors(status['containerStatuses'], spec['containers'], path.child('containerStatuses')),
    ...allocatedResourceErrors(
      status['initContainerStatuses'],
      spec['initContainers'],
      path.child('initContainerStatuses'),
    ),
    ...noAllocatedResourceErrors(status['ephemeralContainerStatuses'], path.child('ephemeralContainerStatuses')),
  ]
}

function conditionErrors(conditions: unknown): readonly FieldError[] {
  return objectsOf(conditions).flatMap(({ type, observedGeneration }, index) => {
    const at = path.child('conditions').index(index)
    const generation = numberOf(observedGeneration)
    return [
      ...(generation < 0 ? [invalid(at.child('observedGeneration'), generation, notNegative)] : []),
      ...(systemConditions.includes(textOf(type)) ? [] : qualifiedNameErrors(type, at.child('Type'))),
    ]
  })
}

function nominationErrors(status: Fields, old: Fields, context: StrategyContext): readonly FieldError[] {
  const node = textOf(status['nominatedNodeName'])
  const at = path.child('nominatedNodeName')
  if (node === '' || node === fieldsOf(old['status'])['nominatedNodeName']) return []
  const errors = invalidEach(at, node, nameIsDNSSubdomain(node, false))
  const bound = !isEmpty(fieldsOf(old['spec'])['nodeName'])
  if (!bound || !context.gates.enabled('ClearingNominatedNodeNameAfterBinding')) return errors
  return [...errors, forbidden(at, 'may not be set on pods that are already bound to a node')]
}

const ipsOf = (list: unknown): readonly string[] => objectsOf(list).map(({ ip }) => textOf(ip))

function addressErrors(
  name: 'podIPs' | 'hostIPs',
  status: Fields,
  stored: Fields,
  { gates }: PodOptions,
): readonly FieldError[] {
  const at = path.child(name)
  const addresses = ipsOf(status[name])
  const rules = { strict: gates.enabled('StrictIPCIDRValidation'), oldValues: ipsOf(stored[name]) }
  const errors = addresses.flatMap((address, index) => isValidIPForLegacyField(at.index(index), address, rules))
  if (addresses.length <= 1 || (isDualStack(addresses) && addresses.length === 2)) return errors
  const value = internalList(name === 'podIPs' ? 'PodIP' : 'HostIP', listOf(status[name]))
  return [...errors, invalid(at, value, 'may specify no more than one IP for each IP family')]
}

function hostAddressErrors(status: Fields, stored: Fields, options: PodOptions): readonly FieldError[] {
  const [first] = ipsOf(status['hostIPs'])
  if (first === undefined) return []
  const errors = addressErrors('hostIPs', status, stored, options)
  if (first === textOf(status['hostIP'])) return errors
  return [invalid(path.child('hostIPs').index(0).child('ip'), first, 'must be equal to `hostIP`'), ...errors]
}
