import type { PodCertificateRequest } from '@kube-bonsai/api-types/certificates/v1beta1'
import type { PersistentVolume, Pod } from '@kube-bonsai/api-types/core/v1'
import type { ResourceSlice } from '@kube-bonsai/api-types/resource/v1'
import type { VolumeAttachment } from '@kube-bonsai/api-types/storage/v1'
import type { KubeObject } from '@kube-bonsai/apimachinery'
import type { Storage, StorageWatch } from '@kube-bonsai/storage'
import { follow } from '../../allocation/follow.ts'
import {
  configMapsOfPod,
  resourceClaimsOfPod,
  secretsOfPod,
  secretsOfVolumeForNodes,
  volumeClaimsOfPod,
} from './references.ts'

/** What a node may be related to. */
export type Related =
  | 'configmap'
  | 'secret'
  | 'pod'
  | 'pvc'
  | 'pv'
  | 'resourceclaim'
  | 'serviceaccount'
  | 'volumeattachment'
  | 'resourceslice'
  | 'podcertificaterequest'

interface Placed {
  readonly pod: Pod
  readonly keys: readonly string[]
}

const mirror = 'kubernetes.io/config.mirror'

/**
 * Which objects the nodes need for what runs on them: by pods, and by the volumes that pods claim. Kept current by watching, from
 * the first question on; a question costs a look-up, and for the secrets of volumes one for each volume that names it.
 * @see plugin/pkg/auth/authorizer/node/graph.go
 */
export class NodeGraph {
  readonly #storage: Storage<KubeObject>
  /** How many pods of a node need an object, by object, then node. */
  readonly #needed: Map<string, Map<string, number>> = new Map()
  readonly #pods: Map<string, Placed> = new Map()
  /** The nodes of objects that name theirs. */
  readonly #bound: Map<string, string> = new Map()
  readonly #claimOfVolume: Map<string, string> = new Map()
  readonly #secretsOfVolume: Map<string, readonly string[]> = new Map()
  readonly #volumesOfSecret: Map<string, Set<string>> = new Map()
  #watches: readonly StorageWatch[] = []
  #began: Promise<void> | undefined
  #isReady = false

  constructor(storage: Storage<KubeObject>) {
    this.#storage = storage
  }

