import {
  compareUtf8,
  dnsSubdomainMaxLength,
  duplicate,
  type FieldError,
  FieldPath,
  forbidden,
  invalid,
  isConfigMapKey,
  isValidCIDRForLegacyField,
  isValidLabelValue,
  nameIsDNSLabel,
  nameIsDNSSubdomain,
  quote,
  required,
  validateLabelName,
} from '@kube-bonsai/apimachinery'
import { internalValue } from '../../internal-form/internal-value.ts'
import { invalidEach, notPositiveErrors, requiredThen } from '../../meta/checks.ts'
import { isDualStackCIDRs } from '../../meta/ip-families.ts'
import { type Fields, fieldsOf, isEmpty, isFields, listOf, objectsOf, textOf } from '../../meta/json.ts'
import { quantityErrors } from '../../pod-template/validation/resources.ts'
import { taintEffectErrors } from '../../pod-template/validation/scheduling.ts'
import type { StrategyContext } from '../../strategy.ts'

const metadataPath = FieldPath.of('metadata')
const specPath = FieldPath.of('spec')
const statusPath = FieldPath.of('status')

/** Checks a node. @see pkg/apis/core/validation/validation.go ValidateNode */
export function nodeErrors(node: Fields, context: StrategyContext): readonly FieldError[] {
  const spec = fieldsOf(node['spec'])
  const status = fieldsOf(node['status'])
  const swap = fieldsOf(fieldsOf(status['nodeInfo'])['swap'])['capacity']
  const swapPath = metadataPath.child('nodeSwapStatus', 'capacity')
  return [
    ...taintErrors(spec['taints'], metadataPath.child('taints')),
    ...amountErrors(status),
    ...(typeof swap === 'number' ? notPositiveErrors(swap, swapPath) : []),
    ...declaredFeatureErrors(status['declaredFeatures'], statusPath.child('declaredFeatures')),
    ...networkErrors(spec, context),
  ]
}

function taintErrors(taints: unknown, path: FieldPath): readonly FieldError[] {
  const seen = new Set<string>()
  return objectsOf(taints).flatMap((taint, index) => {
    const at = path.index(index)
    const key = textOf(taint['key'])
    const value = textOf(taint['value'])
    const messages = isValidLabelValue(value)
    const errors = [...validateLabelName(key, at.child('key'))]
    if (messages.length > 0) errors.push(invalid(at.child('value'), value, messages.join(';')))
    if (isEmpty(taint['effect'])) errors.push(required(at.child('effect')))
    else errors.push(...taintEffectErrors(taint['effect'], at.child('effect')))
    const pair = `${textOf(taint['effect'])}/${key}`
    if (seen.has(pair)) {
      const detail = 'taints must be unique by key and effect pair'
      errors.push({ ...duplicate(at, internalValue('Taint', taint)), detail })
    }
    seen.add(pair)
    return errors
  })
}

function amountErrors(status: Fields): readonly FieldError[] {
  return ['capacity', 'allocatable'].flatMap((name) => {
    const amounts = fieldsOf(status[name])
    return Object.keys(amounts)
      .sort(compareUtf8)
      .flatMap((resource) => quantityErrors(resource, amounts[resource], statusPath.child(name, resource)))
  })
}

const featureName = /^[A-Z][a-zA-Z0-9]*(\/[a-zA-Z][a-zA-Z0-9]*)*$/

function declaredFeatureErrors(features: unknown, path: FieldPath): readonly FieldError[] {
  const names = listOf(features).map(textOf)
  return names.flatMap((name, index) => {
    const next = names[index + 1]
    const errors = [...invalidEach(path.index(index), name, featureMessages(name))]
    if (next === undefined) return errors
    if (name === next) errors.push(duplicate(path.index(index + 1), next))
    else if (compareUtf8(name, next) > 0) {
      errors.push(invalid(path.index(index + 1), next, 'list must be sorted alphabetically'))
    }
    return errors
  })
}

function featureMessages(name: string): readonly string[] {
  const start = `invalid feature name ${quote(name)}:`
  if (name.length > dnsSubdomainMaxLength) return [`${start} must be no more than ${dnsSubdomainMaxLength} characters`]
  if (featureName.test(name)) return []
  const rule = "must start with an UpperCamelCase segment, with subsequent segments separated by '/'"
  return [
    `${start} ${rule} (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes`,
  ]
}

