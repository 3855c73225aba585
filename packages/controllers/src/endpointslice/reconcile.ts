import type { Service } from '../api/core.ts'
import { services } from '../api/core.ts'
import { compare, controllerRefTo } from '../api/meta.ts'
import { canonicalText, semanticallyEqual } from '../values/equality.ts'
import type { SliceChanges } from './hints.ts'
import type { Endpoint, EndpointPort, EndpointSlice, EndpointSliceDraft } from './types.ts'

/** Endpoints that serve the same ports. */
export interface PortGroup {
  readonly ports: readonly EndpointPort[]
  readonly endpoints: readonly Endpoint[]
}

/** What to write so that the slices say what they should. */
export interface SlicePlan extends SliceChanges<EndpointSlice> {
  readonly remove: readonly EndpointSlice[]
}

const managedBy = 'endpointslice.kubernetes.io/managed-by'
const serviceName = 'kubernetes.io/service-name'
const headless = 'service.kubernetes.io/headless'

/** The value of the managed-by label of this controller's slices. */
export const manager = 'endpointslice-controller.k8s.io'

/** The labels of a Service's slices: its own, and those that tell whose they are. */
export function sliceLabels({ metadata, spec }: Service): Readonly<Record<string, string>> {
  const labels = { ...metadata.labels }
  for (const reserved of [headless, managedBy, serviceName]) delete labels[reserved]
  const clusterIP = spec.clusterIP ?? ''
  return {
    ...labels,
    ...(clusterIP === '' || clusterIP === 'None' ? { [headless]: '' } : {}),
    [serviceName]: metadata.name,
    [managedBy]: manager,
  }
}

/** Groups endpoints by their ports, in a fixed order. */
export function portKey(ports: readonly EndpointPort[] | undefined): string {
  return (ports ?? []).map(canonicalText).sort(compare).join(',')
}

