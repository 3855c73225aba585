import type { KubeObject } from '@kube-bonsai/apimachinery'
import { type ApiServer, createApiServer } from '@kube-bonsai/apiserver'
import {
  type Client,
  createClient,
  createInformerFactory,
  headersTransport,
  type InformerFactory,
} from '@kube-bonsai/client'
import { type Clock, createRandom, parseDurationMs, type Random, SystemClock, VirtualClock } from '@kube-bonsai/clock'
import {
  type ControllerContext,
  createControllers,
  createEventRecorder,
  type EventRecorder,
  type RunningController,
} from '@kube-bonsai/controllers'
import { createFeatureGates, type FeatureGates } from '@kube-bonsai/feature-gates'
import { type NodeShape, SharedStorage } from '@kube-bonsai/kubelet-model'
import { parseConfiguration } from '@kube-bonsai/scheduler-core'
import { createMemoryStorage, type Storage } from '@kube-bonsai/storage'
import { metricsApi } from '../kubelet/metrics-api.ts'
import { NodeFleet } from '../kubelet/node-fleet.ts'
import { createNodeProxy } from '../kubelet/node-proxy.ts'
import type { NodeRemains } from '../kubelet/node-types.ts'
import { startScheduler } from '../scheduler/scheduler-shell.ts'
import type { ListenOptions, RunningServer } from '../server/listen.ts'
import { ApplyError, type ApplyResult, applyAll, type Manifest } from './apply.ts'
import { diagnose, type Problem, type WorkloadState, workloads } from './diagnose.ts'
import { EventLog, type LogEntry } from './event-log.ts'
import { readManifests } from './manifests.ts'
import { type ClusterOptions, nodeShapes, webhookOptions } from './options.ts'
import { selectControllers } from './select-controllers.ts'
import { yamlCodec } from './yaml-codec.ts'

/** How settling ended. */
export interface SettleResult {
  /** True when nothing is pending any more; false when the timeout came first. */
  readonly settled: boolean
  /** Milliseconds since the epoch, on the cluster's clock. */
  readonly now: number
}

/** A cluster's state at one moment; cheap to keep, and the start of as many others as you like. */
export interface ClusterSnapshot {
  readonly revision: number
  /** A cluster of its own that goes on from here, nodes that are off or cut off included; neither sees what the other does. Programs of running containers begin anew. */
  fork(): Promise<Cluster>
}

const placeholderCa =
  '-----BEGIN CERTIFICATE-----\nbonsai has no certificate authority until it listens\n-----END CERTIFICATE-----\n'

/**
 * A Kubernetes v1.35 cluster inside this process: API server, controllers, scheduler and simulated nodes.
 * Nothing of it needs Node.js; `kube-bonsai/server` adds the network.
 */
export class Cluster {
  readonly server: ApiServer
  /** Speaks to the API server in process; objects are passed by reference, frozen. */
  readonly client: Client
  readonly clock: Clock
  readonly nodes: NodeFleet
  readonly #options: ClusterOptions
  readonly #gates: FeatureGates
  readonly #informers: InformerFactory
  readonly #log: EventLog | undefined
  readonly #context: ControllerContext
  readonly #running: RunningController[] = []
  readonly #servers: RunningServer[] = []
  readonly #storage: Storage<KubeObject>
  #closed = false

