import { compareUtf8 } from '@kube-bonsai/apimachinery'
import type { Conversion } from '../conversion.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, objectsOf, withField } from '../meta/json.ts'
import { anyCase, orderedJson, parsedJson } from './go-json.ts'
import { metricFromV1, metricToV1 } from './metric-conversion.ts'

const prefix = 'autoscaling.alpha.kubernetes.io/'
const metricsAnnotation = `${prefix}metrics`
const currentAnnotation = `${prefix}current-metrics`
const conditionsAnnotation = `${prefix}conditions`
const behaviorAnnotation = `${prefix}behavior`
/** What v1 keeps in annotations because it has no fields for it. */
export const annotationNames: readonly string[] = [
  metricsAnnotation,
  currentAnnotation,
  conditionsAnnotation,
  behaviorAnnotation,
  // Older versions wrote these.
  `${prefix}scale-down-tolerance`,
  `${prefix}scale-up-tolerance`,
]

const annotationsOf = (object: Fields): Fields => fieldsOf(fieldsOf(object['metadata'])['annotations'])

function withAnnotations(object: Fields, added: Fields): Fields {
  const metadata = fieldsOf(object['metadata'])
  const known = Object.entries(annotationsOf(object)).filter(([name]) => !annotationNames.includes(name))
  const entries = [...known, ...Object.entries(added)].sort(([a], [b]) => compareUtf8(a, b))
  const annotations = entries.length === 0 ? undefined : Object.fromEntries(entries)
  return withField(object, 'metadata', withField(metadata, 'annotations', annotations))
}

const isCpu = (metric: Fields): boolean =>
  metric['type'] === 'Resource' && fieldsOf(metric['resource'])['name'] === 'cpu'

/** The average utilization of CPU, which v1 has a field for. */
const cpuGoal = (metric: Fields): unknown =>
  isCpu(metric) ? fieldsOf(fieldsOf(metric['resource'])['target'])['averageUtilization'] : undefined

function conditionJson({ type, status, lastTransitionTime, reason, message }: Fields): Fields {
  return {
    type: type ?? '',
    status: status ?? '',
    lastTransitionTime: lastTransitionTime ?? null,
    ...(isEmpty(reason) ? {} : { reason }),
    ...(isEmpty(message) ? {} : { message }),
  }
}

/** The behavior as upstream's internal type prints it. */
function behaviorJson(behavior: Fields): Fields {
  const rules = (value: unknown): unknown => {
    if (!isFields(value)) return null
    const { stabilizationWindowSeconds, selectPolicy, policies, tolerance } = value
    return {
      StabilizationWindowSeconds: stabilizationWindowSeconds ?? null,
      SelectPolicy: selectPolicy ?? null,
      Policies: Array.isArray(policies)
        ? objectsOf(policies).map((policy) => ({
            Type: policy['type'] ?? '',
            Value: policy['value'] ?? 0,
            PeriodSeconds: policy['periodSeconds'] ?? 0,
          }))
        : null,
      Tolerance: tolerance ?? null,
    }
  }
  return { ScaleUp: rules(behavior['scaleUp']), ScaleDown: rules(behavior['scaleDown']) }
}

function toV1(object: Fields): Fields {
  const { metrics, behavior, ...spec } = fieldsOf(object['spec'])
  const { currentMetrics, conditions, ...status } = fieldsOf(object['status'])
  const specs = objectsOf(metrics)
  const statuses = objectsOf(currentMetrics)
  const others = specs.filter((metric) => isAbsent(cpuGoal(metric)))
  const goal = specs.map(cpuGoal).find((value) => !isAbsent(value))
  const usage = statuses
    .filter(isCpu)
    .map(({ resource }) => fieldsOf(fieldsOf(fieldsOf(resource)['current']))['averageUtilization'])
    .findLast((value) => !isAbsent(value))
  const states = objectsOf(conditions)
  const annotated = withAnnotations(object, {
    ...(others.length === 0
      ? {}
      : { [metricsAnnotation]: orderedJson(others.map((metric) => metricToV1(metric, 'target'))) }),
    ...(statuses.length === 0
      ? {}
      : { [currentAnnotation]: orderedJson(statuses.map((metric) => metricToV1(metric, 'current'))) }),
    ...(isFields(behavior) ? { [behaviorAnnotation]: orderedJson(behaviorJson(behavior)) } : {}),
    ...(states.length === 0 ? {} : { [conditionsAnnotation]: orderedJson(states.map(conditionJson)) }),
  })
  return {
    ...annotated,
    spec: isAbsent(goal) ? spec : { ...spec, targetCPUUtilizationPercentage: goal },
    status: {
      currentReplicas: 0,
      desiredReplicas: 0,
      ...status,
      ...(isAbsent(usage) ? {} : { currentCPUUtilizationPercentage: usage }),
    },
  }
}

