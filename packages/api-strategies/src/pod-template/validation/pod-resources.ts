import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { compareUtf8, type FieldError, type FieldPath, forbidden, invalid } from '@kube-bonsai/apimachinery'
import { containerLimits, containerRequests, type Resources } from '@kube-bonsai/component-helpers'
import { type Fields, fieldsOf, isFields, listGiven, objectsOf } from '../../meta/json.ts'
import type { PodOptions } from './options.ts'
import { quantityOf } from './quantities.ts'
import { claimErrors } from './resource-claims.ts'
import { isHugePage, podResourceNameErrors, resourceErrors } from './resources.ts'

/** Checks what a pod asks for as a whole, next to what its containers ask for. */
export function podResourcesErrors(
  spec: Fields,
  claims: readonly string[],
  options: PodOptions,
  path: FieldPath,
): readonly FieldError[] {
  const { resources } = spec
  if (!isFields(resources) || !options.gates.enabled('PodLevelResources')) return []
  if (fieldsOf(spec['os'])['name'] === 'windows') return [forbidden(path, 'may not be set for a windows pod')]
  return [
    ...(listGiven(resources, 'claims') === null
      ? []
      : [forbidden(path.child('claims'), 'claims may not be set for Resources at pod-level')]),
    ...resourceErrors(resources, path, { nameErrors: podResourceNameErrors, anyHugePages: options.anyHugePages }),
    ...claimErrors(spec, claims, path.child('claims')),
    ...consistencyErrors(spec, resources, path),
  ]
}

/** The requests of the containers must fit into those of their pod, and the limit of each into its limit. */
function consistencyErrors(spec: Fields, resources: Fields, path: FieldPath): readonly FieldError[] {
  const limits = fieldsOf(resources['limits'])
  return [
    ...sumErrors(sumOf(spec, containerRequests), fieldsOf(resources['requests']), 'requests', path),
    ...sumErrors(
      sumOf(spec, containerLimits).filter(([name]) => isHugePage(name)),
      limits,
      'limits',
      path,
    ),
    ...objectsOf(spec['containers']).flatMap((container, index) => {
      const own = fieldsOf(fieldsOf(container['resources'])['limits'])
      return Object.keys(own)
        .sort(compareUtf8)
        .flatMap((name) => {
          if (!Object.hasOwn(limits, name)) return []
          const limit = quantityOf(own[name])
          const most = quantityOf(limits[name])
          if (limit.cmp(most) <= 0) return []
          const at = path.child('containers').index(index).key(name).child('limits')
          return [invalid(at, limit.toString(), `must be less than or equal to pod limits of ${most.toString()}`)]
        })
    }),
  ]
}

type Sums = readonly (readonly [string, string])[]

function sumOf(spec: Fields, sum: (pod: Pod) => Resources): Sums {
  const fields: Fields = { spec }
  return [...sum({ ...fields, apiVersion: 'v1', kind: 'Pod', metadata: {} })].map(
    ([name, amount]) => [name, amount.toString()] as const,
  )
}

function sumErrors(sums: Sums, ofPod: Fields, side: string, path: FieldPath): readonly FieldError[] {
  return [...sums]
    .sort(([a], [b]) => compareUtf8(a, b))
    .flatMap(([name, sum]) => {
      if (!Object.hasOwn(ofPod, name)) return []
      const own = quantityOf(ofPod[name])
      if (quantityOf(sum).cmp(own) <= 0) return []
      const detail = `must be greater than or equal to aggregate container ${side} of ${sum}`
      return [invalid(path.child(side).key(name), own.toString(), detail)]
    })
}
