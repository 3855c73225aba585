import type { Pod, Volume } from '@kube-bonsai/api-types/core/v1'
import type { NodeObjects } from './resolve-env.ts'

/** Why a volume cannot be mounted yet, in the words of the kubelet's FailedMount event. */
export interface MissingVolume {
  readonly volume: string
  readonly message: string
}

/** The volumes whose sources are not there: config maps, secrets and claims that are neither optional nor present. */
export function missingVolumes(pod: Pod, objects: NodeObjects): readonly MissingVolume[] {
  const namespace = pod.metadata.namespace ?? ''
  const failed = (volume: string, cause: string) => ({
    volume,
    message: `MountVolume.SetUp failed for volume "${volume}" : ${cause}`,
  })
  return (pod.spec?.volumes ?? []).flatMap((volume) => {
    const claim = claimName(pod, volume)
    if (claim !== undefined) {
      const phase = objects.claimPhase(namespace, claim)
      if (phase === 'Bound') return []
      const cause = phase === undefined ? `persistentvolumeclaim "${claim}" not found` : `claim "${claim}" is not bound`
      return [{ volume: volume.name, message: `Unable to attach or mount volumes: ${cause}` }]
    }
    return references(volume)
      .filter(({ kind, name }) => objects[kind](namespace, name) === undefined)
      .map(({ kind, name }) => failed(volume.name, `${kind.toLowerCase()} "${name}" not found`))
  })
}

interface Reference {
  readonly kind: 'configMap' | 'secret'
  readonly name: string
}

function references(volume: Volume): readonly Reference[] {
  const found: Reference[] = []
  const add = (kind: Reference['kind'], name: string | undefined, optional: boolean | undefined) => {
    if (optional !== true) found.push({ kind, name: name ?? '' })
  }
  if (volume.configMap) add('configMap', volume.configMap.name, volume.configMap.optional)
  if (volume.secret) add('secret', volume.secret.secretName, volume.secret.optional)
  for (const source of volume.projected?.sources ?? []) {
    if (source.configMap) add('configMap', source.configMap.name, source.configMap.optional)
    if (source.secret) add('secret', source.secret.name, source.secret.optional)
  }
  return found
}

/** The claim behind a volume; a generic ephemeral volume has one of its own. */
function claimName(pod: Pod, volume: Volume): string | undefined {
  if (volume.ephemeral) return `${pod.metadata.name}-${volume.name}`
  return volume.persistentVolumeClaim?.claimName
}
