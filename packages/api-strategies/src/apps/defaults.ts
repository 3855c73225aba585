import type { DefaultRules } from '../defaulting/type-defaults.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, withAbsent, withEmpty, withField } from '../meta/json.ts'
import type { StrategyContext } from '../strategy.ts'

function defaultDeployment(spec: Fields): Fields {
  const strategy = withEmpty(fieldsOf(spec['strategy']), { type: 'RollingUpdate' })
  return withAbsent(
    withField(spec, 'strategy', withRollingUpdate(strategy, { maxUnavailable: '25%', maxSurge: '25%' })),
    { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 },
  )
}

function defaultDaemonSet(spec: Fields): Fields {
  const strategy = withEmpty(fieldsOf(spec['updateStrategy']), { type: 'RollingUpdate' })
  return withAbsent(
    withField(spec, 'updateStrategy', withRollingUpdate(strategy, { maxUnavailable: 1, maxSurge: 0 })),
    {
      revisionHistoryLimit: 10,
    },
  )
}

function withRollingUpdate(strategy: Fields, defaults: Fields): Fields {
  if (strategy['type'] !== 'RollingUpdate') return strategy
  return withField(strategy, 'rollingUpdate', withAbsent(fieldsOf(strategy['rollingUpdate']), defaults))
}

function defaultStatefulSet(spec: Fields, context: StrategyContext): Fields {
  const retention = withEmpty(fieldsOf(spec['persistentVolumeClaimRetentionPolicy']), {
    whenDeleted: 'Retain',
    whenScaled: 'Retain',
  })
  const updateStrategy = statefulSetUpdateStrategy(fieldsOf(spec['updateStrategy']), context)
  return withAbsent(
    withEmpty(
      { ...spec, persistentVolumeClaimRetentionPolicy: retention, updateStrategy },
      { podManagementPolicy: 'OrderedReady' },
    ),
    { replicas: 1, revisionHistoryLimit: 10 },
  )
}

/** An update strategy without a type gets a rolling update; one that names the type itself may leave it out. */
function statefulSetUpdateStrategy(before: Fields, context: StrategyContext): Fields {
  const strategy = isEmpty(before['type'])
    ? withAbsent({ ...before, type: 'RollingUpdate' }, { rollingUpdate: {} })
    : before
  if (strategy['type'] !== 'RollingUpdate' || isAbsent(strategy['rollingUpdate'])) return strategy
  const maxUnavailable = context.gates.enabled('MaxUnavailableStatefulSet') ? 1 : undefined
  return withRollingUpdate(strategy, { partition: 0, maxUnavailable })
}

/** @see pkg/apis/apps/v1/defaults.go */
export const appsDefaults: DefaultRules = {
  'io.k8s.api.apps.v1.DeploymentSpec': defaultDeployment,
  'io.k8s.api.apps.v1.DaemonSetSpec': defaultDaemonSet,
  'io.k8s.api.apps.v1.StatefulSetSpec': defaultStatefulSet,
  'io.k8s.api.apps.v1.ReplicaSetSpec': (spec) => withAbsent(spec, { replicas: 1 }),
}
