import {
  duplicate,
  type FieldError,
  FieldPath,
  forbidden,
  invalid,
  isValidCIDRForLegacyField,
  isValidIPForLegacyField,
  isValidPortNum,
  notSupported,
  RenderedValue,
  required,
  validateLabels,
} from '@kube-bonsai/apimachinery'
import {
  ifSetOneOf,
  invalidEach,
  labelErrors,
  named,
  oneOfErrors,
  qualifiedNameErrors,
  subdomainErrors,
} from '../../meta/checks.ts'
import { endpointIPErrors } from '../../meta/endpoint-ip.ts'
import {
  type Fields,
  fieldsOf,
  isAbsent,
  isEmpty,
  isFields,
  listOf,
  numberOf,
  objectsOf,
  textOf,
} from '../../meta/json.ts'
import { labelsOf } from '../../pod-template/validation/labels.ts'
import { portReferenceErrors } from '../../pod-template/validation/ports.ts'
import type { StrategyContext } from '../../strategy.ts'
import { addressErrors, isHeadless } from './address-validation.ts'
import { isExternallyAccessible } from './defaults.ts'

const specPath = FieldPath.of('spec')
const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const protocols = ['SCTP', 'TCP', 'UDP']
const affinities = ['ClientIP', 'None']
const policies = ['Cluster', 'Local']
const distributions = ['PreferClose', 'PreferSameZone', 'PreferSameNode']
const maxAffinitySeconds = 86_400
const onlyLoadBalancer = "may only be used when `type` is 'LoadBalancer'"

const rangesKey = 'service.beta.kubernetes.io/load-balancer-source-ranges'
const hintsKey = 'service.kubernetes.io/topology-aware-hints'
const modeKey = 'service.kubernetes.io/topology-mode'

const annotationsOf = (service: Fields | undefined): Fields => fieldsOf(fieldsOf(service?.['metadata'])['annotations'])

/** Whether a port of the nodes tells the health of a load balancer's backends. */
export const isHealthChecked = (spec: Fields): boolean =>
  spec['type'] === 'LoadBalancer' && spec['externalTrafficPolicy'] === 'Local'

/** Checks a service. @see pkg/apis/core/validation/validation.go validateService */
export function serviceErrors(service: Fields, context: StrategyContext, old?: Fields): readonly FieldError[] {
  const strict = context.gates.enabled('StrictIPCIDRValidation')
  const oldValues = listOf(fieldsOf(old?.['spec'])['externalIPs']).map(textOf)
  const spec = fieldsOf(service['spec'])
  return [
    ...topologyModeErrors(annotationsOf(service)),
    ...typeErrors(spec),
    ...portsErrors(spec),
    ...validateLabels(labelsOf(spec['selector']), specPath.child('selector')),
    ...oneOfErrors(spec['sessionAffinity'], specPath.child('sessionAffinity'), affinities),
    ...affinityErrors(spec),
    ...addressErrors(spec, old, strict),
    ...listOf(spec['externalIPs']).flatMap((ip, index) => {
      const path = specPath.child('externalIPs').index(index)
      const errors = isValidIPForLegacyField(path, textOf(ip), { strict, oldValues })
      return errors.length > 0 ? errors : endpointIPErrors(textOf(ip), path)
    }),
    ...oneOfErrors(spec['type'], specPath.child('type'), types),
    ...portConflictErrors(spec),
    ...sourceRangeErrors(service, old, strict),
    ...nodePortAllocationErrors(spec),
    ...loadBalancerClassErrors(spec),
    ...trafficPolicyErrors(spec),
    ...distributionErrors(spec['trafficDistribution'], context),
  ]
}

function topologyModeErrors(annotations: Fields): readonly FieldError[] {
  const mode = annotations[modeKey]
  if (typeof mode !== 'string' || !Object.hasOwn(annotations, hintsKey) || mode === annotations[hintsKey]) return []
  const detail = `must match annotations[${hintsKey}] when both are specified`
  return [invalid(FieldPath.of('metadata').child('annotations').key(modeKey), mode, detail)]
}

