import type { Pod, Volume } from '@kube-bonsai/api-types/core/v1'
import type { Clock } from '@kube-bonsai/clock'
import type { Amounts } from '../../fields/resource-fields.ts'
import type { NodeObjects } from '../../pod/resolve-env.ts'
import type { MountedVolume, VolumePlugin, VolumeRequest } from '../mounted-volume.ts'
import { downwardPayload } from './downward-payload.ts'
import { configMapPayload, secretPayload } from './map-payload.ts'
import type { Payload } from './payload.ts'
import { PayloadVolume } from './payload-volume.ts'
import { type ObjectReference, watchAll } from './watch-all.ts'

const defaultMode = 0o644

/** What the volumes that the kubelet writes are made with. */
export interface PayloadSources {
  readonly objects: NodeObjects
  readonly clock: Clock
  /** What the node can give: the limit of containers that have none. */
  readonly allocatable: Amounts
}

interface Recipe {
  readonly collect: (pod: Pod) => Payload
  readonly references: readonly ObjectReference[]
}

/** Volumes of one ConfigMap, one Secret, or fields of the pod. */
export function payloadPlugin(sources: PayloadSources): VolumePlugin {
  return {
    supports: ({ configMap, secret, downwardAPI }) => (configMap ?? secret ?? downwardAPI) !== undefined,
    setUp: (request) => payloadVolume(request, recipeOf(request.volume, request.pod, sources), sources),
  }
}

/** A volume made by a recipe. Throws a MountError. */
export function payloadVolume(request: VolumeRequest, recipe: Recipe, sources: PayloadSources): MountedVolume {
  const { pod, directory, outdated } = request
  return new PayloadVolume({
    pod,
    collect: recipe.collect,
    directory,
    now: () => sources.clock.now(),
    watch: () => watchAll(sources.objects, recipe.references, outdated),
  })
}

function recipeOf({ configMap, secret, downwardAPI }: Volume, pod: Pod, sources: PayloadSources): Recipe {
  const { objects, allocatable } = sources
  const namespace = pod.metadata.namespace ?? ''
  if (configMap) {
    const mode = configMap.defaultMode ?? defaultMode
    return {
      collect: (pod) => configMapPayload(pod, configMap, mode, objects),
      references: [{ kind: 'configMap', namespace, name: configMap.name ?? '' }],
    }
  }
  if (secret) {
    const { secretName: name = '', ...rest } = secret
    const mode = secret.defaultMode ?? defaultMode
    return {
      collect: (pod) => secretPayload(pod, { ...rest, name }, mode, objects),
      references: [{ kind: 'secret', namespace, name }],
    }
  }
  const { items = [], defaultMode: mode = defaultMode } = downwardAPI ?? {}
  return { collect: (pod) => downwardPayload(pod, items, mode, allocatable), references: [] }
}
