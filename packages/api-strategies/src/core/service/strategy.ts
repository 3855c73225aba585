import { semanticEqual } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isEmpty, mapItems, numberOf, objectsOf, textOf, withField } from '../../meta/json.ts'
import type { Room } from '../../room.ts'
import { isExternallyAccessible } from './defaults.ts'
import { serviceStatusErrors, serviceStatusWarnings } from './status.ts'
import { serviceUpdateErrors } from './update-validation.ts'
import { serviceErrors } from './validation.ts'
import { serviceWarnings } from './warnings.ts'

const isLoadBalancer = (spec: Fields): boolean => spec['type'] === 'LoadBalancer'
const hasAddress = (spec: Fields): boolean => spec['type'] !== 'ExternalName'
const hasNodePorts = (spec: Fields): boolean => spec['type'] === 'NodePort' || isLoadBalancer(spec)
const hasHealthCheck = (spec: Fields): boolean => isLoadBalancer(spec) && spec['externalTrafficPolicy'] === 'Local'

/** Fields that only some types have: dropped with the type, when the client left them as they were. */
const typeFields: readonly {
  readonly needed: (spec: Fields) => boolean
  readonly groups: readonly (readonly string[])[]
}[] = [
  { needed: hasAddress, groups: [['clusterIP', 'clusterIPs'], ['ipFamilies'], ['ipFamilyPolicy']] },
  { needed: hasHealthCheck, groups: [['healthCheckNodePort']] },
  { needed: isLoadBalancer, groups: [['allocateLoadBalancerNodePorts'], ['loadBalancerClass']] },
  { needed: isExternallyAccessible, groups: [['externalTrafficPolicy']] },
]

/** @see pkg/registry/core/service/strategy.go dropTypeDependentFields */
function dropTypeFields(service: Fields, old: Fields): Fields {
  const given = fieldsOf(service['spec'])
  const stored = fieldsOf(old['spec'])
  let spec = given
  for (const { needed, groups } of typeFields) {
    if (!needed(stored) || needed(given)) continue
    for (const names of groups) {
      if (!names.every((name) => semanticEqual(given[name], stored[name]))) continue
      for (const name of names) spec = withField(spec, name, undefined)
    }
  }
  if (!isEmpty(spec['ports']) && hasNodePorts(stored) && !hasNodePorts(given) && keptNodePorts(given, stored)) {
    const ports = mapItems(objectsOf(spec['ports']), (port) => withField(fieldsOf(port), 'nodePort', undefined))
    spec = withField(spec, 'ports', ports)
  }
  const changed = withField(service, 'spec', spec)
  if (isLoadBalancer(given)) return changed
  return withField(changed, 'status', { ...fieldsOf(service['status']), loadBalancer: {} })
}

function keptNodePorts(spec: Fields, stored: Fields): boolean {
  const known = new Set(objectsOf(stored['ports']).map(({ nodePort }) => nodePort))
  return objectsOf(spec['ports']).every(({ nodePort }) => numberOf(nodePort) === 0 || known.has(nodePort))
}

/** @see pkg/registry/core/service/strategy.go */
export const serviceRoom: Room = {
  group: '',
  kind: 'Service',
  validate: (service, context) => serviceErrors(service, context),
  warningsOnCreate: serviceWarnings,
  update: { prepare: dropTypeFields, validate: serviceUpdateErrors, warnings: serviceWarnings },
  status: { validate: serviceStatusErrors, warnings: serviceStatusWarnings },
  selectableFields: (service) => ({
    'spec.clusterIP': textOf(fieldsOf(service['spec'])['clusterIP']),
    'spec.type': textOf(fieldsOf(service['spec'])['type']),
  }),
}
