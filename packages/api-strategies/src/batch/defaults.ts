import type { DefaultRules } from '../defaulting/type-defaults.ts'
import { type Fields, fieldsOf, isAbsent, isFields, withAbsent, withEmpty } from '../meta/json.ts'
import type { StrategyContext } from '../strategy.ts'

const backoffLimit = 6
const int32Max = 2_147_483_647

function defaultJob(job: Fields, context: StrategyContext): Fields {
  const before = fieldsOf(job['spec'])
  const single = isAbsent(before['completions']) && isAbsent(before['parallelism'])
  const spec = withAbsent(before, {
    completions: single ? 1 : undefined,
    parallelism: 1,
    backoffLimit: isAbsent(before['backoffLimitPerIndex']) ? backoffLimit : int32Max,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: context.gates.enabled('JobPodReplacementPolicy') ? replacementPolicy(before) : undefined,
    manualSelector: false,
  })
  const labels = fieldsOf(fieldsOf(spec['template'])['metadata'])['labels']
  if (!isFields(labels)) return { ...job, spec }
  return { ...job, metadata: withEmpty(fieldsOf(job['metadata']), { labels }), spec }
}

const replacementPolicy = (spec: Fields): string =>
  isAbsent(spec['podFailurePolicy']) ? 'TerminatingOrFailed' : 'Failed'

/** @see pkg/apis/batch/v1/defaults.go */
export const batchDefaults: DefaultRules = {
  'io.k8s.api.batch.v1.Job': defaultJob,
  'io.k8s.api.batch.v1.CronJobSpec': (spec) =>
    withAbsent(withEmpty(spec, { concurrencyPolicy: 'Allow' }), {
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    }),
  'io.k8s.api.batch.v1.PodFailurePolicyOnPodConditionsPattern': (pattern) => withEmpty(pattern, { status: 'True' }),
}