const defaultGoal = 80
const cpuMetric = (averageUtilization: unknown): Fields => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
})

function behaviorFrom(annotation: unknown): Fields | undefined {
  const parsed = parsedJson(annotation)
  if (!isFields(parsed)) return undefined
  const rules = (value: unknown): Fields | undefined => {
    if (!isFields(value)) return undefined
    const policies = anyCase(value, 'Policies')
    const entries = [
      ['stabilizationWindowSeconds', anyCase(value, 'StabilizationWindowSeconds')],
      ['selectPolicy', anyCase(value, 'SelectPolicy')],
      [
        'policies',
        Array.isArray(policies)
          ? objectsOf(policies).map((policy) => ({
              type: anyCase(policy, 'Type') ?? '',
              value: anyCase(policy, 'Value') ?? 0,
              periodSeconds: anyCase(policy, 'PeriodSeconds') ?? 0,
            }))
          : undefined,
      ],
      ['tolerance', anyCase(value, 'Tolerance')],
    ] as const
    return Object.fromEntries(entries.filter(([, field]) => !isAbsent(field)))
  }
  const scaleUp = rules(anyCase(parsed, 'ScaleUp'))
  const scaleDown = rules(anyCase(parsed, 'ScaleDown'))
  if (scaleUp === undefined && scaleDown === undefined) return undefined
  return { ...(scaleUp === undefined ? {} : { scaleUp }), ...(scaleDown === undefined ? {} : { scaleDown }) }
}

function listFrom(annotation: unknown): readonly Fields[] | undefined {
  const parsed = parsedJson(annotation)
  return Array.isArray(parsed) && parsed.every(isFields) ? objectsOf(parsed) : undefined
}

function fromV1(object: Fields): Fields {
  const { targetCPUUtilizationPercentage: goal, ...spec } = fieldsOf(object['spec'])
  const { currentCPUUtilizationPercentage: usage, ...status } = fieldsOf(object['status'])
  const annotations = annotationsOf(object)
  const others = (listFrom(annotations[metricsAnnotation]) ?? []).map((metric) => metricFromV1(metric, 'target'))
  const metrics = [...others, ...(isAbsent(goal) ? [] : [cpuMetric(goal)])]
  const behavior = behaviorFrom(annotations[behaviorAnnotation])
  const known = listFrom(annotations[currentAnnotation])?.map((metric) => metricFromV1(metric, 'current'))
  const usageMetric = { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: usage } } }
  const currentMetrics = known ?? (isAbsent(usage) ? null : [usageMetric])
  const conditions = listFrom(annotations[conditionsAnnotation])?.map(conditionJson)
  return {
    ...withAnnotations(object, {}),
    spec: {
      ...spec,
      metrics: metrics.length === 0 ? [cpuMetric(defaultGoal)] : metrics,
      ...(behavior === undefined ? {} : { behavior }),
    },
    status: {
      ...withField(
        status,
        'currentReplicas',
        isEmpty(status['currentReplicas']) ? undefined : status['currentReplicas'],
      ),
      currentMetrics: currentMetrics?.length === 0 ? null : currentMetrics,
      ...(conditions === undefined || conditions.length === 0 ? {} : { conditions }),
    },
  }
}

/** @see pkg/apis/autoscaling/v1/conversion.go */
export const autoscalingConversions: readonly Conversion[] = [
  {
    kind: 'HorizontalPodAutoscaler',
    group: 'autoscaling',
    versions: { 'autoscaling/v1': { toHub: fromV1, fromHub: toV1 } },
  },
]
