import { duplicate, type FieldError, FieldPath, invalid, required, semanticEqual } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isAbsent, isEmpty, listOf, numberOf, objectsOf, textOf } from '../../meta/json.ts'
import type { StrategyContext } from '../../strategy.ts'
import { countErrors } from '../../workloads/amounts.ts'
import { parseIndexes, sharedIndex } from './indexes.ts'

const statusPath = FieldPath.of('status')
const conditionsPath = statusPath.child('conditions')
const statusOf = (job: Fields): Fields => fieldsOf(job['status'])
const specOf = (job: Fields): Fields => fieldsOf(job['spec'])

/** What a status says, in short. */
function summaryOf(status: Fields) {
  const has = (type: string, value = 'True'): boolean =>
    objectsOf(status['conditions']).some((it) => it['type'] === type && it['status'] === value)
  const complete = has('Complete')
  const failed = has('Failed')
  return {
    complete,
    failed,
    finished: complete || failed,
    target: has('FailureTarget'),
    met: has('SuccessCriteriaMet'),
    has,
  }
}

/** Checks a change of a job's status: mostly only what changed. @see pkg/registry/batch/job/strategy.go getStatusValidationOptions */
export function jobStatusErrors(job: Fields, old: Fields, { gates }: StrategyContext): readonly FieldError[] {
  const status = statusOf(job)
  return [
    ...countErrors(status, ['active', 'succeeded', 'failed', 'ready', 'terminating'], statusPath),
    ...uncountedErrors(fieldsOf(status['uncountedTerminatedPods'])),
    ...(gates.enabled('JobManagedBy') ? strictErrors(job, old) : []),
    ...successErrors(job),
    ...(gates.enabled('JobManagedBy') ? changeErrors(job, old) : []),
    ...metChangeErrors(status, statusOf(old)),
  ]
}

function uncountedErrors(uncounted: Fields): readonly FieldError[] {
  const seen = new Set<string>()
  return ['succeeded', 'failed'].flatMap((name) =>
    listOf(uncounted[name]).flatMap((value, index) => {
      const path = statusPath.child('uncountedTerminatedPods', name).index(index)
      const uid = textOf(value)
      if (uid === '') return [invalid(path, uid, 'must not be empty')]
      if (seen.has(uid)) return [duplicate(path, uid)]
      seen.add(uid)
      return []
    }),
  )
}

const omitted = (why: string): FieldError => invalid(conditionsPath, undefined, why)

function strictErrors(job: Fields, old: Fields): readonly FieldError[] {
  const [status, stored] = [statusOf(job), statusOf(old)]
  const [now, before] = [summaryOf(status), summaryOf(stored)]
  const changed = (name: string): boolean => !semanticEqual(status[name] ?? null, stored[name] ?? null)
  const finished = now.finished !== before.finished
  const complete = now.complete !== before.complete
  const { startTime, completionTime, uncountedTerminatedPods: uncounted, ready, terminating } = status
  const active = numberOf(status['active'])
  const at = (name: string): FieldPath => statusPath.child(name)
  const timed = changed('completionTime')
  const errors: FieldError[] = []
  const check = (when: boolean, wrong: boolean, error: () => FieldError): void => {
    if (when && wrong) errors.push(error())
  }
  check(complete || now.failed !== before.failed, now.complete && now.failed, () =>
    omitted('cannot set Complete=True and Failed=true conditions'),
  )
  check(complete || now.target !== before.target, now.complete && now.target, () =>
    omitted('cannot set Complete=True and FailureTarget=true conditions'),
  )
  check(complete || timed, !isAbsent(completionTime) && !now.complete, () =>
    invalid(at('completionTime'), completionTime, 'cannot set completionTime when there is no Complete=True condition'),
  )
  check(complete || timed, isAbsent(completionTime) && now.complete, () =>
    required(at('completionTime'), 'completionTime is required for Complete jobs'),
  )
  const early = !isAbsent(startTime) && !isAbsent(completionTime) && textOf(completionTime) < textOf(startTime)
  check(changed('startTime') || timed, early, () =>
    invalid(at('completionTime'), completionTime, 'must be equal to or after `startTime`'),
  )
  check(now.failed !== before.failed || changed('failedIndexes'), now.failed && !now.target, () =>
    omitted('cannot set Failed=True condition without the FailureTarget=true condition'),
  )
  check(complete || now.met !== before.met, now.complete && !now.met, () =>
    omitted('cannot set Complete=True condition without the SuccessCriteriaMet=true condition'),
  )
  check(finished || changed('active'), active > 0 && now.finished, () =>
    invalid(at('active'), active, 'active>0 is invalid for finished job'),
  )
  const idle = specOf(job)['suspend'] === true && specOf(job)['completions'] === 0
  check((finished || changed('startTime')) && !idle, isAbsent(startTime) && now.finished, () =>
    required(at('startTime'), 'startTime is required for finished job'),
  )
  const left = ['failed', 'succeeded'].some((name) => !isEmpty(fieldsOf(uncounted)[name]))
  check(finished || changed('uncountedTerminatedPods'), now.finished && left, () =>
    invalid(at('uncountedTerminatedPods'), uncountedValue(fieldsOf(uncounted)), 'must be empty for finished job'),
  )
  errors.push(...indexErrors(job, changed))
  check(finished || changed('terminating'), numberOf(terminating) > 0 && now.finished, () =>
    invalid(at('terminating'), terminating, 'terminating>0 is invalid for finished job'),
  )
  check(changed('ready') || changed('active'), !isAbsent(ready) && numberOf(ready) > active, () =>
    invalid(at('ready'), ready, 'cannot set more ready pods than active'),
  )
  return errors
}

