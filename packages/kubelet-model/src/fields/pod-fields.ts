import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { quote } from '@kube-bonsai/apimachinery'

/** What the node knows of a pod that is not in its object yet. */
export interface PodFacts {
  readonly podIP: string
  readonly hostIP: string
}

/** The names of one of a pod's maps that a path asks for by key, as in `metadata.labels['app']`. */
const subscripted = /^([^[]+)\['(.*)'\]$/

/**
 * A field of a pod's metadata as text; labels and annotations as lines of `key="value"`. Undefined for a path that is none.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/fieldpath/fieldpath.go
 */
export function metadataField({ metadata }: Pod, path: string): string | undefined {
  const [, map, key = ''] = subscripted.exec(path) ?? []
  switch (map ?? path) {
    case 'metadata.labels':
      return map === undefined ? linesOf(metadata.labels) : entryOf(metadata.labels, key)
    case 'metadata.annotations':
      return map === undefined ? linesOf(metadata.annotations) : entryOf(metadata.annotations, key)
    case 'metadata.name':
      return metadata.name ?? ''
    case 'metadata.namespace':
      return metadata.namespace ?? ''
    case 'metadata.uid':
      return metadata.uid ?? ''
    default:
      return undefined
  }
}

/** A field of a pod as an environment variable gets it; undefined for a path that is none. */
export function podField(pod: Pod, path: string, { podIP, hostIP }: PodFacts): string | undefined {
  switch (path) {
    case 'spec.nodeName':
      return pod.spec?.nodeName ?? ''
    case 'spec.serviceAccountName':
      return pod.spec?.serviceAccountName ?? ''
    case 'status.hostIP':
    case 'status.hostIPs':
      return hostIP
    case 'status.podIP':
    case 'status.podIPs':
      return podIP
    default:
      return metadataField(pod, path)
  }
}

type StringMap = Readonly<Record<string, string>> | undefined

function entryOf(map: StringMap, key: string): string {
  return map !== undefined && Object.hasOwn(map, key) ? (map[key] ?? '') : ''
}

function linesOf(map: StringMap = {}): string {
  return Object.keys(map)
    .sort()
    .map((key) => `${key}=${quote(map[key] ?? '')}`)
    .join('\n')
}