function networkErrors(spec: Fields, context: StrategyContext): readonly FieldError[] {
  const path = specPath.child('podCIDRs')
  const networks = listOf(spec['podCIDRs']).map(textOf)
  const strict = context.gates.enabled('StrictIPCIDRValidation')
  const errors = networks.flatMap((text, index) => isValidCIDRForLegacyField(path.index(index), text, { strict }))
  if (networks.length <= 1 || (networks.length === 2 && isDualStackCIDRs(networks))) return errors
  return [...errors, invalid(path, networks, 'may specify no more than one CIDR for each IP family')]
}

/** Checks a change of a node, or of its status: networks and provider are set once. */
export function nodeUpdateErrors(node: Fields, old: Fields): readonly FieldError[] {
  const spec = fieldsOf(node['spec'])
  const stored = fieldsOf(old['spec'])
  const status = fieldsOf(node['status'])
  const config = fieldsOf(status['config'])
  const configs = ['assigned', 'active', 'lastKnownGood'].flatMap((name) =>
    isFields(config[name]) ? configSourceErrors(config[name], true, statusPath.child('config', name)) : [],
  )
  return [
    ...amountErrors(status),
    ...declaredFeatureErrors(status['declaredFeatures'], statusPath.child('declaredFeatures')),
    ...addressErrors(status['addresses']),
    ...onceErrors(spec, stored),
    ...(isFields(spec['configSource'])
      ? configSourceErrors(spec['configSource'], false, specPath.child('configSource'))
      : []),
    ...configs,
    ...taintErrors(spec['taints'], metadataPath.child('taints')),
    ...(textOf(spec['externalID']) === textOf(stored['externalID'])
      ? []
      : [forbidden(specPath.child('externalID'), 'may not be updated')]),
  ]
}

function addressErrors(addresses: unknown): readonly FieldError[] {
  const seen = new Set<string>()
  return objectsOf(addresses).flatMap((address, index) => {
    const key = JSON.stringify([address['type'], address['address']])
    const repeated = seen.has(key)
    seen.add(key)
    const path = statusPath.child('addresses').index(index)
    return repeated ? [duplicate(path, internalValue('NodeAddress', address))] : []
  })
}

function onceErrors(spec: Fields, stored: Fields): readonly FieldError[] {
  const before = listOf(stored['podCIDRs'])
  const after = listOf(spec['podCIDRs'])
  const changed = before.length === after.length ? before.filter((text, index) => text !== after[index]) : [0]
  const networks = (before.length === 0 ? [] : changed).map(() =>
    forbidden(specPath.child('podCIDRs'), 'node updates may not change podCIDR except from "" to valid'),
  )
  if (isEmpty(stored['providerID']) || stored['providerID'] === spec['providerID']) return networks
  const detail = 'node updates may not change providerID except from "" to valid'
  return [...networks, forbidden(specPath.child('providerID'), detail)]
}

/** Checks where a kubelet was once configured from; only a status names which object that was exactly. */
function configSourceErrors(source: Fields, inStatus: boolean, path: FieldPath): readonly FieldError[] {
  const { configMap } = source
  if (!isFields(configMap)) {
    return [invalid(path, internalValue('NodeConfigSource', source), 'exactly one reference subfield must be non-nil')]
  }
  const at = path.child('configMap')
  return [
    ...['uid', 'resourceVersion'].flatMap((name) => {
      if (inStatus) return isEmpty(configMap[name]) ? [required(at.child(name))] : []
      return isEmpty(configMap[name]) ? [] : [forbidden(at.child(name), `${name} must not be set in spec`)]
    }),
    ...requiredThen(configMap['namespace'], at.child('namespace'), (text) => nameIsDNSLabel(text, false)),
    ...requiredThen(configMap['name'], at.child('name'), (text) => nameIsDNSSubdomain(text, false)),
    ...requiredThen(configMap['kubeletConfigKey'], at.child('kubeletConfigKey'), isConfigMapKey),
  ]
}
