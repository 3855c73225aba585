import {
  type FieldError,
  FieldPath,
  fieldImmutableMessage,
  invalid,
  isDNS1123Label,
  required,
  semanticEqual,
} from '@kube-bonsai/apimachinery'
import { internalValue } from '../../internal-form/internal-value.ts'
import { type Fields, fieldsOf, isAbsent, numberOf, textOf } from '../../meta/json.ts'
import { labelsOf } from '../../pod-template/validation/labels.ts'
import { hasInvalidTermValue } from '../../pod-template/validation/options.ts'
import { selectorErrors } from '../../pod-template/validation/selectors.ts'
import type { StrategyContext } from '../../strategy.ts'
import { compiledSelector, templateLabelErrors } from '../../workloads/selectors.ts'
import { templateOf } from '../../workloads/templates.ts'
import { jobSpecErrors } from './spec-validation.ts'
import { templateChangeErrors } from './template-changes.ts'

const specPath = FieldPath.of('spec')
const metadataPath = FieldPath.of('metadata')
const specOf = (job: Fields): Fields => fieldsOf(job['spec'])
const oldLabels = ['controller-uid', 'job-name'] as const
const newLabels = ['batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name'] as const

/** Checks a job. @see pkg/apis/batch/validation/validation.go ValidateJob */
export function jobErrors(job: Fields, context: StrategyContext, old?: Fields): readonly FieldError[] {
  return [...generatedErrors(job, old), ...wholeSpecErrors(job, context, old), ...hostnameErrors(job)]
}

function wholeSpecErrors(job: Fields, context: StrategyContext, old?: Fields): readonly FieldError[] {
  const spec = specOf(job)
  const path = specPath.child('selector')
  const anyValue = old !== undefined && hasInvalidTermValue(specOf(old)['selector'])
  const selector = compiledSelector(spec['selector'])
  return [
    ...jobSpecErrors(spec, context, specPath, old && specOf(old)),
    ...(isAbsent(spec['selector']) ? [required(path)] : selectorErrors(spec['selector'], path, anyValue)),
    ...(selector === undefined
      ? []
      : templateLabelErrors(fieldsOf(spec['template']), selector, specPath.child('template'))),
  ]
}

/** Checks that the selector is the one which is made for a job, unless somebody made it by hand. */
function generatedErrors(job: Fields, old?: Fields): readonly FieldError[] {
  const spec = specOf(job)
  const { name, uid } = fieldsOf(job['metadata'])
  const { selector } = spec
  if (spec['manualSelector'] === true || isAbsent(selector)) return []
  const labels = labelsOf(fieldsOf(fieldsOf(spec['template'])['metadata'])['labels'])
  const before = labelsOf(fieldsOf(templateOf(old)?.['metadata'])['labels']) ?? {}
  const prefixed = old === undefined || newLabels.every((label) => Object.hasOwn(before, label))
  const expected: Record<string, string> = {}
  const errors: FieldError[] = textOf(uid) === '' ? [required(metadataPath.child('uid'))] : []
  for (const [uidLabel, nameLabel] of prefixed ? [oldLabels, newLabels] : [oldLabels]) {
    for (const [label, value] of [[uidLabel, textOf(uid)] as const, [nameLabel, textOf(name)] as const]) {
      expected[label] = value
      const at = specPath.child('template', 'metadata', 'labels').key(label)
      const why = `must be '${value}'`
      if (labels === undefined || !Object.hasOwn(labels, label)) errors.push(required(at, why))
      else if (labels[label] !== value) errors.push(invalid(at, labels, why))
    }
  }
  const compiled = compiledSelector(selector)
  if (compiled === undefined || compiled.matches(expected)) return errors
  const value = internalValue('LabelSelector', selector)
  return [...errors, invalid(specPath.child('selector'), value, '`selector` not auto-generated')]
}

function hostnameErrors(job: Fields): readonly FieldError[] {
  const spec = specOf(job)
  const completions = numberOf(spec['completions'])
  if (spec['completionMode'] !== 'Indexed' || completions < 1) return []
  const name = textOf(fieldsOf(job['metadata'])['name'])
  const last = `${name}-${completions - 1}`
  if (isDNS1123Label(last).length === 0) return []
  return [invalid(metadataPath.child('name'), name, `will not able to create pod with invalid DNS label: ${last}`)]
}

/** What of a job's spec stays, with its Go type where messages print it as a struct. */
const immutable: readonly (readonly [name: string, type?: string])[] = [
  ['completionMode'],
  ['podFailurePolicy', 'batch.PodFailurePolicy'],
  ['backoffLimitPerIndex'],
  ['managedBy'],
  ['successPolicy', 'batch.SuccessPolicy'],
]

/** Checks a change of a job: its selector, template and policies stay, unless it waits suspended. */
export function jobUpdateErrors(job: Fields, old: Fields, context: StrategyContext): readonly FieldError[] {
  const spec = specOf(job)
  const stored = specOf(old)
  return [
    ...jobErrors(job, context, old),
    ...wholeSpecErrors(job, context, old),
    ...completionsErrors(spec, stored),
    ...frozenErrors(spec, stored, 'selector', 'LabelSelector'),
    ...templateChangeErrors(job, old, context),
    ...immutable.flatMap(([name, type]) => frozenErrors(spec, stored, name, type)),
  ]
}

function frozenErrors(spec: Fields, stored: Fields, name: string, type?: string): readonly FieldError[] {
  const value = spec[name] ?? null
  if (semanticEqual(value, stored[name] ?? null)) return []
  const shown = type === undefined || value === null ? value : internalValue(type, value)
  return [invalid(specPath.child(name), shown, fieldImmutableMessage)]
}

/** An indexed job may change how many indexes it has, together with how many of them run at once. */
function completionsErrors(spec: Fields, stored: Fields): readonly FieldError[] {
  const { completions, parallelism } = spec
  if (spec['completionMode'] !== 'Indexed') return frozenErrors(spec, stored, 'completions')
  if (isAbsent(completions) || semanticEqual(completions, stored['completions'] ?? null)) return []
  if (completions === parallelism) return []
  return [invalid(specPath.child('completions'), completions, 'can only be modified in tandem with spec.parallelism')]
}