function typeErrors(spec: Fields): readonly FieldError[] {
  const type = textOf(spec['type'])
  const errors: FieldError[] = []
  if (isEmpty(spec['ports']) && !isHeadless(spec) && type !== 'ExternalName')
    errors.push(required(specPath.child('ports')))
  if ((type === 'LoadBalancer' || type === 'NodePort') && isHeadless(spec)) {
    const detail = `may not be set to 'None' for ${type} services`
    errors.push(invalid(specPath.child('clusterIPs').index(0), 'None', detail))
  }
  if (type !== 'ExternalName') return errors
  for (const name of ['clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) {
    const unset = name === 'ipFamilyPolicy' ? isAbsent(spec[name]) : isEmpty(spec[name])
    if (!unset) errors.push(forbidden(specPath.child(name), 'may not be set for ExternalName services'))
  }
  const path = specPath.child('externalName')
  const name = textOf(spec['externalName']).replace(/\.$/, '')
  return [...errors, ...(name === '' ? [required(path)] : subdomainErrors(name, path))]
}

function portsErrors(spec: Fields): readonly FieldError[] {
  const ports = objectsOf(spec['ports'])
  const names = new Set<string>()
  return ports.flatMap((port, index) => portErrors(port, ports.length > 1, names, specPath.child('ports').index(index)))
}

/** No port of the nodes, and no port of the service, may be there twice for the same protocol. */
function portConflictErrors(spec: Fields): readonly FieldError[] {
  const ports = objectsOf(spec['ports'])
  const path = specPath.child('ports')
  const nodePorts = new Set<string>()
  const seen = new Set<string>()
  const unused = "may not be used when `type` is 'ClusterIP'"
  return [
    ...ports.flatMap(({ nodePort }, index) =>
      spec['type'] === 'ClusterIP' && !isEmpty(nodePort)
        ? [forbidden(path.index(index).child('nodePort'), unused)]
        : [],
    ),
    ...ports.flatMap((port, index) => {
      const nodePort = numberOf(port['nodePort'])
      const key = `${textOf(port['protocol'])}/${nodePort}`
      const repeated = nodePorts.has(key)
      if (nodePort !== 0) nodePorts.add(key)
      return repeated ? [duplicate(path.index(index).child('nodePort'), nodePort)] : []
    }),
    ...ports.flatMap((port, index) => {
      const key = `${textOf(port['protocol'])}/${numberOf(port['port'])}`
      const repeated = seen.has(key)
      seen.add(key)
      return repeated ? [duplicate(path.index(index), portValue(port))] : []
    }),
  ]
}

/** What of a port upstream shows where it is there twice: its internal type with nothing else set. */
function portValue(port: Fields): RenderedValue {
  const protocol = textOf(port['protocol'])
  const number = numberOf(port['port'])
  const text = `{"Name":"","Protocol":${named(protocol).text},"AppProtocol":null,"Port":${number},"TargetPort":0,"NodePort":0}`
  return new RenderedValue({ protocol, port: number }, text)
}

function portErrors(port: Fields, needsName: boolean, names: Set<string>, path: FieldPath): readonly FieldError[] {
  const name = textOf(port['name'])
  const number = numberOf(port['port'])
  const errors: FieldError[] = []
  if (name === '' && needsName) errors.push(required(path.child('name')))
  if (name !== '') {
    errors.push(...labelErrors(name, path.child('name')))
    if (names.has(name)) errors.push(duplicate(path.child('name'), name))
    names.add(name)
  }
  return [
    ...errors,
    ...invalidEach(path.child('port'), number, isValidPortNum(number)),
    ...oneOfErrors(port['protocol'], path.child('protocol'), protocols),
    ...portReferenceErrors(port['targetPort'], path.child('targetPort')),
    ...(isAbsent(port['appProtocol']) ? [] : qualifiedNameErrors(port['appProtocol'], path.child('appProtocol'))),
  ]
}

function affinityErrors(spec: Fields): readonly FieldError[] {
  const path = specPath.child('sessionAffinityConfig')
  const config = spec['sessionAffinityConfig']
  if (spec['sessionAffinity'] === 'None') {
    return isAbsent(config) ? [] : [forbidden(path, 'must not be set when session affinity is None')]
  }
  if (spec['sessionAffinity'] !== 'ClientIP') return []
  const detail = 'when session affinity type is ClientIP'
  if (!isFields(config)) return [required(path, detail)]
  const { clientIP } = config
  if (!isFields(clientIP)) return [required(path.child('clientIP'), detail)]
  const at = path.child('clientIP', 'timeoutSeconds')
  if (isAbsent(clientIP['timeoutSeconds'])) return [required(at, detail)]
  const seconds = numberOf(clientIP['timeoutSeconds'])
  if (seconds > 0 && seconds <= maxAffinitySeconds) return []
  return [invalid(at, seconds, `must be greater than 0 and less than ${maxAffinitySeconds}`)]
}

/** Checks from where a load balancer may be reached, which older clients say in an annotation. */
function sourceRangeErrors(service: Fields, old: Fields | undefined, strict: boolean): readonly FieldError[] {
  const spec = fieldsOf(service['spec'])
  const ranges = listOf(spec['loadBalancerSourceRanges']).map((range) => textOf(range).trim())
  const misplaced = spec['type'] === 'LoadBalancer' ? undefined : onlyLoadBalancer
  if (ranges.length > 0) {
    const path = specPath.child('LoadBalancerSourceRanges')
    const oldValues = listOf(fieldsOf(old?.['spec'])['loadBalancerSourceRanges']).map((range) => textOf(range).trim())
    return [
      ...(misplaced === undefined ? [] : [forbidden(path, misplaced)]),
      ...ranges.flatMap((range, index) => isValidCIDRForLegacyField(path.index(index), range, { strict, oldValues })),
    ]
  }
  const annotation = annotationsOf(service)[rangesKey]
  if (typeof annotation !== 'string') return []
  const path = FieldPath.of('metadata').child('annotations').key(rangesKey)
  const errors = misplaced === undefined ? [] : [forbidden(path, misplaced)]
  if (annotationsOf(old)[rangesKey] === annotation || annotation.trim() === '') return errors
  const given = annotation.trim().split(',')
  return [...errors, ...given.flatMap((range) => isValidCIDRForLegacyField(path, range.trim(), { strict }))]
}

function nodePortAllocationErrors(spec: Fields): readonly FieldError[] {
  const absent = isAbsent(spec['allocateLoadBalancerNodePorts'])
  if (spec['type'] === 'LoadBalancer') return absent ? [required(FieldPath.of('allocateLoadBalancerNodePorts'))] : []
  return absent ? [] : [forbidden(specPath.child('allocateLoadBalancerNodePorts'), onlyLoadBalancer)]
}

/** Checks which implementation serves a load balancer. */
export function loadBalancerClassErrors(spec: Fields): readonly FieldError[] {
  const name = spec['loadBalancerClass']
  const path = specPath.child('loadBalancerClass')
  if (isAbsent(name)) return []
  if (spec['type'] !== 'LoadBalancer') return [forbidden(path, onlyLoadBalancer)]
  return qualifiedNameErrors(name, path)
}

function distributionErrors(value: unknown, context: StrategyContext): readonly FieldError[] {
  const all = context.gates.enabled('PreferSameTrafficDistribution')
  const supported = all ? distributions : distributions.slice(0, 1)
  if (isAbsent(value) || supported.includes(textOf(value))) return []
  return [notSupported(specPath.child('trafficDistribution'), textOf(value), supported)]
}

function trafficPolicyErrors(spec: Fields): readonly FieldError[] {
  const { externalTrafficPolicy, internalTrafficPolicy } = spec
  const path = specPath.child('externalTrafficPolicy')
  const errors: FieldError[] = []
  if (isExternallyAccessible(spec)) errors.push(...oneOfErrors(externalTrafficPolicy, path, policies))
  else if (!isEmpty(externalTrafficPolicy)) {
    errors.push(invalid(path, named(externalTrafficPolicy), 'may only be set for externally-accessible services'))
  }
  errors.push(...healthCheckErrors(spec))
  const internalPath = specPath.child('internalTrafficPolicy')
  if (isAbsent(internalTrafficPolicy) && ['NodePort', 'LoadBalancer', 'ClusterIP'].includes(textOf(spec['type']))) {
    errors.push(required(internalPath))
  }
  return [...errors, ...ifSetOneOf(internalTrafficPolicy, internalPath, policies)]
}

function healthCheckErrors(spec: Fields): readonly FieldError[] {
  const port = numberOf(spec['healthCheckNodePort'])
  const path = specPath.child('healthCheckNodePort')
  if (isHealthChecked(spec)) return port === 0 ? [required(path)] : invalidEach(path, port, isValidPortNum(port))
  if (port === 0) return []
  const detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
  return [invalid(path, port, detail)]
}
