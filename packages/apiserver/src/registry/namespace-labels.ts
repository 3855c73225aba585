import type { RequestContext, Target } from '../context.ts'

/**
 * The context with the labels of the namespace, for kinds whose checks ask for them: claims of devices, which only some
 * namespaces may make for access to devices in use by others.
 */
export async function withNamespaceLabels(
  context: RequestContext,
  { stored }: Target,
  namespace: string,
): Promise<RequestContext> {
  if (stored.group !== 'resource.k8s.io' || !stored.namespaced) return context
  const found = await context.server.storage.get(`/registry/core/namespaces/${namespace}`)
  const labels = found === undefined ? undefined : (found.value.metadata.labels ?? {})
  const namespaceLabels = (name: string): Readonly<Record<string, string>> | undefined =>
    name === namespace ? labels : undefined
  return { ...context, strategy: { ...context.strategy, namespaceLabels } }
}