  /** Something to wait for before the first question, then undefined. */
  ready(): Promise<void> | undefined {
    if (this.#isReady) return undefined
    this.#began ??= this.#begin()
    return this.#began
  }

  close(): void {
    for (const watch of this.#watches) watch.cancel()
    this.#watches = []
  }

  /** Whether anything on a node needs an object. */
  isRelated(node: string, kind: Related, namespace: string, name: string): boolean {
    const key = keyOf(kind, namespace, name)
    if (this.#needed.get(key)?.has(node) || this.#bound.get(key) === node) return true
    const volumes = kind === 'pv' ? [name] : kind === 'secret' ? (this.#volumesOfSecret.get(key) ?? []) : []
    for (const volume of volumes) {
      const claim = this.#claimOfVolume.get(volume)
      if (claim !== undefined && this.#needed.get(claim)?.has(node)) return true
    }
    return false
  }

  async #begin(): Promise<void> {
    const bind = (kind: Related, read: (object: KubeObject) => string | undefined) => {
      return (path: string, object: KubeObject | undefined) =>
        this.#bind(kind, path, object === undefined ? undefined : read(object))
    }
    const attached = bind('volumeattachment', (object) => (object as VolumeAttachment).spec.nodeName)
    const sliced = bind('resourceslice', (object) => (object as ResourceSlice).spec.nodeName)
    const certified = bind('podcertificaterequest', (object) => (object as PodCertificateRequest).spec.nodeName)
    const notePod = (path: string, object: KubeObject | undefined) => this.#notePod(path, object as Pod | undefined)
    const noteVolume = (path: string, object: KubeObject | undefined) =>
      this.#noteVolume(path, object as PersistentVolume | undefined)
    this.#watches = await Promise.all([
      follow(this.#storage, '/registry/core/pods/', notePod),
      follow(this.#storage, '/registry/core/persistentvolumes/', noteVolume),
      follow(this.#storage, '/registry/storage.k8s.io/volumeattachments/', attached),
      follow(this.#storage, '/registry/resource.k8s.io/resourceslices/', sliced),
      follow(this.#storage, '/registry/certificates.k8s.io/podcertificaterequests/', certified),
    ])
    this.#isReady = true
  }

  #bind(kind: Related, path: string, node: string | undefined): void {
    const key = `${kind} ${path.includes('/') ? path : `/${path}`}`
    if (node === undefined || node === '') this.#bound.delete(key)
    else this.#bound.set(key, node)
  }

  #notePod(path: string, pod: Pod | undefined): void {
    const known = this.#pods.get(path)
    if (pod !== undefined && known?.pod.spec === pod.spec && known?.pod.status === pod.status) return
    if (known) {
      this.#pods.delete(path)
      for (const key of known.keys) this.#release(key, known.pod.spec?.nodeName ?? '')
    }
    this.#bind('pod', path, pod?.spec?.nodeName)
    const node = pod?.spec?.nodeName ?? ''
    if (pod === undefined || node === '') return
    const keys = keysOfPod(pod)
    this.#pods.set(path, { pod, keys })
    for (const key of keys) this.#need(key, node)
  }

  #need(key: string, node: string): void {
    const nodes = this.#needed.get(key) ?? new Map<string, number>()
    this.#needed.set(key, nodes)
    nodes.set(node, (nodes.get(node) ?? 0) + 1)
  }

  #release(key: string, node: string): void {
    const nodes = this.#needed.get(key)
    const left = (nodes?.get(node) ?? 0) - 1
    if (left > 0) nodes?.set(node, left)
    else nodes?.delete(node)
    if (nodes?.size === 0) this.#needed.delete(key)
  }

  #noteVolume(name: string, volume: PersistentVolume | undefined): void {
    for (const secret of this.#secretsOfVolume.get(name) ?? []) {
      const volumes = this.#volumesOfSecret.get(secret)
      volumes?.delete(name)
      if (volumes?.size === 0) this.#volumesOfSecret.delete(secret)
    }
    this.#secretsOfVolume.delete(name)
    this.#claimOfVolume.delete(name)
    const claim = volume?.spec?.claimRef
    if (volume === undefined || claim === undefined) return
    this.#claimOfVolume.set(name, keyOf('pvc', claim.namespace ?? '', claim.name ?? ''))
    const secrets = secretsOfVolumeForNodes(volume).map((one) => keyOf('secret', one.namespace, one.name))
    this.#secretsOfVolume.set(name, secrets)
    for (const secret of secrets) {
      const volumes = this.#volumesOfSecret.get(secret) ?? new Set()
      this.#volumesOfSecret.set(secret, volumes.add(name))
    }
  }
}

function keyOf(kind: Related, namespace: string, name: string): string {
  return `${kind} ${namespace}/${name}`
}

/** What a pod lets its node read beside itself. A node makes mirror pods on its own: they give it nothing. */
function keysOfPod(pod: Pod): readonly string[] {
  const { namespace = '', annotations } = pod.metadata
  if (annotations !== undefined && Object.hasOwn(annotations, mirror)) return []
  const account = pod.spec?.serviceAccountName ?? ''
  const keys = account === '' ? [] : [keyOf('serviceaccount', namespace, account)]
  for (const name of secretsOfPod(pod)) keys.push(keyOf('secret', namespace, name))
  for (const name of configMapsOfPod(pod)) keys.push(keyOf('configmap', namespace, name))
  for (const name of volumeClaimsOfPod(pod)) keys.push(keyOf('pvc', namespace, name))
  for (const name of resourceClaimsOfPod(pod)) keys.push(keyOf('resourceclaim', namespace, name))
  return keys
}
