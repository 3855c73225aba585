import type { DefaultRules } from '../defaulting/type-defaults.ts'
import { type Fields, fieldsOf, isFields, withAbsent, withEmpty } from '../meta/json.ts'

const periodSeconds = 15

const scaleUp: Fields = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds },
    { type: 'Percent', value: 100, periodSeconds },
  ],
}
const scaleDown: Fields = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds }] }

const cpuUtilization: Fields = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
}

/** @see pkg/apis/autoscaling/v2/defaults.go */
export const autoscalingDefaults: DefaultRules = {
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerSpec': (before) => {
    const spec = withEmpty(withAbsent(before, { minReplicas: 1 }), { metrics: [cpuUtilization] })
    const behavior = spec['behavior']
    if (!isFields(behavior)) return spec
    return {
      ...spec,
      behavior: {
        scaleUp: withAbsent(fieldsOf(behavior['scaleUp']), scaleUp),
        scaleDown: withAbsent(fieldsOf(behavior['scaleDown']), scaleDown),
      },
    }
  },
  'io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerSpec': (spec) => withAbsent(spec, { minReplicas: 1 }),
}
