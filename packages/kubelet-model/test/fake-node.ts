import type { ConfigMap, Pod, PodSpec, PodStatus, Secret } from '@kube-bonsai/api-types/core/v1'
import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import {
  Kubelet,
  type KubeletOptions,
  MemoryCheckpoints,
  type Program,
  programLookup,
  SimulatedRuntime,
  type SimulatedRuntimeOptions,
} from '../src/index.ts'

/** A kubelet on a virtual clock with an API made of maps. */
export function fakeNode(
  programs: Readonly<Record<string, Program>> = {},
  allocatable?: NonNullable<KubeletOptions['allocatable']>,
  more: Partial<SimulatedRuntimeOptions> = {},
) {
  const errors: unknown[] = []
  const clock = new VirtualClock({ onError: (error) => errors.push(error) })
  const runtime = new SimulatedRuntime({ clock, random: createRandom(1), programs: programLookup(programs), ...more })
  const pods = new Map<string, Pod>()
  const history: PodStatus[] = []
  const events: string[] = []
  const configMaps = new Map<string, ConfigMap>()
  const secrets = new Map<string, Secret>()
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
        claimPhase: () => undefined,
        serviceEnv: () => ({}),
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
    secrets,
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
