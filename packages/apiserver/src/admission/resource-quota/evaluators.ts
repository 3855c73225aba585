import { persistentVolumeClaims } from './claims.ts'
import type { Evaluator } from './evaluator.ts'
import { objectCount } from './object-count.ts'
import { pods } from './pods.ts'
import { resourceClaims } from './resource-claims.ts'
import { services } from './services.ts'

const special: Readonly<Record<string, Evaluator>> = {
  '/pods': pods,
  '/services': services,
  '/persistentvolumeclaims': persistentVolumeClaims,
  'resource.k8s.io/resourceclaims': resourceClaims,
}
const counts = new Map<string, Evaluator>()

/** What measures the objects of a resource; undefined for what quotas leave alone. @see pkg/quota/v1/install/registry.go */
export function evaluatorFor(group: string, resource: string): Evaluator | undefined {
  if (resource === 'events' && (group === '' || group === 'events.k8s.io')) return undefined
  const key = `${group}/${resource}`
  if (Object.hasOwn(special, key)) return special[key]
  const known = counts.get(key) ?? objectCount(group, resource)
  counts.set(key, known)
  return known
}
