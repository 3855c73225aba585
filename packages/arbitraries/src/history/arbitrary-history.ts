import type { JsonObject, KubeObject } from '@kube-bonsai/apimachinery'
import fc from 'fast-check'
import { arbitraryObject, validArbitraries } from '../kinds/valid.ts'
import { arbitraryLabels } from '../values/names.ts'
import { type ApiOperation, targetOf } from './operation.ts'

/** How histories are made. */
export interface HistoryOptions {
  /** Kinds of the objects; all that valid objects can be made of unless given. */
  readonly kinds?: readonly string[]
  /** The names that objects have; few, so that operations meet. Three unless given. */
  readonly names?: readonly string[]
  readonly namespaces?: readonly string[]
  /** The most operations; 30 unless given. */
  readonly maxLength?: number
}

/**
 * Sequences of writes as several clients would send them: creates of what exists already, updates and deletes of what does
 * not, scaling, labels, finalizers that come and go, status writes, deletes with every policy. The server decides which of
 * them succeed.
 */
export function arbitraryHistory(options: HistoryOptions = {}): fc.Arbitrary<readonly ApiOperation[]> {
  const {
    kinds = Object.keys(validArbitraries),
    names = ['a', 'b', 'c'],
    namespaces = ['default'],
    maxLength = 30,
  } = options
  const identity = { name: fc.constantFrom(...names), namespace: fc.constantFrom(...namespaces) }
  return fc.array(arbitraryObject(kinds, identity).chain(operationsOn), { maxLength })
}

function operationsOn(object: KubeObject): fc.Arbitrary<ApiOperation> {
  const target = targetOf(object)
  const patched = patchesOf(object).map((patch): ApiOperation => ({ verb: 'patch', target, patch }))
  const deleted = deleteOptions.map((options): ApiOperation => ({ verb: 'delete', target, options }))
  return fc.oneof(
    { arbitrary: fc.constant<ApiOperation>({ verb: 'create', target, object }), weight: 4 },
    { arbitrary: fc.constant<ApiOperation>({ verb: 'update', target, object }), weight: 2 },
    { arbitrary: fc.constant<ApiOperation>({ verb: 'updateStatus', target, object }), weight: 1 },
    { arbitrary: patched, weight: 3 },
    { arbitrary: deleted, weight: 2 },
  )
}

function patchesOf({ kind }: KubeObject): fc.Arbitrary<JsonObject> {
  const metadata = fc.oneof(
    arbitraryLabels().map((labels) => ({ metadata: { labels } })),
    fc.constantFrom(['example.com/hold'], null).map((finalizers) => ({ metadata: { finalizers } })),
  )
  if (kind !== 'Deployment' && kind !== 'StatefulSet') return metadata
  return fc.oneof(
    metadata,
    fc.nat(10).map((replicas) => ({ spec: { replicas } })),
  )
}

const deleteOptions: fc.Arbitrary<JsonObject> = fc.record(
  {
    gracePeriodSeconds: fc.constantFrom(0, 1, 30),
    propagationPolicy: fc.constantFrom('Background', 'Foreground', 'Orphan'),
  },
  { requiredKeys: [], noNullPrototype: true },
)
