import {
  type FieldError,
  type FieldPath,
  invalid,
  isDomainPrefixedPath,
  notSupported,
  required,
  tooLong,
  utf8Length,
} from '@kube-bonsai/apimachinery'
import { internalValue } from '../../internal-form/internal-value.ts'
import { named } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, numberOf, textOf } from '../../meta/json.ts'
import { podTemplateErrors } from '../../pod-template/validation/pod-spec.ts'
import type { StrategyContext } from '../../strategy.ts'
import { countErrors } from '../../workloads/amounts.ts'
import { failurePolicyErrors, successPolicyErrors } from './policies.ts'

const modes = ['NonIndexed', 'Indexed']
const counts = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
]
const maxIndexed = 100_000
const maxForMany = 10_000
const longestManager = 63

/**
 * Checks the spec of a job or of a job template, without its selector.
 *
 * @param old the stored spec, for an update
 */
export function jobSpecErrors(
  spec: Fields,
  context: StrategyContext,
  path: FieldPath,
  old?: Fields,
): readonly FieldError[] {
  const template = path.child('template')
  const stored = old && fieldsOf(old['template'])
  return [
    ...countErrors(spec, counts, path),
    ...(!isAbsent(spec['maxFailedIndexes']) && isAbsent(spec['backoffLimitPerIndex'])
      ? [required(path.child('backoffLimitPerIndex'), 'when maxFailedIndexes is specified')]
      : []),
    ...managerErrors(spec['managedBy'], path.child('managedBy')),
    ...modeErrors(spec, path),
    ...(isAbsent(spec['podFailurePolicy']) ? [] : failurePolicyErrors(spec, path.child('podFailurePolicy'))),
    ...(isAbsent(spec['successPolicy']) ? [] : successErrors(spec, path.child('successPolicy'))),
    ...replacementErrors(spec, path.child('podReplacementPolicy')),
    ...podTemplateErrors(fieldsOf(spec['template']), context, template, stored),
    ...restartPolicyErrors(spec, template.child('spec', 'restartPolicy')),
  ]
}

function managerErrors(manager: unknown, path: FieldPath): readonly FieldError[] {
  if (isAbsent(manager)) return []
  const text = textOf(manager)
  const errors = isDomainPrefixedPath(path, text)
  return utf8Length(text) > longestManager ? [...errors, tooLong(path, longestManager)] : errors
}

function successErrors(spec: Fields, path: FieldPath): readonly FieldError[] {
  if (spec['completionMode'] === 'Indexed') return successPolicyErrors(spec, path)
  return [
    invalid(path, internalValue('batch.SuccessPolicy', spec['successPolicy']), 'requires indexed completion mode'),
  ]
}

function modeErrors(spec: Fields, path: FieldPath): readonly FieldError[] {
  const { completionMode: mode } = spec
  const errors: FieldError[] = []
  if (!isAbsent(mode) && !modes.includes(textOf(mode)))
    errors.push(notSupported(path.child('completionMode'), named(mode), modes))
  if (mode === 'Indexed') return [...errors, ...indexedErrors(spec, path)]
  if (!isAbsent(mode) && mode !== 'NonIndexed') return errors
  for (const name of ['backoffLimitPerIndex', 'maxFailedIndexes']) {
    if (!isAbsent(spec[name])) errors.push(invalid(path.child(name), spec[name], 'requires indexed completion mode'))
  }
  return errors
}

function indexedErrors(spec: Fields, path: FieldPath): readonly FieldError[] {
  const { completions, parallelism, maxFailedIndexes: failed, backoffLimitPerIndex } = spec
  const errors: FieldError[] = []
  const atMost = (name: string, why: string): void => {
    errors.push(invalid(path.child(name), spec[name], `must be less than or equal to ${why}`))
  }
  if (isAbsent(completions)) errors.push(required(path.child('completions'), 'when completion mode is Indexed'))
  if (numberOf(parallelism) > maxIndexed) atMost('parallelism', `${maxIndexed} when completion mode is Indexed`)
  if (!isAbsent(completions) && numberOf(failed) > numberOf(completions)) atMost('maxFailedIndexes', 'completions')
  if (numberOf(failed) > maxIndexed) atMost('maxFailedIndexes', String(maxIndexed))
  if (numberOf(completions) <= maxIndexed || isAbsent(backoffLimitPerIndex)) return errors
  if (isAbsent(failed)) {
    errors.push(required(path.child('maxFailedIndexes'), `must be specified when completions is above ${maxIndexed}`))
  }
  const many = `${maxForMany} when completions are above ${maxIndexed} and used with backoff limit per index`
  if (numberOf(parallelism) > maxForMany) atMost('parallelism', many)
  if (numberOf(failed) > maxForMany) atMost('maxFailedIndexes', many)
  return errors
}

function replacementErrors(spec: Fields, path: FieldPath): readonly FieldError[] {
  const policy = spec['podReplacementPolicy']
  if (isAbsent(policy)) return []
  const supported = isAbsent(spec['podFailurePolicy']) ? ['Failed', 'TerminatingOrFailed'] : ['Failed']
  return supported.includes(textOf(policy)) ? [] : [notSupported(path, named(policy), supported)]
}

function restartPolicyErrors(spec: Fields, path: FieldPath): readonly FieldError[] {
  const policy = textOf(fieldsOf(fieldsOf(spec['template'])['spec'])['restartPolicy'])
  if (policy === '' || policy === 'Always') return [required(path, 'valid values: "OnFailure", "Never"')]
  if (policy !== 'OnFailure' && policy !== 'Never') return [notSupported(path, named(policy), ['OnFailure', 'Never'])]
  if (isAbsent(spec['podFailurePolicy']) || policy === 'Never') return []
  return [invalid(path, named(policy), 'only "Never" is supported when podFailurePolicy is specified')]
}
