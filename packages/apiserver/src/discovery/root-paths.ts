import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { Catalog } from '../registry/catalog.ts'
import { healthPaths } from './health.ts'

const own = [
  '/.well-known/openid-configuration',
  '/api',
  '/api/v1',
  '/apis',
  '/apis/',
  '/metrics',
  '/metrics/slis',
  '/openapi/v2',
  '/openapi/v3',
  '/openapi/v3/',
  '/openid/v1/jwks',
  '/version',
]

/** `/`: every path that is listed. */
export function rootPaths(catalog: Catalog, gates: FeatureGates): readonly string[] {
  const groups = catalog
    .groups()
    .flatMap(({ group, versions }) =>
      group === '' ? [] : [`/apis/${group}`, ...versions.map((entry) => `/apis/${group}/${entry}`)],
    )
  const gated = [
    ...(gates.enabled('ComponentFlagz') ? ['/flagz'] : []),
    ...(gates.enabled('ComponentStatusz') ? ['/statusz'] : []),
  ]
  return [...own, ...gated, ...groups, ...healthPaths].sort()
}
