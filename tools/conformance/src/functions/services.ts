import { type EndpointSlice, type EndpointSliceDraft, reconcileHints } from '@kube-bonsai/controllers/decisions'
import type { OracleFunction } from '../protocol/answer.ts'
import { define } from './define.ts'

interface HintsInput {
  readonly trafficDistribution?: string
  readonly create?: readonly EndpointSlice[]
  readonly update?: readonly EndpointSlice[]
  readonly unchanged?: readonly EndpointSlice[]
}

type Hinted = Pick<EndpointSliceDraft, 'metadata' | 'endpoints'>

const view = (slices: readonly Hinted[]): readonly object[] =>
  slices.map(({ metadata, endpoints }) => ({
    name: metadata.name,
    hints: (endpoints ?? []).map(({ hints }) => hints ?? null),
  }))

/** What controllers decide about services. */
export const serviceFunctions: Readonly<Record<string, OracleFunction>> = {
  'endpoints.hints': define<HintsInput>(({ trafficDistribution, create = [], update = [], unchanged = [] }) => {
    const changes = reconcileHints(trafficDistribution, { create, update, unchanged })
    return { create: view(changes.create), update: view(changes.update), unchanged: view(changes.unchanged) }
  }),
}
