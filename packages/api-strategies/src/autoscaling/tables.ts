import { type Fields, fieldsOf, isAbsent, isFields, numberOf, objectsOf, textOf } from '../meta/json.ts'
import { ageColumn, column, nameColumn, table } from '../printing/table.ts'
import { countColumn, none, unset } from '../printing/texts.ts'
import type { TableStrategy } from '../strategy.ts'

const specOf = (object: Fields): Fields => fieldsOf(object['spec'])
const statusOf = (object: Fields): Fields => fieldsOf(object['status'])
const unknown = '<unknown>'
const maxMetrics = 2

export const horizontalPodAutoscalerTable: TableStrategy = table([
  nameColumn,
  column('Reference', 'What it scales', (hpa) => {
    const { kind, name } = fieldsOf(specOf(hpa)['scaleTargetRef'])
    return `${textOf(kind)}/${textOf(name)}`
  }),
  column('Targets', 'Its first metrics: what they are, and what they should be', metrics),
  column('MinPods', 'Fewest pods', (hpa) =>
    isAbsent(specOf(hpa)['minReplicas']) ? unset : `${numberOf(specOf(hpa)['minReplicas'])}`,
  ),
  column('MaxPods', 'Most pods', (hpa) => numberOf(specOf(hpa)['maxReplicas'])),
  column('Replicas', 'How many pods there are', (hpa) => numberOf(statusOf(hpa)['currentReplicas'])),
  ageColumn,
])

function metrics(hpa: Fields): string {
  const specs = objectsOf(specOf(hpa)['metrics'])
  if (specs.length === 0) return none
  const statuses = objectsOf(statusOf(hpa)['currentMetrics'])
  const texts = specs.map((spec, index) => metric(spec, statuses[index] ?? {}))
  const text = texts.slice(0, maxMetrics).join(', ')
  return texts.length > maxMetrics ? `${text} + ${texts.length - maxMetrics} more...` : text
}

function metric(spec: Fields, status: Fields): string {
  switch (spec['type']) {
    case 'External':
      return valueMetric(spec['external'], status['external'])
    case 'Object':
      return valueMetric(spec['object'], status['object'])
    case 'Pods': {
      const target = quantity(fieldsOf(fieldsOf(spec['pods'])['target'])['averageValue'])
      return `${isFields(status['pods']) ? quantity(currentOf(status['pods'])['averageValue']) : unknown}/${target}`
    }
    case 'Resource':
      return resourceMetric(spec['resource'], status['resource'])
    case 'ContainerResource':
      return resourceMetric(spec['containerResource'], status['containerResource'])
    default:
      return '<unknown type>'
  }
}

const currentOf = (status: unknown): Fields => fieldsOf(fieldsOf(status)['current'])
/** What Go prints for a quantity that is not there. */
const nilQuantity = '<nil>'
const quantity = (value: unknown): string => textOf(value ?? nilQuantity)

function valueMetric(spec: unknown, status: unknown): string {
  const target = fieldsOf(fieldsOf(spec)['target'])
  const current = currentOf(status)
  if (!isAbsent(target['averageValue'])) {
    return `${textOf(current['averageValue'] ?? unknown)}/${textOf(target['averageValue'])} (avg)`
  }
  return `${isFields(status) ? quantity(current['value']) : unknown}/${quantity(target['value'])}`
}

function resourceMetric(spec: unknown, status: unknown): string {
  const { name, target: goal } = fieldsOf(spec)
  const target = fieldsOf(goal)
  const current = currentOf(status)
  if (!isAbsent(target['averageValue'])) {
    const now = isFields(status) ? quantity(current['averageValue']) : unknown
    return `${textOf(name)}: ${now}/${textOf(target['averageValue'])}`
  }
  return `${textOf(name)}: ${percent(current['averageUtilization'], unknown)}/${percent(target['averageUtilization'], '<auto>')}`
}

const percent = (value: unknown, otherwise: string): string => (isAbsent(value) ? otherwise : `${numberOf(value)}%`)

export const scaleTable: TableStrategy = table([
  column('Name', 'Name of the object', (scale) => textOf(fieldsOf(scale['metadata'])['name'])),
  countColumn('Desired', 'How many pods are wanted', (scale) => specOf(scale)['replicas']),
  countColumn('Available', 'How many pods there are', (scale) => statusOf(scale)['replicas']),
  ageColumn,
])
