import { formatGroupResource } from '@kube-bonsai/apimachinery'
import { ingressAddresses } from '../core/service/table.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, listOf, objectsOf, textOf } from '../meta/json.ts'
import { ageColumn, column, nameColumn, table } from '../printing/table.ts'
import { formatSelector, none } from '../printing/texts.ts'
import type { TableStrategy } from '../strategy.ts'

const specOf = (object: Fields): Fields => fieldsOf(object['spec'])
const maxHosts = 3

export const ingressTable: TableStrategy = table([
  nameColumn,
  column('Class', 'Its ingress class', (ingress) => textOf(specOf(ingress)['ingressClassName'] ?? none)),
  column('Hosts', 'The first hosts of its rules', (ingress) => hosts(objectsOf(specOf(ingress)['rules']))),
  column('Address', 'Addresses of its load balancer', (ingress) =>
    ingressAddresses(fieldsOf(ingress['status'])).join(','),
  ),
  column('Ports', 'Ports it listens on', (ingress) => (isEmpty(specOf(ingress)['tls']) ? '80' : '80, 443')),
  ageColumn,
])

/** Rules without a host count when they come before the third host, as upstream has it. */
function hosts(rules: readonly Fields[]): string {
  const list: string[] = []
  let more = false
  for (const { host } of rules) {
    if (list.length === maxHosts) more = true
    else if (textOf(host) !== '') list.push(textOf(host))
  }
  if (list.length === 0) return '*'
  return more ? `${list.join(',')} + ${rules.length - maxHosts} more...` : list.join(',')
}

export const ingressClassTable: TableStrategy = table([
  nameColumn,
  column('Controller', 'Who serves its ingresses', (object) => textOf(specOf(object)['controller'])),
  column('Parameters', 'An object with more parameters', (object) => {
    const { parameters } = specOf(object)
    if (!isFields(parameters)) return none
    const { apiGroup, kind, name } = parameters
    return `${textOf(kind)}${isAbsent(apiGroup) ? '' : `.${textOf(apiGroup)}`}/${textOf(name)}`
  }),
  ageColumn,
])

export const networkPolicyTable: TableStrategy = table([
  nameColumn,
  column('Pod-Selector', 'Which pods it is for', (object) => formatSelector(specOf(object)['podSelector'] ?? {})),
  ageColumn,
])

export const serviceCIDRTable: TableStrategy = table([
  nameColumn,
  column('CIDRs', 'Its ranges of addresses', (object) => listOf(specOf(object)['cidrs']).join(',')),
  ageColumn,
])

export const ipAddressTable: TableStrategy = table([
  nameColumn,
  column('ParentRef', 'Which object uses the address', (object) => {
    const { parentRef } = specOf(object)
    if (!isFields(parentRef)) return none
    const { group, resource, namespace, name } = parentRef
    const kind = formatGroupResource({ group: textOf(group), resource: textOf(resource) }).toLowerCase()
    return [kind, ...(isEmpty(namespace) ? [] : [textOf(namespace)]), textOf(name)].join('/')
  }),
  { ...ageColumn, hidden: true },
])
