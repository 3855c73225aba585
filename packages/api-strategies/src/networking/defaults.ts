import type { DefaultRules } from '../defaulting/type-defaults.ts'
import { isEmpty, withAbsent } from '../meta/json.ts'

/** @see pkg/apis/networking/v1/defaults.go */
export const networkingDefaults: DefaultRules = {
  'io.k8s.api.networking.v1.NetworkPolicyPort': (port) => withAbsent(port, { protocol: 'TCP' }),
  'io.k8s.api.networking.v1.NetworkPolicySpec': (spec) => {
    if (!isEmpty(spec['policyTypes'])) return spec
    return { ...spec, policyTypes: isEmpty(spec['egress']) ? ['Ingress'] : ['Ingress', 'Egress'] }
  },
  'io.k8s.api.networking.v1.IngressClassParametersReference': (reference) =>
    withAbsent(reference, { scope: 'Cluster' }),
}
