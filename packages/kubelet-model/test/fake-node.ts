import type {
  ConfigMap,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodSpec,
  PodStatus,
  Secret,
} from '@kube-bonsai/api-types/core/v1'
import type { CSIDriver } from '@kube-bonsai/api-types/storage/v1'
import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import {
  type CsiDrivers,
  Kubelet,
  type KubeletOptions,
  MemoryCheckpoints,
  type Program,
  programLookup,
  SharedStorage,
  SimulatedRuntime,
  type SimulatedRuntimeOptions,
} from '../src/index.ts'

/** A kubelet on a virtual clock with an API made of maps. */
export function fakeNode(
  programs: Readonly<Record<string, Program>> = {},
  allocatable?: NonNullable<KubeletOptions['allocatable']>,
  more: Partial<SimulatedRuntimeOptions> = {},
  csiDrivers?: CsiDrivers,
) {
  const errors: unknown[] = []
  const clock = new VirtualClock({ onError: (error) => errors.push(error) })
  const runtime = new SimulatedRuntime({ clock, random: createRandom(1), programs: programLookup(programs), ...more })
  const pods = new Map<string, Pod>()
  const history: PodStatus[] = []
  const events: string[] = []
  const configMaps = new Map<string, ConfigMap>()
  const secrets = new Map<string, Secret>()
  const claims = new Map<string, PersistentVolumeClaim>()
  const persistentVolumes = new Map<string, PersistentVolume>()
  const csiObjects = new Map<string, CSIDriver>()
  const watches = new Set<() => void>()
  const tokens: { audiences: readonly string[]; expirationSeconds: number; token: string }[] = []
  const storage = new SharedStorage()
  const options: KubeletOptions = {
    nodeName: 'node-1',
    hostIP: '192.0.2.1',
    podCIDR: '10.244.0.0/24',
    ...(allocatable && { allocatable }),
    clock,
    runtime,
    onError: (_pod, error) => errors.push(error),
    api: {
      objects: {
        configMap: (namespace, name) => configMaps.get(`${namespace}/${name}`),
        secret: (namespace, name) => secrets.get(`${namespace}/${name}`),
        claim: (namespace, name) => claims.get(`${namespace}/${name}`),
        persistentVolume: (name) => persistentVolumes.get(name),
        csiDriver: (name) => csiObjects.get(name),
        watch: (object, changed) => {
          if (object.kind !== 'csiDriver') return () => {}
          watches.add(changed)
          return () => void watches.delete(changed)
        },
        serviceEnv: () => ({}),
      },
      async requestToken(_pod, request) {
        await Promise.resolve()
        const token = `token-${tokens.length}-of-${request.audiences.join()}`
        tokens.push({ ...request, token })
        return { token, expiresAt: clock.now() + request.expirationSeconds * 1000 }
      },
      event: (_pod, _type, reason, message) => events.push(`${reason}: ${message}`),
      nodeEvent: (_type, reason, message) => events.push(`node ${reason}: ${message}`),
      async writeStatus(pod, status) {
        await Promise.resolve()
        const uid = pod.metadata.uid!
        const current = pods.get(uid)
        if (!current) return false
        history.push(status)
        set({ ...current, status })
        return true
      },
      async removePod(pod) {
        await Promise.resolve()
        pods.delete(pod.metadata.uid!)
        kubelet.podRemoved(pod)
      },
    },
    checkpoints: new MemoryCheckpoints(),
    storage,
    ...(csiDrivers && { csiDrivers }),
  }
  let kubelet = new Kubelet(options)
  const set = (pod: Pod) => {
    pods.set(pod.metadata.uid!, pod)
    kubelet.podChanged(pod)
  }
  return {
    clock,
    runtime,
    get kubelet() {
      return kubelet
    },
    /** The kubelet's process ends, `down` runs while it is away, and another one takes over. */
    async restart(down: () => unknown = () => {}, more: Partial<KubeletOptions> = {}) {
      kubelet.stop()
      await down()
      kubelet = new Kubelet({ ...options, ...more })
      for (const pod of pods.values()) kubelet.podChanged(pod)
      kubelet.ready()
    },
    events,
    history,
    errors,
    configMaps,
    claims,
    persistentVolumes,
    storage,
    secrets,
    tokens,
    api: options.api,
    /** Writes a CSIDriver object; undefined deletes it. */
    setCsiDriver(name: string, spec: CSIDriver['spec'] | undefined) {
      if (spec === undefined) csiObjects.delete(name)
      else csiObjects.set(name, { apiVersion: 'storage.k8s.io/v1', kind: 'CSIDriver', metadata: { name }, spec })
      for (const changed of [...watches]) changed()
    },
    set,
    get: (name: string) => pods.get(`uid-${name}`),
    remove: (name: string, grace: number) => {
      const pod = pods.get(`uid-${name}`)!
      const deletionTimestamp = new Date(clock.now() + grace * 1000).toISOString()
      set({ ...pod, metadata: { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: grace } })
    },
  }
}

/** A pod that is bound to the fake node. */
export function boundPod(name: string, spec: Partial<PodSpec> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, generation: 1 },
    spec: { nodeName: 'node-1', containers: [{ name: 'app', image: 'app:1' }], ...spec },
    status: { phase: 'Pending' },
  }
}
