import {
  duplicate,
  type FieldError,
  FieldPath,
  forbidden,
  invalid,
  isDNS1123Subdomain,
  isQualifiedName,
  isValidIPForLegacyField,
  isValidPortNum,
  notSupported,
  required,
  validateLabels,
} from '@kube-bonsai/apimachinery'
import { invalidEach, labelErrors, oneOfErrors } from '../../meta/checks.ts'
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
import { isExternallyAccessible } from './defaults.ts'

const specPath = FieldPath.of('spec')
const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const protocols = ['SCTP', 'TCP', 'UDP']
const affinities = ['ClientIP', 'None']
const policies = ['Cluster', 'Local']
const families = ['IPv4', 'IPv6']
const distributions = ['PreferClose', 'PreferSameZone', 'PreferSameNode']
const maxAffinitySeconds = 86_400
const onlyLoadBalancer = "may only be used when `type` is 'LoadBalancer'"

const isHeadless = (spec: Fields): boolean => listOf(spec['clusterIPs'])[0] === 'None'

/** Checks a service. @see pkg/apis/core/validation/validation.go validateService */
export function serviceErrors(service: Fields, context: StrategyContext, old?: Fields): readonly FieldError[] {
  const strict = context.gates.enabled('StrictIPCIDRValidation')
  const oldValues = listOf(fieldsOf(old?.['spec'])['externalIPs']).map(textOf)
  const spec = fieldsOf(service['spec'])
  return [
    ...typeErrors(spec),
    ...portsErrors(spec),
    ...validateLabels(labelsOf(spec['selector']), specPath.child('selector')),
    ...oneOfErrors(spec['sessionAffinity'], specPath.child('sessionAffinity'), affinities),
    ...affinityErrors(spec),
    ...listOf(spec['externalIPs']).flatMap((ip, index) =>
      isValidIPForLegacyField(specPath.child('externalIPs').index(index), textOf(ip), { strict, oldValues }),
    ),
    ...oneOfErrors(spec['type'], specPath.child('type'), types),
    ...loadBalancerErrors(spec),
    ...trafficPolicyErrors(spec),
    ...familyErrors(spec),
    ...distributionErrors(spec['trafficDistribution']),
  ]
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
    if (!isEmpty(spec[name])) errors.push(forbidden(specPath.child(name), 'may not be set for ExternalName services'))
  }
  const path = specPath.child('externalName')
  const name = textOf(spec['externalName']).replace(/\.$/, '')
  return [...errors, ...(name === '' ? [required(path)] : invalidEach(path, name, isDNS1123Subdomain(name)))]
}

function portsErrors(spec: Fields): readonly FieldError[] {
  const ports = objectsOf(spec['ports'])
  const path = specPath.child('ports')
  const names = new Set<string>()
  const nodePorts = new Set<string>()
  const seen = new Set<string>()
  return ports.flatMap((port, index) => {
    const at = path.index(index)
    const errors = [...portErrors(port, ports.length > 1, names, at)]
    const nodePort = numberOf(port['nodePort'])
    if (nodePort !== 0 && spec['type'] === 'ClusterIP') {
      errors.push(forbidden(at.child('nodePort'), "may not be used when `type` is 'ClusterIP'"))
    }
    const protocol = textOf(port['protocol'])
    if (nodePort !== 0 && nodePorts.has(`${protocol}/${nodePort}`))
      errors.push(duplicate(at.child('nodePort'), nodePort))
    nodePorts.add(`${protocol}/${nodePort}`)
    const key = `${protocol}/${numberOf(port['port'])}`
    if (seen.has(key)) errors.push(duplicate(at, { protocol, port: numberOf(port['port']) }))
    seen.add(key)
    return errors
  })
}

