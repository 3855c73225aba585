import {
  type FieldError,
  FieldPath,
  invalid,
  isDNS1123Label,
  notSupported,
  required,
  semanticEqual,
  validateImmutableField,
} from '@kube-bonsai/apimachinery'
import { oneOfErrors } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, numberOf, textOf, withField } from '../../meta/json.ts'
import { podTemplateErrors } from '../../pod-template/validation/pod-spec.ts'
import type { StrategyContext } from '../../strategy.ts'
import { countErrors } from '../../workloads/amounts.ts'
import { compiledSelector, templateLabelErrors } from '../../workloads/selectors.ts'

const specPath = FieldPath.of('spec')
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
const immutable = ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy']

/** Checks a new job. @see pkg/apis/batch/validation/validation.go ValidateJob */
export function jobErrors(job: Fields, context: StrategyContext): readonly FieldError[] {
  const spec = fieldsOf(job['spec'])
  return [...jobSpecErrors(spec, context, specPath), ...selectorErrors(spec), ...hostnameErrors(job, spec)]
}

function selectorErrors(spec: Fields): readonly FieldError[] {
  const missing = isAbsent(spec['selector']) ? [required(specPath.child('selector'))] : []
  const selector = compiledSelector(spec['selector'])
  if (selector === undefined) return missing
  return [...missing, ...templateLabelErrors(fieldsOf(spec['template']), selector, specPath.child('template'))]
}

function hostnameErrors(job: Fields, spec: Fields): readonly FieldError[] {
  const completions = numberOf(spec['completions'])
  if (spec['completionMode'] !== 'Indexed' || completions < 1) return []
  const name = textOf(fieldsOf(job['metadata'])['name'])
  const last = `${name}-${completions - 1}`
  if (isDNS1123Label(last).length === 0) return []
  return [
    invalid(FieldPath.of('metadata', 'name'), name, `will not able to create pod with invalid DNS label: ${last}`),
  ]
}

/** Checks the spec of a job or of a job template, without its selector. */
export function jobSpecErrors(spec: Fields, context: StrategyContext, path: FieldPath): readonly FieldError[] {
  const template = path.child('template')
  return [
    ...countErrors(spec, counts, path),
    ...modeErrors(spec, path),
    ...replacementErrors(spec, path.child('podReplacementPolicy')),
    ...podTemplateErrors(fieldsOf(spec['template']), context, template),
    ...restartPolicyErrors(spec, template.child('spec', 'restartPolicy')),
  ]
}

function modeErrors(spec: Fields, path: FieldPath): readonly FieldError[] {
  const { completionMode: mode, completions, parallelism, maxFailedIndexes, backoffLimitPerIndex } = spec
  const errors: FieldError[] = []
  if (!isAbsent(maxFailedIndexes) && isAbsent(backoffLimitPerIndex)) {
    errors.push(required(path.child('backoffLimitPerIndex'), 'when maxFailedIndexes is specified'))
  }
  if (!isAbsent(mode) && !modes.includes(textOf(mode)))
    errors.push(notSupported(path.child('completionMode'), mode, modes))
  if (mode === 'Indexed') {
    if (isAbsent(completions)) errors.push(required(path.child('completions'), 'when completion mode is Indexed'))
    if (numberOf(parallelism) > maxIndexed) {
      const detail = `must be less than or equal to ${maxIndexed} when completion mode is Indexed`
      errors.push(invalid(path.child('parallelism'), parallelism, detail))
    }
    if (!isAbsent(completions) && numberOf(maxFailedIndexes) > numberOf(completions)) {
      errors.push(
        invalid(path.child('maxFailedIndexes'), maxFailedIndexes, 'must be less than or equal to completions'),
      )
    }
    return errors
  }
  if (!isAbsent(mode) && mode !== 'NonIndexed') return errors
  for (const name of ['backoffLimitPerIndex', 'maxFailedIndexes']) {
    if (!isAbsent(spec[name])) errors.push(invalid(path.child(name), spec[name], 'requires indexed completion mode'))
  }
  return errors
}

function replacementErrors(spec: Fields, path: FieldPath): readonly FieldError[] {
  const policy = spec['podReplacementPolicy']
  if (isAbsent(policy)) return []
  return oneOfErrors(policy, path, isAbsent(spec['podFailurePolicy']) ? ['Failed', 'TerminatingOrFailed'] : ['Failed'])
}

function restartPolicyErrors(spec: Fields, path: FieldPath): readonly FieldError[] {
  const policy = textOf(fieldsOf(fieldsOf(spec['template'])['spec'])['restartPolicy'])
  if (policy === '' || policy === 'Always') return [required(path, 'valid values: "OnFailure", "Never"')]
  if (policy !== 'OnFailure' && policy !== 'Never') return [notSupported(path, policy, ['OnFailure', 'Never'])]
  if (isAbsent(spec['podFailurePolicy']) || policy === 'Never') return []
  return [invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified')]
}

/** Checks a change of a job: its selector, template and mode stay, unless it waits suspended. */
export function jobUpdateErrors(job: Fields, old: Fields, context: StrategyContext): readonly FieldError[] {
  const spec = fieldsOf(job['spec'])
  const stored = fieldsOf(old['spec'])
  const frozen = (name: string, value: unknown, before: unknown): readonly FieldError[] =>
    validateImmutableField(value ?? null, before ?? null, specPath.child(name))
  return [
    ...jobSpecErrors(spec, context, specPath),
    ...selectorErrors(spec),
    ...completionsErrors(spec, stored),
    ...frozen('selector', spec['selector'], stored['selector']),
    ...frozen('template', mutableTemplate(spec, stored, old), stored['template']),
    ...immutable.flatMap((name) => frozen(name, spec[name], stored[name])),
  ]
}

/** An indexed job may change how many indexes it has, together with how many of them run at once. */
function completionsErrors(spec: Fields, stored: Fields): readonly FieldError[] {
  const { completions, parallelism, completionMode } = spec
  if (semanticEqual(completions ?? null, stored['completions'] ?? null)) return []
  const elastic = completionMode === 'Indexed' && !isAbsent(stored['completions']) && !isAbsent(completions)
  if (elastic && completions === parallelism) return []
  const detail = elastic ? 'can only be modified in tandem with spec.parallelism' : 'field is immutable'
  return [invalid(specPath.child('completions'), completions ?? null, detail)]
}

const scheduling = ['affinity', 'nodeSelector', 'tolerations', 'schedulingGates']

/** The new template, with what a job that has not started may change as the stored one has it. */
function mutableTemplate(spec: Fields, stored: Fields, old: Fields): Fields {
  const template = fieldsOf(spec['template'])
  const before = fieldsOf(stored['template'])
  const waiting = stored['suspend'] === true && isEmpty(fieldsOf(old['status'])['startTime'])
  if (!waiting) return template
  let podSpec = fieldsOf(template['spec'])
  for (const name of scheduling) podSpec = withField(podSpec, name, fieldsOf(before['spec'])[name])
  const metadata = fieldsOf(before['metadata'])
  const kept = ['labels', 'annotations'].reduce(
    (result, name) => withField(result, name, metadata[name]),
    fieldsOf(template['metadata']),
  )
  return { ...template, metadata: kept, spec: podSpec }
}