function draft(service: Service, addressType: string, group: PortGroup): EndpointSliceDraft {
  const { name, namespace = '' } = service.metadata
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${name}-`,
      namespace,
      labels: sliceLabels(service),
      ownerReferences: [controllerRefTo(service, services)],
    },
    addressType,
    endpoints: group.endpoints,
    ports: group.ports,
  }
}

/** The server returns either list as null when it is empty. */
const withLists = (slice: EndpointSlice): EndpointSlice => ({
  ...slice,
  endpoints: slice.endpoints ?? [],
  ports: slice.ports ?? [],
})

const identity = ({ addresses, targetRef }: Endpoint): string =>
  JSON.stringify([[...addresses].sort(compare), targetRef?.namespace, targetRef?.name])

function sameBeyondIdentity(a: Endpoint, b: Endpoint): boolean {
  const { hints: _, ...left } = a
  const { hints: __, ...right } = b
  return semanticallyEqual(left, right)
}

/**
 * Brings the slices of one address type to the wanted endpoints with few writes: what is there stays where it is,
 * changed slices are filled first, then one untouched slice that has room for all the rest, then new ones.
 *
 * @see staging/src/k8s.io/endpointslice/reconciler.go
 */
export function planSlices(
  service: Service,
  addressType: string,
  groups: readonly PortGroup[],
  existing: readonly EndpointSlice[],
  limit: number,
): SlicePlan {
  const byPorts = new Map<string, EndpointSlice[]>()
  for (const slice of existing.map(withLists)) {
    const key = portKey(slice.ports)
    byPorts.set(key, [...(byPorts.get(key) ?? []), slice])
  }
  const create: EndpointSliceDraft[] = []
  const update: EndpointSlice[] = []
  const unchanged: EndpointSlice[] = []
  const remove: EndpointSlice[] = []
  for (const group of groups) {
    const key = portKey(group.ports)
    const plan = planGroup(service, addressType, group, byPorts.get(key) ?? [], limit)
    byPorts.delete(key)
    create.push(...plan.create)
    update.push(...plan.update)
    unchanged.push(...plan.unchanged)
    remove.push(...plan.remove)
  }
  for (const slices of byPorts.values()) remove.push(...slices)
  if (existing.length === remove.length && create.length === 0) {
    const placeholder = draft(service, addressType, { ports: [], endpoints: [] })
    const [only] = remove
    const keep = remove.length === 1 && only !== undefined && isPlaceholder(only, placeholder)
    if (keep) unchanged.push(...remove.splice(0))
    else create.push(placeholder)
  }
  return reuse({ create, update, unchanged, remove })
}

function isPlaceholder(slice: EndpointSlice, placeholder: EndpointSliceDraft): boolean {
  return (
    slice.endpoints.length === 0 &&
    (slice.ports?.length ?? 0) === 0 &&
    semanticallyEqual(slice.metadata.labels, placeholder.metadata.labels)
  )
}

/** Instead of deleting one slice and creating another, rewrites it. */
function reuse({ create, update, unchanged, remove }: SlicePlan): SlicePlan {
  const count = Math.min(create.length, remove.length)
  const rewritten = remove.slice(0, count).map((slice, index): EndpointSlice => {
    const next = create[index]
    if (next === undefined) return slice
    const { endpoints, ports = [], metadata } = next
    return { ...slice, endpoints, ports, metadata: { ...slice.metadata, labels: metadata.labels ?? {} } }
  })
  return { create: create.slice(count), update: [...update, ...rewritten], unchanged, remove: remove.slice(count) }
}

function planGroup(
  service: Service,
  addressType: string,
  group: PortGroup,
  existing: readonly EndpointSlice[],
  limit: number,
): SlicePlan {
  const labels = sliceLabels(service)
  const wanted = new Map(group.endpoints.map((endpoint) => [identity(endpoint), endpoint]))
  const remove: EndpointSlice[] = []
  const update: EndpointSlice[] = []
  let unchanged: EndpointSlice[] = []
  for (const slice of existing) {
    let changed = false
    const kept: Endpoint[] = []
    for (const endpoint of slice.endpoints) {
      const next = wanted.get(identity(endpoint))
      if (next === undefined) continue
      wanted.delete(identity(endpoint))
      const { hints } = endpoint
      changed ||= !sameBeyondIdentity(next, endpoint)
      kept.push(hints === undefined ? next : { ...next, hints })
    }
    changed ||= kept.length !== slice.endpoints.length || !semanticallyEqual(labels, slice.metadata.labels)
    if (kept.length === 0) remove.push(slice)
    else if (changed) update.push({ ...slice, metadata: { ...slice.metadata, labels }, endpoints: kept })
    else unchanged.push(slice)
  }
  const rest = [...wanted.values()]
  update.sort((a, b) => b.endpoints.length - a.endpoints.length)
  for (const [index, slice] of update.entries()) {
    const room = Math.max(0, limit - slice.endpoints.length)
    if (room > 0 && rest.length > 0)
      update[index] = { ...slice, endpoints: [...slice.endpoints, ...rest.splice(0, room)] }
  }
  const create: EndpointSliceDraft[] = []
  while (rest.length > 0) {
    const roomy = rest.length < limit ? fullestWithRoom(unchanged, rest.length, limit) : undefined
    if (roomy === undefined) {
      create.push(draft(service, addressType, { ports: group.ports, endpoints: rest.splice(0, limit) }))
    } else {
      unchanged = unchanged.filter((slice) => slice !== roomy)
      update.push({ ...roomy, endpoints: [...roomy.endpoints, ...rest.splice(0)] })
    }
  }
  return { create, update, unchanged, remove }
}

function fullestWithRoom(slices: readonly EndpointSlice[], count: number, limit: number): EndpointSlice | undefined {
  let best: EndpointSlice | undefined
  for (const slice of slices) {
    const size = slice.endpoints.length
    if (size + count <= limit && (best === undefined || size > best.endpoints.length)) best = slice
  }
  return best
}
