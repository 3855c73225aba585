import { type FieldError, FieldPath, invalid, notSupported, required, utf8Length } from '@kube-bonsai/apimachinery'
import { internalValue } from '../../internal-form/internal-value.ts'
import { oneOfErrors } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, textOf, withField } from '../../meta/json.ts'
import type { Room } from '../../room.ts'
import type { StrategyContext } from '../../strategy.ts'
import { countErrors } from '../../workloads/amounts.ts'
import { hostnameWarnings, sameGeneration, withGatedTemplate } from '../../workloads/templates.ts'
import { jobSpecErrors } from '../job/spec-validation.ts'
import { jobSpecWarnings } from '../job/strategy.ts'
import { scheduleProblem } from './schedule.ts'
import { isTimeZone, timeZoneErrors } from './time-zone.ts'

const specPath = FieldPath.of('spec')
const jobPath = specPath.child('jobTemplate', 'spec')
const policies = ['Allow', 'Forbid', 'Replace']
const maxNameLength = 52

const specOf = (cronJob: Fields): Fields => fieldsOf(cronJob['spec'])
const jobTemplateOf = (cronJob: Fields): Fields => fieldsOf(specOf(cronJob)['jobTemplate'])

function cronJobErrors(cronJob: Fields, context: StrategyContext, old?: Fields): readonly FieldError[] {
  const spec = specOf(cronJob)
  const jobSpec = specOf(jobTemplateOf(cronJob))
  const zone = spec['timeZone']
  const sameZone = old !== undefined && (specOf(old)['timeZone'] ?? null) === (zone ?? null)
  return [
    ...scheduleErrors(spec, old),
    ...countErrors(spec, ['startingDeadlineSeconds'], specPath),
    ...(sameZone ? [] : timeZoneErrors(zone, specPath.child('timeZone'))),
    ...oneOfErrors(spec['concurrencyPolicy'], specPath.child('concurrencyPolicy'), policies),
    ...jobSpecErrors(jobSpec, context, jobPath, old && specOf(jobTemplateOf(old))),
    ...manualSelectorErrors(jobSpec),
    ...countErrors(spec, ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit'], specPath),
  ]
}

/** A zone inside of the schedule is only for those that had one. */
function scheduleErrors(spec: Fields, old: Fields | undefined): readonly FieldError[] {
  const path = specPath.child('schedule')
  const schedule = textOf(spec['schedule'])
  if (schedule === '') return [required(path)]
  const problem = scheduleProblem(schedule, isTimeZone)
  const errors = problem === undefined ? [] : [invalid(path, schedule, problem)]
  if (!schedule.includes('TZ')) return errors
  const allowed = old !== undefined && textOf(specOf(old)['schedule']).includes('TZ')
  if (!allowed)
    return [...errors, invalid(path, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')]
  if (isAbsent(spec['timeZone'])) return errors
  return [...errors, invalid(path, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule')]
}

function manualSelectorErrors({ selector, manualSelector }: Fields): readonly FieldError[] {
  const errors: FieldError[] = []
  if (!isAbsent(selector)) {
    const value = internalValue('LabelSelector', selector)
    errors.push(invalid(jobPath.child('selector'), value, '`selector` will be auto-generated'))
  }
  if (manualSelector === true)
    errors.push(notSupported(jobPath.child('manualSelector'), manualSelector, ['nil', 'false']))
  return errors
}

function prepare(cronJob: Fields, old: Fields | undefined, context: StrategyContext): Fields {
  const template = withGatedTemplate(jobTemplateOf(cronJob), old && jobTemplateOf(old), context)
  return withField(cronJob, 'spec', withField(specOf(cronJob), 'jobTemplate', template))
}

function updateWarnings(cronJob: Fields, old: Fields, context: StrategyContext): readonly string[] {
  const same = sameGeneration(cronJob, old)
  const texts = same ? [] : jobSpecWarnings(specOf(jobTemplateOf(cronJob)), context, jobPath)
  if (!textOf(specOf(cronJob)['schedule']).includes('TZ')) return texts
  const where = 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/'
  return [
    ...texts,
    `cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see ${where} for more details`,
  ]
}

/** @see pkg/registry/batch/cronjob/strategy.go */
export const cronJobRoom: Room = {
  group: 'batch',
  kind: 'CronJob',
  prepareForCreate: (cronJob, context) => prepare(cronJob, undefined, context),
  validate(cronJob, context) {
    const name = textOf(fieldsOf(cronJob['metadata'])['name'])
    const errors = cronJobErrors(cronJob, context)
    if (utf8Length(name) <= maxNameLength) return errors
    return [...errors, invalid(FieldPath.of('metadata', 'name'), name, 'must be no more than 52 characters')]
  },
  warningsOnCreate: (cronJob, context) => [
    ...hostnameWarnings(cronJob),
    ...jobSpecWarnings(specOf(jobTemplateOf(cronJob)), context, jobPath),
  ],
  update: {
    prepare,
    validate: (cronJob, old, context) => cronJobErrors(cronJob, context, old),
    warnings: updateWarnings,
  },
}
