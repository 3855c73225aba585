import { type Fields, fieldsOf, isAbsent, isEmpty, listOf, numberOf, objectsOf, textOf } from '../meta/json.ts'
import { age, humanMillis, millisOf } from '../printing/ages.ts'
import { ageColumn, column, metadataOf, nameColumn, table } from '../printing/table.ts'
import { formatSelector, none, templateColumns, unset } from '../printing/texts.ts'
import type { TableStrategy } from '../strategy.ts'

const specOf = (object: Fields): Fields => fieldsOf(object['spec'])
const statusOf = (object: Fields): Fields => fieldsOf(object['status'])
const podSpecOf = (spec: Fields): Fields => fieldsOf(fieldsOf(spec['template'])['spec'])

export const jobTable: TableStrategy = table([
  nameColumn,
  column('Status', 'What the job is up to, in one word', jobStatus),
  column('Completions', 'How many pods have succeeded, of how many', completions),
  column('Duration', 'How long the job has run', duration),
  ageColumn,
  ...templateColumns(
    (job) => podSpecOf(specOf(job)),
    (job) => formatSelector(specOf(job)['selector']),
  ),
])

function jobStatus(job: Fields): string {
  const isTrue = (name: string): boolean =>
    objectsOf(statusOf(job)['conditions']).find(({ type }) => type === name)?.['status'] === 'True'
  if (isTrue('Complete')) return 'Complete'
  if (isTrue('Failed')) return 'Failed'
  if (!isEmpty(metadataOf(job)['deletionTimestamp'])) return 'Terminating'
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(isTrue) ?? 'Running'
}

function completions(job: Fields): string {
  const succeeded = numberOf(statusOf(job)['succeeded'])
  const { completions: wanted, parallelism } = specOf(job)
  if (!isAbsent(wanted)) return `${succeeded}/${numberOf(wanted)}`
  return numberOf(parallelism) > 1 ? `${succeeded}/1 of ${numberOf(parallelism)}` : `${succeeded}/1`
}

function duration(job: Fields, now: number): string {
  const start = millisOf(statusOf(job)['startTime'])
  if (start === undefined) return ''
  return humanMillis((millisOf(statusOf(job)['completionTime']) ?? now) - start)
}

export const cronJobTable: TableStrategy = table([
  nameColumn,
  column('Schedule', 'When jobs start, in cron format', (job) => textOf(specOf(job)['schedule'])),
  column('Timezone', 'Time zone of the schedule', (job) => textOf(specOf(job)['timeZone'] ?? none)),
  column('Suspend', 'Whether new jobs wait', (job) => suspended(specOf(job)['suspend']), { type: 'boolean' }),
  column('Active', 'How many jobs run', (job) => listOf(statusOf(job)['active']).length, { type: 'integer' }),
  column('Last Schedule', 'Time since a job was started last', (job, now) => {
    const { lastScheduleTime } = statusOf(job)
    return isAbsent(lastScheduleTime) ? none : age(lastScheduleTime, now)
  }),
  ageColumn,
  ...templateColumns(
    (job) => podSpecOf(jobSpecOf(job)),
    (job) => formatSelector(jobSpecOf(job)['selector']),
  ),
])

const jobSpecOf = (cronJob: Fields): Fields => fieldsOf(fieldsOf(specOf(cronJob)['jobTemplate'])['spec'])

function suspended(value: unknown): string {
  if (isAbsent(value)) return unset
  return value === true ? 'True' : 'False'
}
