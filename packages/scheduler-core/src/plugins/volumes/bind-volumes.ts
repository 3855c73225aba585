import type { Handle } from '../../framework/handle.ts'
import { failure, type Outcome } from '../../framework/status.ts'
import { reachable } from './matching-volume.ts'
import { keyOfClaim } from './pod-claims.ts'
import { isFullyBound, type PodVolumes, type VolumeBinder } from './volume-binder.ts'

const selectedNode = 'volume.kubernetes.io/selected-node'

/** Writes what was promised, and waits until the claims are bound. */
export async function bindVolumes(
  { api, listers, now, snapshot }: Handle,
  binder: VolumeBinder,
  node: string,
  found: PodVolumes,
  timeoutSeconds: number,
): Promise<Outcome> {
  if (api === undefined) return undefined
  const bindings = [...found.bindings]
  const provisions = [...found.provisions]
  try {
    while (bindings.length > 0) {
      const [first] = bindings
      if (first !== undefined) await api.updatePersistentVolume(first.volume)
      bindings.shift()
    }
    while (provisions.length > 0) {
      const [first] = provisions
      if (first !== undefined) await api.updatePersistentVolumeClaim(first.claim)
      provisions.shift()
    }
  } catch (error) {
    binder.revert({ bindings, provisions })
    return failure(error)
  }
  const end = now() + timeoutSeconds * 1000
  for (;;) {
    const state = check()
    if (state !== 'waiting') return state
    if (api.sleep === undefined) return failure('binding volumes: nothing was given to wait with')
    if (now() >= end) return failure('binding volumes: context deadline exceeded')
    await api.sleep(1000)
  }

  function check(): Outcome | 'waiting' {
    const target = snapshot().get(node)?.node
    if (target === undefined) return failure(`binding volumes: failed to get node "${node}"`)
    for (const { claim, volume } of found.bindings) {
      const name = volume.metadata.name ?? ''
      const shown = listers.persistentVolumes.get(name)
      if (shown === undefined) return failure(`binding volumes: failed to check binding: could not find "${name}"`)
      if (!reachable(shown, target)) {
        return failure(`binding volumes: pv "${name}" node affinity doesn't match node "${node}"`)
      }
      if (!isFullyBound(listers.persistentVolumeClaims.get(keyOfClaim(claim)))) return 'waiting'
    }
    for (const { claim } of found.provisions) {
      const shown = listers.persistentVolumeClaims.get(keyOfClaim(claim))
      const name = claim.metadata.name ?? ''
      if (shown === undefined) return failure(`binding volumes: failed to check provisioning pvc: "${name}" is gone`)
      const selected = shown.metadata.annotations?.[selectedNode]
      const isOld = shown.metadata.resourceVersion === claim.metadata.resourceVersion
      if (!isOld && selected !== node && !isFullyBound(shown))
        return failure(`binding volumes: provisioning failed for PVC "${name}"`)
      if (!isFullyBound(shown)) return 'waiting'
    }
    return undefined
  }
}