function portErrors(port: Fields, named: boolean, names: Set<string>, path: FieldPath): readonly FieldError[] {
  const name = textOf(port['name'])
  const number = numberOf(port['port'])
  const errors: FieldError[] = []
  if (name === '' && named) errors.push(required(path.child('name')))
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
    ...(isAbsent(port['appProtocol'])
      ? []
      : invalidEach(path.child('appProtocol'), port['appProtocol'], isQualifiedName(textOf(port['appProtocol'])))),
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

function loadBalancerErrors(spec: Fields): readonly FieldError[] {
  if (spec['type'] === 'LoadBalancer') {
    const name = spec['loadBalancerClass']
    return isAbsent(name) ? [] : invalidEach(specPath.child('loadBalancerClass'), name, isQualifiedName(textOf(name)))
  }
  const errors: FieldError[] = []
  if (!isEmpty(spec['loadBalancerSourceRanges'])) {
    errors.push(forbidden(specPath.child('LoadBalancerSourceRanges'), onlyLoadBalancer))
  }
  for (const name of ['allocateLoadBalancerNodePorts', 'loadBalancerClass']) {
    if (!isAbsent(spec[name])) errors.push(forbidden(specPath.child(name), onlyLoadBalancer))
  }
  return errors
}

function familyErrors(spec: Fields): readonly FieldError[] {
  return listOf(spec['ipFamilies']).flatMap((family, index) =>
    families.includes(textOf(family))
      ? []
      : [notSupported(specPath.child('ipFamilies').index(index), family, families)],
  )
}

function distributionErrors(value: unknown): readonly FieldError[] {
  if (isAbsent(value) || distributions.includes(textOf(value))) return []
  return [notSupported(specPath.child('trafficDistribution'), value, distributions)]
}

function trafficPolicyErrors(spec: Fields): readonly FieldError[] {
  const { externalTrafficPolicy, internalTrafficPolicy, healthCheckNodePort } = spec
  const path = specPath.child('externalTrafficPolicy')
  const errors: FieldError[] = []
  if (isExternallyAccessible(spec)) errors.push(...oneOfErrors(externalTrafficPolicy, path, policies))
  else if (!isEmpty(externalTrafficPolicy)) {
    errors.push(invalid(path, externalTrafficPolicy, 'may only be set for externally-accessible services'))
  }
  const checked = spec['type'] === 'LoadBalancer' && externalTrafficPolicy === 'Local'
  const port = specPath.child('healthCheckNodePort')
  if (!checked && !isEmpty(healthCheckNodePort)) {
    const detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
    errors.push(invalid(port, healthCheckNodePort, detail))
  }
  if (!isAbsent(internalTrafficPolicy) && !policies.includes(textOf(internalTrafficPolicy))) {
    errors.push(notSupported(specPath.child('internalTrafficPolicy'), internalTrafficPolicy, policies))
  }
  return errors
}

/** Checks a change of a service: addresses and the class of a load balancer stay while the type needs them. */
export function serviceUpdateErrors(service: Fields, old: Fields, context: StrategyContext): readonly FieldError[] {
  const spec = fieldsOf(service['spec'])
  const stored = fieldsOf(old['spec'])
  const errors: FieldError[] = []
  const first = listOf(spec['clusterIPs'])[0]
  const known = listOf(stored['clusterIPs'])[0]
  if (spec['type'] !== 'ExternalName' && stored['type'] !== 'ExternalName' && !isEmpty(known)) {
    if (!isEmpty(first) && first !== known) {
      errors.push(invalid(specPath.child('clusterIPs').index(0), first, 'may not change once set'))
    }
    if (isEmpty(first))
      errors.push(
        invalid(
          specPath.child('clusterIPs').index(0),
          listOf(spec['clusterIPs']),
          'primary clusterIP can not be unset',
        ),
      )
  }
  if (spec['type'] === 'LoadBalancer' && stored['type'] === 'LoadBalancer') {
    if ((spec['loadBalancerClass'] ?? null) !== (stored['loadBalancerClass'] ?? null)) {
      errors.push(
        invalid(specPath.child('loadBalancerClass'), spec['loadBalancerClass'] ?? null, 'may not change once set'),
      )
    }
  }
  return [...errors, ...serviceErrors(service, context, old)]
}
