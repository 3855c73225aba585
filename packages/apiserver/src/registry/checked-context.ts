import type { RequestContext, Target } from '../context.ts'

/**
 * The context of checks with what only some kinds ask for. Kinds of devices ask for the version in which they were written,
 * by which declarative validation names fields, and claims for the labels of their namespace: only some may make claims
 * for access to devices in use by others.
 */
export async function withCheckedContext(
  context: RequestContext,
  { info, stored }: Target,
  namespace: string,
): Promise<RequestContext> {
  if (stored.group !== 'resource.k8s.io') return context
  const strategy = { ...context.strategy, requestVersion: info.version }
  if (!stored.namespaced) return { ...context, strategy }
  const found = await context.server.storage.get(`/registry/core/namespaces/${namespace}`)
  const labels = found === undefined ? undefined : (found.value.metadata.labels ?? {})
  const namespaceLabels = (name: string): Readonly<Record<string, string>> | undefined =>
    name === namespace ? labels : undefined
  return { ...context, strategy: { ...strategy, namespaceLabels } }
}
