import { formatTime, instantOfMillis, type KubeObject, millisOfInstant, parseTime } from '@kube-bonsai/apimachinery'
import type { RequestContext, Target } from '../context.ts'
import { definitionToDelete } from '../custom-resources/definition-deletion.ts'
import { withMeta } from './objects.ts'
import { namespaceFinalizers, type Propagation, withPropagation } from './propagation.ts'

/** What a delete makes of an object before it goes. */
export interface DeletionMark {
  /** The object as it waits; the stored one when nothing of it changes. */
  readonly object: KubeObject
  /** Whether it goes as soon as that is stored. */
  readonly removes: boolean
}

/**
 * Works out how an object waits for its end.
 * @see staging/src/k8s.io/apiserver/pkg/registry/rest/delete.go BeforeDelete
 */
export function markForDeletion(
  context: RequestContext,
  target: Target,
  object: KubeObject,
  options: Propagation & { readonly gracePeriodSeconds?: number },
): DeletionMark {
  if (object.kind === 'Namespace' && target.stored.group === '') return markNamespace(context, object, options)
  if (target.stored.resource === 'customresourcedefinitions' && object.metadata.deletionTimestamp === undefined)
    return { object: definitionToDelete(object, context.now), removes: false }
  const grace = gracePeriod(context, target, object, options.gracePeriodSeconds)
  if (grace === 'pending') return { object, removes: false }
  const graceful = grace === undefined ? object : withMeta(object, grace)
  const before = object.metadata.finalizers ?? []
  const finalizers = withPropagation(target, before, options)
  const held = finalizers.length > 0
  const own = finalizers === before ? graceful : withMeta(graceful, { finalizers: held ? finalizers : undefined })
  if (grace !== undefined) return { object: own, removes: !held && grace.deletionGracePeriodSeconds === 0 }
  return held ? { object: withEnd(context, own), removes: false } : { object, removes: true }
}

interface GraceChange {
  readonly deletionTimestamp: string
  readonly deletionGracePeriodSeconds: number
  readonly generation: number | undefined
}

/** The new grace period of a kind that has any: undefined for others, `pending` when an earlier delete stands. */
function gracePeriod(
  context: RequestContext,
  { strategy }: Target,
  object: KubeObject,
  asked: number | undefined,
): GraceChange | 'pending' | undefined {
  if (strategy.planDelete === undefined) return undefined
  const { deletionTimestamp, deletionGracePeriodSeconds: given, generation } = object.metadata
  const seconds = asked !== undefined && asked < 0 ? 1 : asked
  const now = context.server.clock.now()
  if (deletionTimestamp === undefined) {
    const { gracePeriodSeconds } = strategy.planDelete(object, seconds)
    return {
      deletionTimestamp: timeAt(now + gracePeriodSeconds * 1000),
      deletionGracePeriodSeconds: gracePeriodSeconds,
      generation: generation ? generation + 1 : generation,
    }
  }
  const before = given !== undefined && given < 0 ? 1 : given
  if (before === undefined || before === 0) return undefined
  if (seconds === undefined || seconds >= before) return 'pending'
  const end = millisOfInstant(parseTime(deletionTimestamp)) + (seconds - before) * 1000
  const late = end < now
  return {
    deletionTimestamp: timeAt(late ? now : end),
    deletionGracePeriodSeconds: late && seconds !== 0 ? 1 : seconds,
    generation,
  }
}

/** Finalizers hold an object whose kind knows no grace. */
function withEnd(context: RequestContext, object: KubeObject): KubeObject {
  const { deletionTimestamp, generation } = object.metadata
  const now = context.server.clock.now()
  const keeps = deletionTimestamp !== undefined && millisOfInstant(parseTime(deletionTimestamp)) <= now
  return withMeta(object, {
    deletionTimestamp: keeps ? deletionTimestamp : timeAt(now),
    deletionGracePeriodSeconds: 0,
    generation: deletionTimestamp === undefined && generation ? generation + 1 : generation,
  })
}

/** Namespaces end by phase and by the finalizers of their spec. @see pkg/registry/core/namespace/storage/storage.go */
function markNamespace(context: RequestContext, object: KubeObject, options: Propagation): DeletionMark {
  const { spec, status } = object as {
    readonly spec?: { readonly finalizers?: readonly string[] }
    readonly status?: object
  }
  if (object.metadata.deletionTimestamp !== undefined) {
    const held = (spec?.finalizers ?? []).length > 0 || (object.metadata.finalizers ?? []).length > 0
    return { object, removes: !held }
  }
  const before = object.metadata.finalizers ?? []
  const finalizers = namespaceFinalizers(before, options)
  const marked = withMeta(object, {
    deletionTimestamp: timeAt(context.server.clock.now()),
    finalizers: finalizers.length > 0 ? finalizers : undefined,
  })
  const ending: KubeObject & { readonly status: object } = { ...marked, status: { ...status, phase: 'Terminating' } }
  return { object: ending, removes: false }
}

function timeAt(millis: number): string {
  return formatTime(instantOfMillis(millis))
}
