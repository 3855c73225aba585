import type { Pod, ProjectedVolumeSource } from '@kube-bonsai/api-types/core/v1'
import type { KubeletApi } from '../../node/kubelet-api.ts'
import { causeOf, MountError } from '../mount-error.ts'
import type { MountedVolume, VolumePlugin, VolumeRequest } from '../mounted-volume.ts'
import { commonUser } from './common-user.ts'
import { downwardPayload } from './downward-payload.ts'
import { configMapPayload, secretPayload } from './map-payload.ts'
import type { Payload, PayloadFile } from './payload.ts'
import { type PayloadSources, payloadVolume } from './payload-plugin.ts'
import { PodToken } from './service-account-token.ts'
import type { ObjectReference } from './watch-all.ts'

const defaultMode = 0o644

type Projection = NonNullable<ProjectedVolumeSource['sources']>[number]

/** What projected volumes are made with. */
export interface ProjectedSources extends PayloadSources {
  readonly api: KubeletApi
}

/**
 * Volumes of several sources, tokens among them.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/volume/projected/projected.go
 */
export function projectedPlugin(sources: ProjectedSources): VolumePlugin {
  return {
    supports: ({ projected }) => projected !== undefined,
    setUp: (request) => {
      const { projected = {} } = request.volume
      const { pod, outdated } = request
      const { api, clock } = sources
      const tokens = new Map(
        (projected.sources ?? []).flatMap(({ serviceAccountToken }) =>
          serviceAccountToken
            ? [[serviceAccountToken, new PodToken(serviceAccountToken, { pod, api, clock, outdated })] as const]
            : [],
        ),
      )
      return projectedVolume(request, projected, tokens, sources)
    },
  }
}

type Tokens = ReadonlyMap<Projection['serviceAccountToken'], PodToken>

function projectedVolume(
  request: VolumeRequest,
  projected: ProjectedVolumeSource,
  tokens: Tokens,
  sources: ProjectedSources,
): MountedVolume {
  const collect = (pod: Pod) => payloadOf(pod, projected, tokens, sources)
  const volume = payloadVolume(request, { collect, references: referencesOf(request.pod, projected) }, sources)
  if (tokens.size === 0) return volume
  let latest = request.pod
  const fill = async (): Promise<void> => {
    if ([...tokens.values()].every((token) => token.isFresh)) return
    for (const token of tokens.values()) await token.fill()
    volume.refresh?.(latest)
  }
  return {
    readOnly: true,
    root: () => volume.root(),
    refresh: (pod) => {
      latest = pod
      // A token that nobody has ever wanted is not wanted now.
      const wanted = [...tokens.values()].some((token) => token.text !== undefined && !token.isFresh)
      return wanted ? fill() : volume.refresh?.(pod)
    },
    fill,
    tearDown: () => {
      for (const token of tokens.values()) token.drop()
      volume.tearDown?.()
    },
  }
}

function payloadOf(pod: Pod, projected: ProjectedVolumeSource, tokens: Tokens, sources: ProjectedSources): Payload {
  const payload = new Map<string, PayloadFile>()
  const problems: string[] = []
  for (const projection of projected.sources ?? []) {
    try {
      for (const [path, file] of part(pod, projection, projected.defaultMode ?? defaultMode, tokens, sources)) {
        payload.set(path, file)
      }
    } catch (error) {
      problems.push(causeOf(error))
    }
  }
  if (problems.length > 0)
    throw new MountError(problems.length === 1 ? String(problems[0]) : `[${problems.join(', ')}]`)
  return payload
}

function part(pod: Pod, source: Projection, mode: number, tokens: Tokens, sources: ProjectedSources): Payload {
  const { objects, allocatable } = sources
  if (source.configMap) return configMapPayload(pod, source.configMap, mode, objects)
  if (source.secret) return secretPayload(pod, source.secret, mode, objects)
  if (source.downwardAPI) return downwardPayload(pod, source.downwardAPI.items ?? [], mode, allocatable)
  const token = tokens.get(source.serviceAccountToken)
  if (source.serviceAccountToken && token) {
    const uid = commonUser(pod)
    const isOwned = uid !== undefined || pod.spec?.securityContext?.fsGroup !== undefined
    const owner = uid === undefined ? {} : { uid }
    return new Map([[token.path, { content: () => token.text ?? '', mode: isOwned ? 0o600 : mode, ...owner }]])
  }
  const [kind = 'an empty source'] = Object.keys(source)
  throw new MountError(`unsupported: ${kind} in a projected volume is not modelled`)
}

function referencesOf(pod: Pod, { sources = [] }: ProjectedVolumeSource): readonly ObjectReference[] {
  const namespace = pod.metadata.namespace ?? ''
  return (sources ?? []).flatMap(({ configMap, secret }) => [
    ...(configMap ? [{ kind: 'configMap' as const, namespace, name: configMap.name ?? '' }] : []),
    ...(secret ? [{ kind: 'secret' as const, namespace, name: secret.name ?? '' }] : []),
  ])
}
