import type { Informer } from '@kube-bonsai/client'
import { compare, namespaceOf } from '../api/meta.ts'
import type { Pod, PodDraft } from '../api/pod.ts'

const labelKeys = (pod: Pod): readonly string[] =>
  Object.entries(pod.metadata.labels ?? {}).map(([key, value]) => `${namespaceOf(pod)}/${key}=${value}`)

/** Indexes pods by their labels, for {@link selectPods}. */
export function indexByLabels(pods: Informer<PodDraft>): void {
  pods.index('labels', labelKeys)
}

/** The pods of a namespace that have all of these labels, by name; no labels select none. Looks at the rarest label's pods only. */
export function selectPods(
  pods: Informer<PodDraft>,
  namespace: string,
  selector: Readonly<Record<string, string>>,
): readonly Pod[] {
  let fewest: readonly Pod[] | undefined
  for (const [key, value] of Object.entries(selector)) {
    const found = pods.store.byIndex('labels', `${namespace}/${key}=${value}`)
    if (fewest === undefined || found.length < fewest.length) fewest = found
  }
  return (fewest ?? [])
    .filter((pod) => hasLabels(pod, selector))
    .sort((a, b) => compare(a.metadata.name, b.metadata.name))
}

/** Says whether a pod has all of these labels; no labels are had by none. */
export function hasLabels(pod: Pod, selector: Readonly<Record<string, string>> | undefined): boolean {
  const wanted = Object.entries(selector ?? {})
  return wanted.length > 0 && wanted.every(([key, value]) => pod.metadata.labels?.[key] === value)
}
