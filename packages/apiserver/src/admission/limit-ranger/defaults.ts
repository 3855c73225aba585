import type { Container, LimitRange, Pod } from '@kube-bonsai/api-types/core/v1'

const annotation = 'kubernetes.io/limit-ranger'

type Amounts = Readonly<Record<string, string | number>>

/** Gives containers the requests and limits that a range has for those that name none, and says so in an annotation. */
export function withDefaultResources(pod: Pod, { spec }: LimitRange): Pod {
  if (pod.spec === undefined) return pod
  const own = (spec?.limits ?? []).filter(({ type }) => type === 'Container')
  const requests: Amounts = Object.assign({}, ...own.map(({ defaultRequest }) => defaultRequest))
  const limits: Amounts = Object.assign({}, ...own.map((item) => item.default))
  const notes: string[] = []
  const fill = (what: string) => (container: Container) => {
    const asked = filled(container.resources?.requests, requests)
    const limited = filled(container.resources?.limits, limits)
    if (asked.added.length > 0) notes.push(`${asked.added.join(', ')} request for ${what} ${container.name}`)
    if (limited.added.length > 0) notes.push(`${limited.added.join(', ')} limit for ${what} ${container.name}`)
    if (asked.added.length + limited.added.length === 0) return container
    const resources = {
      ...container.resources,
      ...(Object.keys(asked.amounts).length > 0 && { requests: asked.amounts }),
      ...(Object.keys(limited.amounts).length > 0 && { limits: limited.amounts }),
    }
    return { ...container, resources }
  }
  const containers = pod.spec.containers?.map(fill('container'))
  const initContainers = pod.spec.initContainers?.map(fill('init container'))
  if (notes.length === 0) return pod
  const annotations = { ...pod.metadata.annotations, [annotation]: `LimitRanger plugin set: ${notes.join('; ')}` }
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations },
    spec: { ...pod.spec, ...(containers && { containers }), ...(initContainers && { initContainers }) },
  } as Pod
}

function filled(
  amounts: Amounts = {},
  defaults: Amounts,
): { readonly amounts: Amounts; readonly added: readonly string[] } {
  const added = Object.keys(defaults)
    .filter((name) => !Object.hasOwn(amounts, name))
    .sort()
  return { amounts: added.length === 0 ? amounts : { ...defaults, ...amounts }, added }
}
