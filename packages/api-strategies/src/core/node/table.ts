import { compareUtf8 } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, objectsOf, textOf } from '../../meta/json.ts'
import { ageColumn, column, metadataOf, nameColumn, table } from '../../printing/table.ts'
import { none, textOr } from '../../printing/texts.ts'
import type { TableStrategy } from '../../strategy.ts'

const rolePrefix = 'node-role.kubernetes.io/'
const roleLabel = 'kubernetes.io/role'
const wide = { wide: true } as const

const statusOf = (node: Fields): Fields => fieldsOf(node['status'])
const infoOf = (node: Fields): Fields => fieldsOf(statusOf(node)['nodeInfo'])

/** The table of nodes. @see pkg/printers/internalversion/printers.go printNode */
export const nodeTable: TableStrategy = table([
  nameColumn,
  column('Status', 'Whether the node is ready and takes new pods', readiness),
  column('Roles', 'Roles that the labels of the node name', roles),
  ageColumn,
  column('Version', 'Version of the kubelet', (node) => textOf(infoOf(node)['kubeletVersion'])),
  column('Internal-IP', 'Address inside of the cluster', (node) => address(node, 'InternalIP'), wide),
  column('External-IP', 'Address from outside', (node) => address(node, 'ExternalIP'), wide),
  column('OS-Image', 'Operating system', (node) => textOr(infoOf(node)['osImage'], '<unknown>'), wide),
  column('Kernel-Version', 'Kernel', (node) => textOr(infoOf(node)['kernelVersion'], '<unknown>'), wide),
  column(
    'Container-Runtime',
    'Container runtime and its version',
    (node) => textOr(infoOf(node)['containerRuntimeVersion'], '<unknown>'),
    wide,
  ),
])

function readiness(node: Fields): string {
  const ready = objectsOf(statusOf(node)['conditions']).findLast(({ type }) => type === 'Ready')
  const known = ready?.['status'] === 'True' ? 'Ready' : 'NotReady'
  const status = ready === undefined ? 'Unknown' : known
  return fieldsOf(node['spec'])['unschedulable'] === true ? `${status},SchedulingDisabled` : status
}

function roles(node: Fields): string {
  const found = new Set<string>()
  for (const [key, value] of Object.entries(fieldsOf(metadataOf(node)['labels']))) {
    const role = key.startsWith(rolePrefix) ? key.slice(rolePrefix.length) : key === roleLabel ? textOf(value) : ''
    if (role !== '') found.add(role)
  }
  return found.size === 0 ? none : [...found].sort(compareUtf8).join(',')
}

function address(node: Fields, kind: string): string {
  const found = objectsOf(statusOf(node)['addresses']).find(({ type }) => type === kind)
  return found === undefined ? none : textOf(found['address'])
}
