import { controllerOf, labelSelectorAsSelector, parseApiVersion } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isFields, numberOf, textOf } from '../meta/json.ts'
import { ageColumn, column, metadataOf, nameColumn, table } from '../printing/table.ts'
import { countColumn, formatLabels, formatSelector, labelSelectorOf, none, templateColumns } from '../printing/texts.ts'
import type { TableStrategy } from '../strategy.ts'

const specOf = (object: Fields): Fields => fieldsOf(object['spec'])
const statusOf = (object: Fields): Fields => fieldsOf(object['status'])
const podSpecOf = (object: Fields): Fields => fieldsOf(fieldsOf(specOf(object)['template'])['spec'])
const selectorOf = (object: Fields): string => formatSelector(specOf(object)['selector'])
const readyColumn = column<Fields>(
  'Ready',
  'How many pods are ready, of how many',
  (object) => `${numberOf(statusOf(object)['readyReplicas'])}/${numberOf(specOf(object)['replicas'])}`,
)

export const deploymentTable: TableStrategy = table([
  nameColumn,
  readyColumn,
  column('Up-to-date', 'How many pods are of the current template', (object) =>
    numberOf(statusOf(object)['updatedReplicas']),
  ),
  column('Available', 'How many pods are available', (object) => numberOf(statusOf(object)['availableReplicas'])),
  ageColumn,
  ...templateColumns(podSpecOf, deploymentSelector),
])

/** A deployment's selector reads unlike that of other kinds: empty for all pods, and `<invalid>`. */
function deploymentSelector(object: Fields): string {
  const { selector } = specOf(object)
  try {
    return labelSelectorAsSelector(isFields(selector) ? labelSelectorOf(selector) : undefined).toString()
  } catch {
    return '<invalid>'
  }
}

export const replicaSetTable: TableStrategy = table([
  nameColumn,
  countColumn('Desired', 'How many pods are wanted', (object) => specOf(object)['replicas']),
  countColumn('Current', 'How many pods there are', (object) => statusOf(object)['replicas']),
  countColumn('Ready', 'How many pods are ready', (object) => statusOf(object)['readyReplicas']),
  ageColumn,
  ...templateColumns(podSpecOf, selectorOf),
])

export const statefulSetTable: TableStrategy = table([
  nameColumn,
  readyColumn,
  ageColumn,
  ...templateColumns(podSpecOf),
])

const daemonCount = (name: string, description: string, field: string) =>
  countColumn(name, description, (object) => statusOf(object)[field])

export const daemonSetTable: TableStrategy = table([
  nameColumn,
  daemonCount('Desired', 'How many nodes should run the pod', 'desiredNumberScheduled'),
  daemonCount('Current', 'How many nodes run it that should', 'currentNumberScheduled'),
  daemonCount('Ready', 'On how many nodes it is ready', 'numberReady'),
  daemonCount('Up-to-date', 'On how many nodes it is of the current template', 'updatedNumberScheduled'),
  daemonCount('Available', 'On how many nodes it is available', 'numberAvailable'),
  column('Node Selector', 'Which nodes should run the pod', (object) =>
    formatLabels(podSpecOf(object)['nodeSelector']),
  ),
  ageColumn,
  ...templateColumns(podSpecOf, selectorOf),
])

export const controllerRevisionTable: TableStrategy = table([
  nameColumn,
  column('Controller', 'Which object the revision belongs to', (object) => {
    const owner = controllerOf({ metadata: metadataOf(object) })
    if (owner === undefined) return none
    const group = parseApiVersion(owner.apiVersion)?.group ?? ''
    return `${textOf(owner.kind)}${group === '' ? '' : `.${group}`}`.toLowerCase().concat(`/${owner.name}`)
  }),
  column('Revision', 'Number of the revision', (object) => numberOf(object['revision'])),
  ageColumn,
])
