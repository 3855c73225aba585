import type { ConfigMap, Pod, Secret } from '@kube-bonsai/api-types/core/v1'
import type { NodeObjects } from '../../pod/resolve-env.ts'
import { MountError } from '../mount-error.ts'
import { decoded, type Payload, type PayloadFile } from './payload.ts'

/** Which keys of a ConfigMap or a Secret become files, and where. */
export interface MapSource {
  readonly name?: string
  readonly items?: readonly { readonly key: string; readonly path: string; readonly mode?: number }[]
  readonly optional?: boolean
}

/**
 * The files of a ConfigMap. Throws a MountError where it, or a key that is asked for, is missing and not optional.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/volume/configmap/configmap.go
 */
export function configMapPayload(pod: Pod, source: MapSource, mode: number, objects: NodeObjects): Payload {
  const { name = '' } = source
  const map: ConfigMap | undefined = objects.configMap(pod.metadata.namespace ?? '', name)
  if (map === undefined && source.optional !== true) throw new MountError(`configmap "${name}" not found`)
  const files = new Map<string, PayloadFile['content']>(Object.entries(map?.data ?? {}))
  for (const [key, value] of Object.entries(map?.binaryData ?? {})) {
    if (source.items === undefined || !files.has(key)) files.set(key, () => decoded(value))
  }
  return chosen(files, source, mode, 'configmap references non-existent config key')
}

/** The files of a Secret. Throws as `configMapPayload` does. @see pkg/volume/secret/secret.go */
export function secretPayload(pod: Pod, source: MapSource, mode: number, objects: NodeObjects): Payload {
  const { name = '' } = source
  const secret: Secret | undefined = objects.secret(pod.metadata.namespace ?? '', name)
  if (secret === undefined && source.optional !== true) throw new MountError(`secret "${name}" not found`)
  const files = new Map<string, PayloadFile['content']>()
  for (const [key, value] of Object.entries(secret?.data ?? {})) files.set(key, () => decoded(value))
  return chosen(files, source, mode, 'references non-existent secret key')
}

function chosen(
  files: ReadonlyMap<string, PayloadFile['content']>,
  { items = [], optional = false }: MapSource,
  mode: number,
  missing: string,
): Payload {
  const payload = new Map<string, PayloadFile>()
  if (items.length === 0) {
    for (const [key, content] of files) payload.set(key, { content, mode })
    return payload
  }
  for (const item of items) {
    const content = files.get(item.key)
    if (content !== undefined) payload.set(item.path, { content, mode: item.mode ?? mode })
    else if (!optional) throw new MountError(`${missing}: ${item.key}`)
  }
  return payload
}
