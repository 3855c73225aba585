import type { DefaultRules } from '../defaulting/type-defaults.ts'
import { withAbsent } from '../meta/json.ts'

/** @see https://github.com/kubernetes/kube-aggregator/blob/master/pkg/apis/apiregistration/v1/defaults.go */
export const apiregistrationDefaults: DefaultRules = {
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.ServiceReference': (reference) =>
    withAbsent(reference, { port: 443 }),
}
