import { type FieldError, FieldPath, invalid, required } from '@kube-bonsai/apimachinery'
import { oneOfErrors } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, textOf } from '../../meta/json.ts'
import type { Room } from '../../room.ts'
import type { StrategyContext } from '../../strategy.ts'
import { countErrors } from '../../workloads/amounts.ts'
import { jobSpecErrors } from '../job/validation.ts'

const specPath = FieldPath.of('spec')
const policies = ['Allow', 'Forbid', 'Replace']
const maxNameLength = 52
const counts = ['startingDeadlineSeconds', 'successfulJobsHistoryLimit', 'failedJobsHistoryLimit']

function cronJobErrors(cronJob: Fields, context: StrategyContext, allowZone = false): readonly FieldError[] {
  const spec = fieldsOf(cronJob['spec'])
  const jobSpec = fieldsOf(fieldsOf(spec['jobTemplate'])['spec'])
  return [
    ...scheduleErrors(spec, allowZone),
    ...oneOfErrors(spec['concurrencyPolicy'], specPath.child('concurrencyPolicy'), policies),
    ...jobSpecErrors(jobSpec, context, specPath.child('jobTemplate', 'spec')),
    ...manualSelectorErrors(jobSpec),
    ...countErrors(spec, counts, specPath),
  ]
}

/** Refuses a zone inside of the schedule. What a schedule means is left to whoever keeps it. */
function scheduleErrors(spec: Fields, allowZone: boolean): readonly FieldError[] {
  const path = specPath.child('schedule')
  const schedule = textOf(spec['schedule'])
  if (schedule === '') return [required(path)]
  if (!schedule.includes('TZ')) return []
  if (!allowZone) return [invalid(path, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')]
  if (isAbsent(spec['timeZone'])) return []
  return [invalid(path, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule')]
}

function manualSelectorErrors(jobSpec: Fields): readonly FieldError[] {
  const path = specPath.child('jobTemplate', 'spec')
  const errors: FieldError[] = []
  if (!isEmpty(jobSpec['selector']))
    errors.push(invalid(path.child('selector'), jobSpec['selector'], '`selector` will be auto-generated'))
  return errors
}

/** @see pkg/registry/batch/cronjob/strategy.go */
export const cronJobRoom: Room = {
  group: 'batch',
  kind: 'CronJob',
  validate(cronJob, context) {
    const name = textOf(fieldsOf(cronJob['metadata'])['name'])
    const errors = cronJobErrors(cronJob, context)
    if (name.length <= maxNameLength) return errors
    return [...errors, invalid(FieldPath.of('metadata', 'name'), name, 'must be no more than 52 characters')]
  },
  update: {
    validate: (cronJob, old, context) =>
      cronJobErrors(cronJob, context, textOf(fieldsOf(old['spec'])['schedule']).includes('TZ')),
  },
}
