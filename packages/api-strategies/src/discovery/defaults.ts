import type { DefaultRules } from '../defaulting/type-defaults.ts'
import { withAbsent } from '../meta/json.ts'

/** @see pkg/apis/discovery/v1/defaults.go */
export const discoveryDefaults: DefaultRules = {
  'io.k8s.api.discovery.v1.EndpointPort': (port) => withAbsent(port, { name: '', protocol: 'TCP' }),
}