  private constructor(options: ClusterOptions, storage: Storage<KubeObject>, clock: Clock, random: Random) {
    this.#options = options
    this.#storage = storage
    this.clock = clock
    this.#gates = createFeatureGates({ set: options.featureGates ?? {} })
    this.#log = (options.recordEvents ?? clock instanceof VirtualClock) ? new EventLog(storage, clock) : undefined
    this.server = createApiServer({
      storage,
      clock,
      random: random.fork('apiserver'),
      gates: this.#gates,
      yaml: yamlCodec,
      nodeProxy: createNodeProxy(() => this.nodes, clock),
      ...(hasNodes(options) && { extensions: [metricsApi(() => this.nodes, clock)] }),
      ...(options.runtimeConfig && { runtimeConfig: options.runtimeConfig }),
      ...(options.serviceClusterIPRange && { serviceClusterIPRange: options.serviceClusterIPRange }),
      ...(options.serviceNodePortRange && { serviceNodePortRange: options.serviceNodePortRange }),
      ...(options.admissionPlugins && { admissionPlugins: options.admissionPlugins }),
      ...(options.authorizationModes && { authorizationModes: options.authorizationModes }),
      ...(options.requestsInflight && { requestsInflight: options.requestsInflight }),
      ...webhookOptions(options.webhooks),
      ...(options.authenticate && { authenticate: options.authenticate }),
      ...(options.authentication && { authentication: options.authentication }),
      ...(options.serviceAccounts && { serviceAccounts: options.serviceAccounts }),
    })
    this.client = this.#clientOf('bonsai')
    const manager = this.#clientOf('kube-controller-manager')
    const onError = (component: string, key: string, error: unknown) => options.onError?.(component, key, error)
    this.#informers = createInformerFactory(this.client, {
      clock,
      random: random.fork('informers'),
      onError: (error, resource) => onError('informer', resource, error),
    })
    const recorders = new Map<string, EventRecorder>()
    this.#context = {
      client: manager,
      informers: this.#informers,
      clock,
      random: random.fork('controllers'),
      gates: this.#gates,
      onError,
      recorder: (component, host) => {
        const key = `${component}/${host ?? ''}`
        const known = recorders.get(key)
        if (known) return known
        const made = createEventRecorder({
          client: this.#clientOf(component),
          clock,
          random,
          component,
          ...(host !== undefined && { host }),
          onError: (error) => onError('events', component, error),
        })
        recorders.set(key, made)
        return made
      },
    }
    this.nodes = new NodeFleet(
      { ...this.#context, client: this.#clientOf('kubelet') },
      {
        programs: options.programs,
        registry: options.registry,
        csiDrivers: options.csiDrivers,
        api: (request) => this.server.handle(request),
      },
    )
  }

  /** A client whose writes manage fields by the name of a component. */
  #clientOf(component: string): Client {
    return createClient(headersTransport(this.server.transport, { 'user-agent': component }))
  }

  /**
   * Makes a cluster; resolves when it takes its first write and its nodes are registered.
   * Throws FeatureGateError for bad gates and a RangeError for a bad number of nodes.
   */
  static async create(options: ClusterOptions = {}): Promise<Cluster> {
    const shapes = nodeShapes(options.nodes)
    const clock = clockOf(options)
    const cluster = new Cluster(options, createMemoryStorage<KubeObject>(), clock, createRandom(options.seed ?? 1))
    await cluster.server.bootstrap()
    await cluster.#start(shapes)
    return cluster
  }

  /**
   * Creates what is not there and patches what is, in order. Takes manifests as text (YAML, JSON or KYAML, several documents),
   * one object or many. Throws ApplyError when any was refused; the others are applied all the same.
   */
  async apply(
    input: string | KubeObject | readonly KubeObject[],
    options: { readonly namespace?: string } = {},
  ): Promise<readonly ApplyResult[]> {
    const manifests: readonly Manifest[] =
      typeof input === 'string' ? await readManifests([{ text: input }]) : [input].flat().map((object) => ({ object }))
    const results = await this.tryApply(manifests, options)
    if (results.some((result) => result.action === 'failed')) throw new ApplyError(results)
    return results
  }

  /** Like `apply`, for documents with their sources; refusals are results, not exceptions. */
  tryApply(
    manifests: readonly Manifest[],
    options: { readonly namespace?: string } = {},
  ): Promise<readonly ApplyResult[]> {
    return applyAll(this.client, manifests, options.namespace ?? 'default')
  }

  /**
   * Lets virtual time run until nothing is pending: every pod has got where it can get. What repeats for ever (heartbeats, the
   * later rounds of a crash loop) is not waited for. `timeout` is a Go duration or milliseconds, an hour by default.
   * Throws a TypeError on a clock that is not virtual.
   */
  async settle(options: { readonly timeout?: string | number } = {}): Promise<SettleResult> {
    const { settled, now } = await this.#virtual('settle').runUntilIdle({
      limit: milliseconds(options.timeout ?? '1h'),
    })
    return { settled, now }
  }

  /** Lets so much virtual time pass: a Go duration such as `5m`, or milliseconds. Throws a TypeError on a clock that is not virtual. */
  async advance(duration: string | number): Promise<void> {
    await this.#virtual('advance').advance(milliseconds(duration))
  }

  /** The state of this moment, to go back to or to branch from. */
  snapshot(): ClusterSnapshot {
    const stored = this.#storage.snapshot()
    const at = this.clock.now()
    const nodes = this.nodes.remains()
    const volumes = new SharedStorage()
    volumes.takeOver(this.nodes.storage)
    return {
      revision: stored.revision,
      fork: async () => {
        const clock =
          this.clock instanceof VirtualClock ? new VirtualClock({ start: at, onError: () => {} }) : this.clock
        const seed = `${this.#options.seed ?? 1}/${stored.revision}`
        const cluster = new Cluster(this.#options, stored.fork(), clock, createRandom(seed))
        cluster.nodes.storage.takeOver(volumes)
        await cluster.#start([], nodes)
        return cluster
      },
    }
  }

  /** A cluster of its own that goes on from this moment. @see ClusterSnapshot.fork */
  fork(): Promise<Cluster> {
    return this.snapshot().fork()
  }

  /**
   * Everything that has happened so far, in order. The same seed and the same calls give the same log.
   * Throws a TypeError when the cluster was made without a record (`recordEvents`; off by default on the wall clock).
   */
  events(): readonly LogEntry[] {
    if (this.#log === undefined)
      throw new TypeError('this cluster keeps no record of events; make it with recordEvents: true')
    return this.#log.entries
  }

  /** Answers an HTTP request as the server would, without a network. */
  fetch(request: Request): Promise<Response> {
    return this.server.handle(request)
  }

  /**
   * Serves this cluster on loopback, HTTPS with a throw-away authority unless told otherwise, for kubectl and any client.
   * Only on Node.js: elsewhere it rejects, because there is no `kube-bonsai/server`.
   */
  async listen(options: ListenOptions = {}): Promise<RunningServer> {
    // Named so that a bundler for browsers does not follow it into Node's own modules.
    const server = 'kube-bonsai/server'
    const { listen }: typeof import('../server/index.ts') = await import(server)
    const running = await listen(this, options)
    this.#servers.push(running)
    return running
  }

  /** How much of each workload is there. */
  workloads(): Promise<readonly WorkloadState[]> {
    return workloads(this.client)
  }

  /** Why each thing that does not run does not. */
  problems(): Promise<readonly Problem[]> {
    return diagnose(this.client)
  }

  /** Stops everything. The objects can still be read. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const server of this.#servers) void server.close()
    for (const one of this.#running) one.stop()
    this.nodes.stop()
    this.#informers.stop()
    this.#log?.stop()
    this.server.close()
  }

  async #start(shapes: readonly NodeShape[], remains: readonly NodeRemains[] = []): Promise<void> {
    const { controllers: wanted = true, controlPlaneOnly = false, rootCa = placeholderCa } = this.#options
    const { schedulerConfiguration: given } = this.#options
    const configuration = given === undefined ? undefined : parseConfiguration(given, this.#gates)
    if (wanted === false) return
    const controllers = selectControllers(createControllers({ rootCa }), wanted === true ? ['*'] : wanted)
    if (!controlPlaneOnly) {
      this.nodes.start()
      const context = { ...this.#context, client: this.#clientOf('kube-scheduler') }
      this.#running.push(startScheduler(context, configuration && { configuration }))
    }
    for (const controller of controllers) this.#running.push(controller.start(this.#context))
    this.#informers.start()
    if (controlPlaneOnly) return
    for (const shape of shapes) await this.nodes.add(shape)
    for (const node of remains) await this.nodes.takeOver(node)
  }

  #virtual(wanted: string): VirtualClock {
    if (this.clock instanceof VirtualClock) return this.clock
    throw new TypeError(`${wanted} needs the virtual clock; this cluster follows the wall clock`)
  }
}

function hasNodes({ controllers, controlPlaneOnly }: ClusterOptions): boolean {
  return controllers !== false && controlPlaneOnly !== true
}

function clockOf({ clock = 'virtual', onError }: ClusterOptions): Clock {
  if (typeof clock !== 'string') return clock
  const report = (error: unknown) => onError?.('clock', '', error)
  return clock === 'virtual' ? new VirtualClock({ onError: report }) : new SystemClock({ onError: report })
}

function milliseconds(duration: string | number): number {
  return typeof duration === 'number' ? duration : parseDurationMs(duration)
}
