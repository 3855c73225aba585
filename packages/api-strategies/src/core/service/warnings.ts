import { FieldPath, getWarningsForCIDR, getWarningsForIP } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isEmpty, listOf, textOf } from '../../meta/json.ts'
import { clusterIPsOf } from './address-validation.ts'

const specPath = FieldPath.of('spec')
const hintsKey = 'service.kubernetes.io/topology-aware-hints'
const modeKey = 'service.kubernetes.io/topology-mode'

/** Warns of what a service says that is deprecated or has no effect. @see pkg/api/service/warnings.go */
export function serviceWarnings(service: Fields): readonly string[] {
  const spec = fieldsOf(service['spec'])
  const annotations = fieldsOf(fieldsOf(service['metadata'])['annotations'])
  const address = textOf(spec['clusterIP'])
  const warnings: string[] = []
  if (Object.hasOwn(annotations, hintsKey)) {
    warnings.push(`annotation ${hintsKey} is deprecated, please use ${modeKey} instead`)
  }
  if (address !== '' && address !== 'None') {
    for (const [index, ip] of clusterIPsOf(spec).entries()) {
      warnings.push(...getWarningsForIP(specPath.child('clusterIPs').index(index), ip))
    }
  }
  if (spec['type'] === 'ClusterIP' && address === 'None') warnings.push(...headlessWarnings(spec))
  for (const [index, ip] of listOf(spec['externalIPs']).entries()) {
    warnings.push(...getWarningsForIP(specPath.child('externalIPs').index(index), textOf(ip)))
  }
  if (!isEmpty(spec['loadBalancerIP'])) {
    warnings.push(...getWarningsForIP(specPath.child('loadBalancerIP'), textOf(spec['loadBalancerIP'])))
  }
  for (const [index, range] of listOf(spec['loadBalancerSourceRanges']).entries()) {
    warnings.push(...getWarningsForCIDR(specPath.child('loadBalancerSourceRanges').index(index), textOf(range)))
  }
  const external = spec['type'] === 'ExternalName'
  if (external && !isEmpty(spec['externalIPs'])) {
    warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"')
  }
  if (!external && !isEmpty(spec['externalName'])) {
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"')
  }
  if (spec['trafficDistribution'] === 'PreferClose') {
    warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"')
  }
  return warnings
}

function headlessWarnings(spec: Fields): readonly string[] {
  const ignored = [
    ...(isEmpty(spec['loadBalancerIP']) ? [] : ['loadBalancerIP']),
    ...(isEmpty(spec['externalIPs']) ? [] : ['externalIPs']),
    ...(spec['sessionAffinity'] === 'None' ? [] : ['SessionAffinity']),
  ]
  return ignored.map((name) => `spec.${name} is ignored for headless services`)
}
