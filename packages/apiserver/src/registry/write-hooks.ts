import type { KubeObject } from '@kube-bonsai/apimachinery'
import type { RequestContext, Target } from '../context.ts'

/** A write that a hook has prepared. */
export interface BegunWrite {
  readonly object: KubeObject
  /** Called once when the write is over: with what was stored, or without when nothing was. */
  finish(stored: KubeObject | undefined): Promise<void>
}

/**
 * What a kind does around its writes beyond admission and its strategy, because it concerns other objects as well.
 * @see staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go BeginCreate, BeginUpdate, AfterDelete
 */
export interface WriteHooks {
  /** After mutating admission, before the strategy; `old` is absent for a creation. Undefined when there is nothing to do. */
  begin(
    context: RequestContext,
    target: Target,
    object: KubeObject,
    old: KubeObject | undefined,
    dryRun: boolean,
  ): Promise<BegunWrite> | undefined
  /** After an object is gone. */
  afterDelete(context: RequestContext, target: Target, object: KubeObject): Promise<void> | undefined
}

/** Runs a write between what the hooks do before and after it. Without `stored` it has failed. */
export async function withHooks<R extends { readonly stored?: KubeObject | undefined }>(
  context: RequestContext,
  target: Target,
  dryRun: boolean,
  object: KubeObject,
  old: KubeObject | undefined,
  run: (object: KubeObject) => Promise<R>,
): Promise<R> {
  const begun = context.server.writeHooks.begin(context, target, object, old, dryRun)
  if (begun === undefined) return run(object)
  const { object: prepared, finish } = await begun
  let stored: KubeObject | undefined
  try {
    const outcome = await run(prepared)
    stored = outcome.stored
    return outcome
  } finally {
    await finish(stored)
  }
}
