import { type Fields, fieldsOf, isAbsent, listOf, objectsOf, textOf } from '../meta/json.ts'
import { ageColumn, column, metadataOf, nameColumn, table } from '../printing/table.ts'
import { countColumn, none, textOr, unset } from '../printing/texts.ts'
import type { TableStrategy } from '../strategy.ts'

const specOf = (object: Fields): Fields => fieldsOf(object['spec'])
const flag = (name: string, description: string, read: (object: Fields) => unknown) =>
  column<Fields>(name, description, (object) => read(object) === true, { type: 'boolean' })

const defaultAnnotations = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
]

export const storageClassTable: TableStrategy = table([
  column('Name', 'Name of the object', storageClassName, { format: 'name' }),
  column('Provisioner', 'Who makes its volumes', (object) => textOf(object['provisioner'])),
  column('ReclaimPolicy', 'What becomes of a volume when its claim is gone', (object) =>
    textOf(object['reclaimPolicy'] ?? 'Delete'),
  ),
  column('VolumeBindingMode', 'When a claim gets its volume', (object) =>
    textOf(object['volumeBindingMode'] ?? 'Immediate'),
  ),
  column('AllowVolumeExpansion', 'Whether a claim can grow', (object) => object['allowVolumeExpansion'] === true),
  ageColumn,
])

function storageClassName(object: Fields): string {
  const annotations = fieldsOf(metadataOf(object)['annotations'])
  const isDefault = defaultAnnotations.some((key) => annotations[key] === 'true')
  return `${textOf(metadataOf(object)['name'])}${isDefault ? ' (default)' : ''}`
}

export const volumeAttributesClassTable: TableStrategy = table([
  nameColumn,
  column('DriverName', 'Which driver it is for', (object) => textOf(object['driverName'])),
  ageColumn,
])

export const csiNodeTable: TableStrategy = table([
  nameColumn,
  countColumn('Drivers', 'How many drivers run on the node', (object) => listOf(specOf(object)['drivers']).length),
  ageColumn,
])

export const csiDriverTable: TableStrategy = table([
  nameColumn,
  flag('AttachRequired', 'Whether volumes must be attached', (object) => specOf(object)['attachRequired'] ?? true),
  flag('PodInfoOnMount', 'Whether mounting names the pod', (object) => specOf(object)['podInfoOnMount']),
  flag('StorageCapacity', 'Whether capacity is tracked', (object) => specOf(object)['storageCapacity']),
  column('TokenRequests', 'Audiences of the tokens it wants', (object) => {
    const requests = specOf(object)['tokenRequests']
    if (isAbsent(requests)) return unset
    return objectsOf(requests)
      .map(({ audience }) => textOf(audience))
      .join(',')
  }),
  flag(
    'RequiresRepublish',
    'Whether volumes are published again and again',
    (object) => specOf(object)['requiresRepublish'],
  ),
  column('Modes', 'Lifecycles of its volumes', (object) =>
    textOr(listOf(specOf(object)['volumeLifecycleModes']).join(','), none),
  ),
  ageColumn,
])

export const csiStorageCapacityTable: TableStrategy = table([
  nameColumn,
  column('StorageClassName', 'Which storage class it is for', (object) => textOf(object['storageClassName'])),
  column('Capacity', 'How much room there is', (object) => textOf(object['capacity'] ?? unset)),
])

export const volumeAttachmentTable: TableStrategy = table([
  nameColumn,
  column('Attacher', 'Which driver attaches the volume', (object) => textOf(specOf(object)['attacher']), {
    format: 'name',
  }),
  column('PV', 'Which volume', (object) => textOf(fieldsOf(specOf(object)['source'])['persistentVolumeName'])),
  column('Node', 'To which node', (object) => textOf(specOf(object)['nodeName'])),
  flag('Attached', 'Whether it is attached', (object) => fieldsOf(object['status'])['attached']),
  ageColumn,
])
