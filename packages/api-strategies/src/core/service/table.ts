import { compareUtf8 } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, listOf, numberOf, objectsOf, textOf } from '../../meta/json.ts'
import { ageColumn, column, nameColumn, table } from '../../printing/table.ts'
import { formatLabels, none, textOr } from '../../printing/texts.ts'
import type { TableStrategy } from '../../strategy.ts'

const specOf = (service: Fields): Fields => fieldsOf(service['spec'])

/** The table of services. @see pkg/printers/internalversion/printers.go printService */
export const serviceTable: TableStrategy = table([
  nameColumn,
  column('Type', 'How the service is exposed', (service) => textOf(specOf(service)['type'])),
  column('Cluster-IP', 'First cluster address', (service) => clusterIP(specOf(service))),
  column('External-IP', 'Addresses from outside of the cluster', externalIP),
  column('Port(s)', 'Ports and, where there are some, node ports', (service) => ports(specOf(service))),
  ageColumn,
  column('Selector', 'Which pods belong to the object', (service) => formatLabels(specOf(service)['selector']), {
    wide: true,
  }),
])

function clusterIP(spec: Fields): string {
  return textOf(listOf(spec['clusterIPs'])[0] ?? none)
}

function externalIP(service: Fields): string {
  const spec = specOf(service)
  const external = listOf(spec['externalIPs']).map(textOf)
  switch (spec['type']) {
    case 'ClusterIP':
    case 'NodePort':
      return external.length === 0 ? none : external.join(',')
    case 'LoadBalancer': {
      const addresses = [...ingressAddresses(fieldsOf(service['status'])), ...external]
      return addresses.length === 0 ? '<pending>' : addresses.join(',')
    }
    case 'ExternalName':
      return textOf(spec['externalName'])
    default:
      return '<unknown>'
  }
}

/** The addresses of a load balancer, each once and in order; of an ingress as of a service. */
export function ingressAddresses(status: Fields): readonly string[] {
  const ingress = objectsOf(fieldsOf(status['loadBalancer'])['ingress'])
  const addresses = ingress.map(({ ip, hostname }) => textOr(ip, textOf(hostname))).filter((text) => text !== '')
  return [...new Set(addresses)].sort(compareUtf8)
}

function ports(spec: Fields): string {
  const texts = objectsOf(spec['ports']).map(({ port, nodePort, protocol }) => {
    const node = numberOf(nodePort)
    return `${numberOf(port)}${node > 0 ? `:${node}` : ''}/${textOf(protocol)}`
  })
  return texts.length === 0 ? none : texts.join(',')
}
