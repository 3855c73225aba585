import type { Endpoint, EndpointSliceDraft } from './types.ts'

const distributions: ReadonlySet<string> = new Set(['PreferClose', 'PreferSameZone', 'PreferSameNode'])

function wantsHints(trafficDistribution: string | undefined): boolean {
  return trafficDistribution !== undefined && distributions.has(trafficDistribution)
}

/** What is about to be written, and what would be left alone. */
export interface SliceChanges<S> {
  readonly create: readonly EndpointSliceDraft[]
  readonly update: readonly S[]
  readonly unchanged: readonly S[]
}

/**
 * Gives ready endpoints the hints that a trafficDistribution asks for. A slice that would be left alone is updated only
 * when the hints of a ready endpoint differ.
 *
 * @see staging/src/k8s.io/endpointslice/trafficdist/trafficdist.go
 */
export function reconcileHints<S extends EndpointSliceDraft>(
  trafficDistribution: string | undefined,
  { create, update, unchanged }: SliceChanges<S>,
): SliceChanges<S> {
  if (!wantsHints(trafficDistribution)) return removeHints({ create, update, unchanged })
  const hint = <T extends EndpointSliceDraft>(slice: T): T => ({
    ...slice,
    endpoints: slice.endpoints.map((endpoint) =>
      isReady(endpoint) ? withHints(endpoint, wantedHints(endpoint, trafficDistribution)) : endpoint,
    ),
  })
  const stale = (slice: S): boolean =>
    slice.endpoints.some(
      (endpoint) => isReady(endpoint) && !sameHints(endpoint.hints, wantedHints(endpoint, trafficDistribution)),
    )
  return {
    create: create.map(hint),
    update: [...update, ...unchanged.filter(stale)].map(hint),
    unchanged: unchanged.filter((slice) => !stale(slice)),
  }
}

/** Takes every hint away. */
function removeHints<S extends EndpointSliceDraft>({ create, update, unchanged }: SliceChanges<S>): SliceChanges<S> {
  const bare = <T extends EndpointSliceDraft>(slice: T): T => ({
    ...slice,
    endpoints: slice.endpoints.map((endpoint) => withHints(endpoint, undefined)),
  })
  const hinted = (slice: S): boolean => slice.endpoints.some((endpoint) => endpoint.hints !== undefined)
  return {
    create: create.map(bare),
    update: [...update, ...unchanged.filter(hinted)].map(bare),
    unchanged: unchanged.filter((slice) => !hinted(slice)),
  }
}

function isReady({ conditions }: Endpoint): boolean {
  return conditions?.ready === true
}

function wantedHints(endpoint: Endpoint, trafficDistribution: string | undefined): Endpoint['hints'] {
  const { zone, nodeName } = endpoint
  const forZones = zone !== undefined && zone !== '' ? { forZones: [{ name: zone }] } : undefined
  const sameNode = trafficDistribution === 'PreferSameNode' && nodeName !== undefined && nodeName !== ''
  const forNodes = sameNode ? { forNodes: [{ name: nodeName }] } : undefined
  return forZones === undefined && forNodes === undefined ? undefined : { ...forZones, ...forNodes }
}

function withHints(endpoint: Endpoint, hints: Endpoint['hints']): Endpoint {
  const { hints: _, ...rest } = endpoint
  return hints === undefined ? rest : { ...rest, hints }
}

function sameHints(a: Endpoint['hints'], b: Endpoint['hints']): boolean {
  const text = (hints: Endpoint['hints']): string =>
    JSON.stringify([hints?.forZones?.map((h) => h.name) ?? [], hints?.forNodes?.map((h) => h.name) ?? []])
  return text(a) === text(b)
}
