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
export function rootPaths(catalog: Catalog): readonly string[] {
  const groups = catalog
    .groups()
    .flatMap(({ group, versions }) =>
      group === '' ? [] : [`/apis/${group}`, ...versions.map((entry) => `/apis/${group}/${entry}`)],
    )
  return [...own, ...groups, ...healthPaths].sort()
}
