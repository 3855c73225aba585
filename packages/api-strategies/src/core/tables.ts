import { compareUtf8 } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isEmpty, numberOf, objectsOf, textOf } from '../meta/json.ts'
import { ageColumn, column, nameColumn, table } from '../printing/table.ts'
import { countColumn, firstOf, formatLabels, none, templateColumns } from '../printing/texts.ts'
import type { TableStrategy } from '../strategy.ts'
import { accessModes, optionalSpec, storageClassOf, storagePhase } from './storage-cells.ts'

const specOf = (object: Fields): Fields => fieldsOf(object['spec'])
const statusOf = (object: Fields): Fields => fieldsOf(object['status'])
const size = (map: unknown): number => Object.keys(fieldsOf(map)).length
const storageOf = (resources: unknown): string => textOf(fieldsOf(resources)['storage'] ?? '0')

export const namespaceTable: TableStrategy = table([
  nameColumn,
  column('Status', 'Phase of the namespace', (namespace) => textOf(statusOf(namespace)['phase'])),
  ageColumn,
])

export const secretTable: TableStrategy = table([
  nameColumn,
  column('Type', 'What the secret is for', (secret) => textOf(secret['type'])),
  column('Data', 'How many keys it holds', (secret) =>
    size({ ...fieldsOf(secret['data']), ...fieldsOf(secret['stringData']) }),
  ),
  ageColumn,
])

export const configMapTable: TableStrategy = table([
  nameColumn,
  column('Data', 'How many keys it holds', (map) => size(map['data']) + size(map['binaryData'])),
  ageColumn,
])

export const podTemplateTable: TableStrategy = table([
  nameColumn,
  column('Containers', 'Names of the containers of the template', (object) => joined(object, 'name')),
  column('Images', 'Images of the containers of the template', (object) => joined(object, 'image')),
  column('Pod Labels', 'Labels of the template', (object) =>
    formatLabels(fieldsOf(fieldsOf(object['template'])['metadata'])['labels']),
  ),
])

const joined = (object: Fields, field: string): string =>
  objectsOf(fieldsOf(fieldsOf(object['template'])['spec'])['containers'])
    .map((container) => textOf(container[field]))
    .join(',')

export const replicationControllerTable: TableStrategy = table([
  nameColumn,
  countColumn('Desired', 'How many pods are wanted', (object) => specOf(object)['replicas']),
  countColumn('Current', 'How many pods there are', (object) => statusOf(object)['replicas']),
  countColumn('Ready', 'How many pods are ready', (object) => statusOf(object)['readyReplicas']),
  ageColumn,
  ...templateColumns(
    (object) => fieldsOf(specOf(object)['template'])['spec'],
    (object) => formatLabels(specOf(object)['selector']),
  ),
])

export const endpointsTable: TableStrategy = table([
  nameColumn,
  column('Endpoints', 'The first addresses and ports', (object) => {
    const subsets = objectsOf(object['subsets'])
    return subsets.length === 0 ? none : firstOf(subsets.flatMap(subsetAddresses), 3, '')
  }),
  ageColumn,
])

function subsetAddresses(subset: Fields): readonly string[] {
  const addresses = objectsOf(subset['addresses']).map(({ ip }) => textOf(ip))
  const ports = objectsOf(subset['ports'])
  if (ports.length === 0) return addresses
  return ports.flatMap(({ port }) => addresses.map((ip) => `${ip.includes(':') ? `[${ip}]` : ip}:${numberOf(port)}`))
}

export const persistentVolumeTable: TableStrategy = table([
  nameColumn,
  column('Capacity', 'How much it holds', (volume) => storageOf(specOf(volume)['capacity'])),
  column('Access Modes', 'How it can be mounted', (volume) => accessModes(specOf(volume)['accessModes'])),
  column('Reclaim Policy', 'What becomes of it when its claim is gone', (volume) =>
    textOf(specOf(volume)['persistentVolumeReclaimPolicy']),
  ),
  column('Status', 'Phase of the volume', storagePhase),
  column('Claim', 'The claim it is bound to', (volume) => {
    const claim = specOf(volume)['claimRef']
    return isEmpty(claim) ? '' : `${textOf(fieldsOf(claim)['namespace'])}/${textOf(fieldsOf(claim)['name'])}`
  }),
  column('StorageClass', 'Its storage class', storageClassOf),
  column('VolumeAttributesClass', 'Its volume attributes class', (volume) =>
    optionalSpec(volume, 'volumeAttributesClassName'),
  ),
  column('Reason', 'Why it is in that phase', (volume) => textOf(statusOf(volume)['reason'])),
  ageColumn,
  column('VolumeMode', 'File system or block device', (volume) => optionalSpec(volume, 'volumeMode'), { wide: true }),
])

export const persistentVolumeClaimTable: TableStrategy = table([
  nameColumn,
  column('Status', 'Phase of the claim', storagePhase),
  column('Volume', 'The volume it is bound to', (claim) => textOf(specOf(claim)['volumeName'])),
  column('Capacity', 'How much it got', (claim) => (isBound(claim) ? storageOf(statusOf(claim)['capacity']) : '')),
  column('Access Modes', 'How it can be mounted', (claim) =>
    isBound(claim) ? accessModes(statusOf(claim)['accessModes']) : '',
  ),
  column('StorageClass', 'Its storage class', storageClassOf),
  column('VolumeAttributesClass', 'Its volume attributes class', (claim) =>
    optionalSpec(claim, 'volumeAttributesClassName'),
  ),
  ageColumn,
  column('VolumeMode', 'File system or block device', (claim) => optionalSpec(claim, 'volumeMode'), { wide: true }),
])

const isBound = (claim: Fields): boolean => !isEmpty(specOf(claim)['volumeName'])

export const resourceQuotaTable: TableStrategy = table([
  nameColumn,
  column('Request', 'Use of everything but limits', (quota) => usage(quota, false)),
  column('Limit', 'Use of limits', (quota) => usage(quota, true)),
  ageColumn,
])

function usage(quota: Fields, limits: boolean): string {
  const hard = fieldsOf(statusOf(quota)['hard'])
  const used = fieldsOf(statusOf(quota)['used'])
  return Object.keys(hard)
    .filter((name) => name.startsWith('limits.') === limits)
    .sort(compareUtf8)
    .map((name) => `${name}: ${textOf(used[name] ?? '0')}/${textOf(hard[name])}`)
    .join(', ')
}

export const serviceAccountTable: TableStrategy = table([nameColumn, ageColumn])

export const componentStatusTable: TableStrategy = table([
  nameColumn,
  column('Status', 'Whether the component is healthy', (object) => {
    const healthy = healthOf(object)
    if (healthy === undefined) return 'Unknown'
    return healthy['status'] === 'True' ? 'Healthy' : 'Unhealthy'
  }),
  column('Message', 'What the component says', (object) => textOf(healthOf(object)?.['message'])),
  column('Error', 'What went wrong', (object) => textOf(healthOf(object)?.['error'])),
])

const healthOf = (object: Fields): Fields | undefined =>
  objectsOf(object['conditions']).find(({ type }) => type === 'Healthy')