const uncountedValue = (uncounted: Fields): Fields => ({
  Succeeded: uncounted['succeeded'] ?? null,
  Failed: uncounted['failed'] ?? null,
})

function indexErrors(job: Fields, changed: (name: string) => boolean): readonly FieldError[] {
  const { completions, backoffLimitPerIndex, completionMode } = specOf(job)
  const { failedIndexes } = statusOf(job)
  const completed = textOf(statusOf(job)['completedIndexes'])
  const failed = textOf(failedIndexes)
  const total = numberOf(completions)
  const completedPath = statusPath.child('completedIndexes')
  const failedPath = statusPath.child('failedIndexes')
  const counted = !isAbsent(completions)
  const errors: FieldError[] = []
  if (changed('completedIndexes') && counted) {
    const read = parseIndexes(completed, total)
    if ('problem' in read)
      errors.push(invalid(completedPath, completed, `error parsing completedIndexes: ${read.problem}`))
  }
  if (changed('failedIndexes') && counted && !isAbsent(backoffLimitPerIndex) && !isAbsent(failedIndexes)) {
    const read = parseIndexes(failed, total)
    if ('problem' in read) errors.push(invalid(failedPath, failed, `error parsing failedIndexes: ${read.problem}`))
  }
  if (changed('completedIndexes') && completed !== '' && completionMode !== 'Indexed') {
    const why = 'cannot set non-empty completedIndexes when non-indexed completion mode'
    errors.push(invalid(completedPath, completed, why))
  }
  if (changed('failedIndexes') && isAbsent(backoffLimitPerIndex) && !isAbsent(failedIndexes)) {
    const why = 'cannot set non-null failedIndexes when backoffLimitPerIndex is null'
    errors.push(invalid(failedPath, failed, why))
  }
  if ((changed('failedIndexes') || changed('completedIndexes')) && counted && !isAbsent(failedIndexes)) {
    const shared = sharedIndex(completed, failed, total)
    if (shared !== undefined)
      errors.push(invalid(failedPath, failed, `failedIndexes and completedIndexes overlap at index: ${shared}`))
  }
  return errors
}

function successErrors(job: Fields): readonly FieldError[] {
  const { met, failed, target, complete } = summaryOf(statusOf(job))
  const errors: FieldError[] = []
  if (met && failed) errors.push(omitted('cannot set SuccessCriteriaMet=True and Failed=true conditions'))
  if (met && target) errors.push(omitted('cannot set SuccessCriteriaMet=True and FailureTarget=true conditions'))
  if (!isAbsent(specOf(job)['successPolicy']) && !met && complete)
    errors.push(omitted('cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True'))
  return errors
}

function changeErrors(job: Fields, old: Fields): readonly FieldError[] {
  const [status, stored] = [statusOf(job), statusOf(old)]
  const [now, before] = [summaryOf(status), summaryOf(stored)]
  const { completions, parallelism, completionMode, suspend } = specOf(job)
  const errors: FieldError[] = []
  for (const type of ['Failed', 'Complete', 'FailureTarget']) {
    if (before.has(type) && !now.has(type)) errors.push(omitted(`cannot disable the terminal ${type}=True condition`))
  }
  const decreased = (name: string): void => {
    const value = numberOf(status[name])
    if (value < numberOf(stored[name]))
      errors.push(invalid(statusPath.child(name), value, `cannot decrease the ${name} counter`))
  }
  decreased('failed')
  if (completionMode !== 'Indexed' || !semanticEqual(completions ?? null, parallelism ?? null)) decreased('succeeded')
  const { completionTime, startTime } = status
  const times = [completionTime, stored['completionTime']]
  if (!times.some(isAbsent) && completionTime !== stored['completionTime'])
    errors.push(invalid(statusPath.child('completionTime'), completionTime, 'field is immutable'))
  const resumes = before.has('Suspended') && now.has('Suspended', 'False')
  if (!isAbsent(stored['startTime']) && stored['startTime'] !== startTime && suspend !== true && !resumes)
    errors.push(required(statusPath.child('startTime'), 'startTime cannot be removed for unsuspended job'))
  return errors
}

function metChangeErrors(status: Fields, stored: Fields): readonly FieldError[] {
  const [now, before] = [summaryOf(status), summaryOf(stored)]
  const errors: FieldError[] = []
  if (before.met && !now.met) errors.push(omitted('cannot disable the SuccessCriteriaMet=True condition'))
  if (before.complete && !before.met && now.met)
    errors.push(omitted('cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions'))
  return errors
}
