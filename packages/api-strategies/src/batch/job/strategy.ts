import { FieldPath } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isAbsent, isFields, listOf, numberOf, textOf, withField } from '../../meta/json.ts'
import type { Room } from '../../room.ts'
import type { StrategyContext } from '../../strategy.ts'
import { hostnameWarnings, sameGeneration, templateWarnings, withGatedTemplate } from '../../workloads/templates.ts'
import { jobStatusErrors } from './status-validation.ts'
import { jobErrors, jobUpdateErrors } from './validation.ts'

/** Labels that tie a pod to its job, the old spellings included. */
const nameLabels = ['job-name', 'batch.kubernetes.io/job-name']
const uidLabels = ['controller-uid', 'batch.kubernetes.io/controller-uid']

/** Fields that a gate must enable. */
const gated: readonly (readonly [gate: string, fields: readonly string[], createOnly?: true])[] = [
  ['JobManagedBy', ['managedBy'], true],
  ['JobSuccessPolicy', ['successPolicy']],
  ['JobBackoffLimitPerIndex', ['backoffLimitPerIndex', 'maxFailedIndexes']],
  ['JobPodReplacementPolicy', ['podReplacementPolicy']],
]

function withGatedSpec(job: Fields, old: Fields | undefined, context: StrategyContext): Fields {
  const stored = fieldsOf(old?.['spec'])
  let spec = fieldsOf(job['spec'])
  for (const [gate, fields, createOnly] of gated) {
    if (context.gates.enabled(gate) || (createOnly === true && old !== undefined)) continue
    for (const name of fields) if (isAbsent(stored[name])) spec = withField(spec, name, undefined)
  }
  const policy = spec['podFailurePolicy']
  if (old === undefined && !context.gates.enabled('JobBackoffLimitPerIndex') && isFields(policy)) {
    const rules = listOf(policy['rules']).filter((rule) => fieldsOf(rule)['action'] !== 'FailIndex')
    spec = withField(spec, 'podFailurePolicy', withField(policy, 'rules', rules))
  }
  return withGatedTemplate(withField(job, 'spec', spec), old, context)
}

/** Warns of what the spec of a job says, or of a cron job's template. @see pkg/api/job/warnings.go */
export function jobSpecWarnings(spec: Fields, context: StrategyContext, path: FieldPath): readonly string[] {
  return [...indexWarnings(spec, path), ...templateWarnings(spec['template'], context, path.child('template'))]
}

/** Warns of a job with more indexes than can be tracked. */
function indexWarnings(spec: Fields, path: FieldPath): readonly string[] {
  const { completions, parallelism, completionMode } = spec
  if (completionMode !== 'Indexed' || numberOf(completions) <= 100_000 || numberOf(parallelism) <= 10_000) return []
  const many = 'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4'
  const why = 'Kubernetes might not be able to track completedIndexes when a big number of indexes fail'
  return [`${path.toString()}: ${many}, ${why}`]
}

const specPath = FieldPath.of('spec')

/** @see pkg/registry/batch/job/strategy.go */
export const jobRoom: Room = {
  group: 'batch',
  kind: 'Job',
  prepareForCreate(job, context) {
    const spec = fieldsOf(job['spec'])
    const metadata = fieldsOf(job['metadata'])
    return withGatedSpec(
      spec['manualSelector'] === true ? job : { ...job, spec: withSelector(spec, metadata) },
      undefined,
      context,
    )
  },
  validate: (job, context) => jobErrors(job, context),
  warningsOnCreate: (job, context) => [
    ...hostnameWarnings(job),
    ...jobSpecWarnings(fieldsOf(job['spec']), context, specPath),
  ],
  update: {
    prepare: withGatedSpec,
    validate: jobUpdateErrors,
    warnings: (job, old, context) =>
      sameGeneration(job, old) ? [] : jobSpecWarnings(fieldsOf(job['spec']), context, specPath),
  },
  status: { validate: jobStatusErrors },
  selectableFields: (job) => ({ 'status.successful': String(fieldsOf(job['status'])['succeeded'] ?? 0) }),
}

/** Selects the pods of this job by its uid, and labels them so; what the user wrote there stays, for validation to judge. */
function withSelector(spec: Fields, metadata: Fields): Fields {
  const [name, uid] = [textOf(metadata['name']), textOf(metadata['uid'])]
  const template = fieldsOf(spec['template'])
  const own = fieldsOf(template['metadata'])
  const added = [...nameLabels.map((label) => [label, name]), ...uidLabels.map((label) => [label, uid])]
  const labels = { ...Object.fromEntries(added), ...fieldsOf(own['labels']) }
  const selector = fieldsOf(spec['selector'])
  const matchLabels = { 'batch.kubernetes.io/controller-uid': uid, ...fieldsOf(selector['matchLabels']) }
  return {
    ...spec,
    selector: { ...selector, matchLabels },
    template: { ...template, metadata: { ...own, labels } },
  }
}
