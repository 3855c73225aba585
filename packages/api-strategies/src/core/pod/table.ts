import { type Fields, fieldsOf, objectsOf, textOf } from '../../meta/json.ts'
import { age, humanMillis } from '../../printing/ages.ts'
import { column, metadataOf, summaryTable } from '../../printing/table.ts'
import { none, textOr } from '../../printing/texts.ts'
import type { TableRow, TableStrategy } from '../../strategy.ts'
import { type PodDisplay, podDisplay } from './display-status.ts'

const wide = { wide: true } as const

/** The table of pods. @see pkg/printers/internalversion/printers.go printPod */
export const podTable: TableStrategy = summaryTable<PodDisplay>(
  podDisplay,
  [
    column('Name', 'Name of the object', ({ pod }) => textOf(metadataOf(pod)['name']), { format: 'name' }),
    column('Ready', 'How many containers are ready, of how many', ({ ready, total }) => `${ready}/${total}`),
    column('Status', 'What the containers of the pod are up to, in one word', ({ status }) => status),
    column('Restarts', 'How often containers were restarted, and when last', restarts),
    column('Age', 'Time since the object was created', ({ pod }, now) =>
      age(metadataOf(pod)['creationTimestamp'], now),
    ),
    column(
      'IP',
      'First address of the pod',
      ({ pod }) => textOr(objectsOf(statusOf(pod)['podIPs'])[0]?.['ip'], none),
      wide,
    ),
    column('Node', 'Node that runs the pod', ({ pod }) => textOr(specOf(pod)['nodeName'], none), wide),
    column(
      'Nominated Node',
      'Node on which the scheduler makes room for the pod',
      ({ pod }) => textOr(statusOf(pod)['nominatedNodeName'], none),
      wide,
    ),
    column('Readiness Gates', 'How many readiness gates are true, of how many', ({ pod }) => readinessGates(pod), wide),
  ],
  ({ pod }) => rowConditions(statusOf(pod)['phase']),
)

const specOf = (pod: Fields): Fields => fieldsOf(pod['spec'])
const statusOf = (pod: Fields): Fields => fieldsOf(pod['status'])

function restarts({ restarts, lastRestart }: PodDisplay, now: number): string {
  return restarts === 0 || lastRestart === undefined
    ? `${restarts}`
    : `${restarts} (${humanMillis(now - lastRestart)} ago)`
}

function readinessGates(pod: Fields): string {
  const gates = objectsOf(specOf(pod)['readinessGates'])
  if (gates.length === 0) return none
  const conditions = objectsOf(statusOf(pod)['conditions'])
  const met = gates.filter(({ conditionType }) => {
    const condition = conditions.find(({ type }) => type === conditionType)
    return condition?.['status'] === 'True'
  })
  return `${met.length}/${gates.length}`
}

function rowConditions(phase: unknown): TableRow['conditions'] {
  if (phase === 'Succeeded') return [completed('Succeeded', 'The pod has completed successfully.')]
  return phase === 'Failed' ? [completed('Failed', 'The pod failed.')] : undefined
}

const completed = (reason: string, message: string): NonNullable<TableRow['conditions']>[number] => ({
  type: 'Completed',
  status: 'True',
  reason,
  message,
})
