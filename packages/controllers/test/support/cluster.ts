import type { KubeObject } from '@kube-bonsai/apimachinery'
import { type Client, createClient, createInformerFactory } from '@kube-bonsai/client'
import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import { type Controller, controllers, createEventRecorder } from '@kube-bonsai/controllers'
import { createFeatureGates } from '@kube-bonsai/feature-gates'
import { pods } from '../../src/api/known.ts'
import type { Pod } from '../../src/api/pod.ts'
import { clientOf, type ResourceRef } from '../../src/api/resources.ts'
import { nodeOf } from '../../src/daemonset/eligibility.ts'
import { FakeApi } from './fake-api.ts'

/** What a test may set. */
export interface TestClusterOptions {
  readonly controllers: readonly (string | Controller)[]
  /** Says whether a pod may become ready; every pod when absent. */
  readonly ready?: (pod: Pod) => boolean
  /** How a pod ends, if it does: its phase, after it has run. */
  readonly end?: (pod: Pod) => { readonly phase: 'Succeeded' | 'Failed'; readonly exitCode: number } | undefined
  readonly gates?: string
}

/** A fake API server, the controllers and a fake kubelet that runs every pod. */
export class TestCluster {
  readonly clock = new VirtualClock()
  readonly api: FakeApi
  readonly client: Client
  readonly errors: string[] = []
  readonly #options: TestClusterOptions

  constructor(options: TestClusterOptions) {
    this.#options = options
    this.api = new FakeApi(this.clock)
    this.client = createClient(this.api)
    const random = createRandom('test')
    const { clock, client } = this
    const informers = createInformerFactory(client, { clock, random: random.fork('informers') })
    const gates = createFeatureGates(options.gates === undefined ? {} : { set: options.gates })
    const informer = informers.dynamic({ ...pods })
    informer.handle({
      onAdd: (pod) => this.#run(pod as unknown as Pod),
      onUpdate: (pod) => this.#stop(pod as unknown as Pod),
    })
    for (const one of options.controllers) {
      const controller = typeof one === 'string' ? controllers.get(one) : one
      if (controller === undefined) throw new Error(`no controller ${String(one)}`)
      controller.start({
        client,
        informers,
        clock,
        random: random.fork(controller.name),
        gates,
        recorder: (component) => createEventRecorder({ client, clock, random, component }),
        onError: (name, key, error) => void this.errors.push(`${name} ${key}: ${String(error)}`),
      })
    }
    informers.start()
  }

  of<T extends KubeObject>(ref: ResourceRef<T>, namespace = 'default') {
    return clientOf(this.client, ref, ref.namespaced ? namespace : '')
  }

  pods(): readonly Pod[] {
    return this.api.list('/api/v1/pods') as unknown as readonly Pod[]
  }

  events(): readonly string[] {
    const all = this.api.list('/api/v1/events') as unknown as { reason: string; message: string; count: number }[]
    return all.map(({ reason, message }) => `${reason}: ${message}`)
  }

  #run(pod: Pod): void {
    const { namespace = '', uid } = pod.metadata
    const write = (change: (pod: Pod) => Pod): void => {
      const current = this.pods().find((one) => one.metadata.uid === uid)
      if (current === undefined || current.metadata.deletionTimestamp !== undefined) return
      void this.of(pods, namespace)
        .update(change(current))
        .catch(() => {})
    }
    this.clock.schedule(this.clock.now() + 1000, () =>
      write((one) => {
        const ready = this.#options.ready?.(one) ?? true
        const time = `${new Date(this.clock.now()).toISOString().slice(0, 19)}Z`
        const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: time }]
        const index = this.pods().findIndex((p) => p.metadata.uid === uid)
        const status = { ...one.status, phase: 'Running', podIP: `10.0.0.${index + 1}`, conditions, startTime: time }
        return { ...one, spec: { ...one.spec, nodeName: nodeOf(one) ?? 'node-1' }, status }
      }),
    )
    this.clock.schedule(this.clock.now() + 3000, () =>
      write((one) => {
        const end = this.#options.end?.(one)
        if (end === undefined) return one
        const finishedAt = `${new Date(this.clock.now()).toISOString().slice(0, 19)}Z`
        const terminated = { exitCode: end.exitCode, finishedAt }
        const containerStatuses = one.spec.containers.map((c) => ({ name: c.name, state: { terminated } }))
        return { ...one, status: { ...one.status, phase: end.phase, conditions: [], containerStatuses } }
      }),
    )
  }

  #stop(pod: Pod): void {
    if (pod.metadata.deletionTimestamp === undefined) return
    const { name, namespace = '', uid } = pod.metadata
    this.clock.schedule(this.clock.now() + 2000, () => {
      const current = this.pods().find((one) => one.metadata.uid === uid)
      if (current === undefined) return
      void this.of(pods, namespace)
        .delete(name, { gracePeriodSeconds: 0 })
        .catch(() => {})
    })
  }
}

/** A pod template with one container. */
export function template(image = 'web:1', app = 'web') {
  return {
    metadata: { labels: { app } },
    spec: { containers: [{ name: 'c', image }], terminationGracePeriodSeconds: 30 },
  }
}
