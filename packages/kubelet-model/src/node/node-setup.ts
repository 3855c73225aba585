import type { Clock } from '@kube-bonsai/clock'
import { createFeatureGates, type FeatureGates } from '@kube-bonsai/feature-gates'
import { Quantity } from '@kube-bonsai/quantity'
import { cgroupDriver } from '../config/cgroup-driver.ts'
import { defaultConfiguration, type KubeletConfiguration, record } from '../config/configuration.ts'
import { type ConfigWarning, KubeletConfigError } from '../config/errors.ts'
import { loadConfiguration } from '../config/load-configuration.ts'
import { Metrics } from '../metrics/metrics.ts'
import { formatCpuSet, parseCpuSet } from '../resources/cpu-set.ts'
import { evenMachine, type Machine } from '../resources/machine.ts'
import { ResourceManagers } from '../resources/resource-managers.ts'
import { capacityOf } from './capacity.ts'
import { type CheckpointStore, MemoryCheckpoints } from './checkpoints.ts'
import { evictionThresholds, type Threshold } from './eviction/thresholds.ts'
import { defaultKernel, type Host, type RuntimeFeatures, runtimeConfigCalls, runtimeOf } from './host.ts'
import type { NodeShape } from './node-object.ts'
import {
  checkReservations,
  evictionReservation,
  less,
  plus,
  type Quantities,
  reservedResources,
} from './reservations.ts'
import { KubeletStartError, starting } from './start-error.ts'
import { SysctlHandler } from './sysctls.ts'
import { UserNamespaces } from './user-namespaces.ts'

/** What a kubelet has found out about its machine before it takes up pods. */
export interface NodeSetup {
  readonly shape: NodeShape
  readonly host: Host
  readonly configuration: KubeletConfiguration
  readonly warnings: readonly ConfigWarning[]
  readonly gates: FeatureGates
  readonly runtime: RuntimeFeatures
  readonly machine: Machine
  readonly capacity: Quantities
  /** What the node reports: capacity less what is reserved, hard eviction thresholds included. */
  readonly allocatable: Quantities
  /** Capacity less what is reserved for the system and for Kubernetes: what resizes are measured by. */
  readonly allocatableAbsolute: Quantities
  readonly thresholds: readonly Threshold[]
  readonly managers: ResourceManagers
  readonly userNamespaces: UserNamespaces
  readonly sysctls: SysctlHandler
  readonly checkpoints: CheckpointStore
  readonly metrics: Metrics
}

/** What a start needs beside the shape of the node. */
export interface SetupOptions {
  readonly clock: Clock
  /** What an earlier kubelet of the node has left; nothing by default. */
  readonly checkpoints?: CheckpointStore
  readonly metrics?: Metrics
}

/**
 * Starts a kubelet up to the point where it registers its node: reads its configuration, asks the runtime, sets the
 * machine's resources aside. Rejects with a KubeletStartError where the kubelet's process would end; nothing has been
 * touched by then but checkpoints of managers that were not there.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/cmd/kubelet/app/server.go
 */
export async function setUpNode(shape: NodeShape, options: SetupOptions): Promise<NodeSetup> {
  const { clock, checkpoints = new MemoryCheckpoints(), metrics = new Metrics() } = options
  const { host = {} } = shape
  const { loaded, warnings, isGiven } = configurationOf(host)
  const gates = createFeatureGates({
    set: new Map(Object.entries(record(loaded['featureGates'])).map(([name, on]) => [name, on === true])),
  })
  const configuration = await withCgroupDriver(loaded, host, clock, metrics)
  checkSwap(configuration, host)
  const machine = host.machine ?? machineOf(shape)
  const reservedCpus = reservedSystemCpus(configuration, machine)
  const capacity = capacityOf(shape, configuration, machine)
  const thresholds = starting('configuration', 'failed to run Kubelet: ', () => evictionThresholds(configuration))
  const reserved = starting('configuration', 'failed to run Kubelet: ', () =>
    reservedResources(configuration, reservedCpus),
  )
  // A node that nobody has configured gives away everything, as it always did here.
  const reservation = isGiven ? plus(reserved, evictionReservation(thresholds, capacity)) : reserved
  starting('resources', 'failed to run Kubelet: ', () => checkReservations(capacity, reservation))
  const managers = new ResourceManagers({ machine, configuration, gates, reservation, checkpoints, metrics, clock })
  const runtime = runtimeOf(host)
  const userNamespaces = starting('userNamespaces', 'failed to run Kubelet: failed to create kubelet: ', () => {
    const idsPerPod = record(configuration['userNamespaces'])['idsPerPod']
    return new UserNamespaces({
      ...(typeof idsPerPod === 'number' && { idsPerPod }),
      maxPods: Number(configuration['maxPods']),
      checkpoints,
      gates,
      ...(host.subordinateIds && { range: host.subordinateIds }),
      handlerSupports: (handler) => runtime.handlers.some(({ name, userNamespaces: has }) => name === handler && has),
    })
  })
  const sysctls = starting('configuration', 'failed to run Kubelet: failed to create kubelet: ', () => {
    const allowed = configuration['allowedUnsafeSysctls']
    return new SysctlHandler({
      allowed: Array.isArray(allowed) ? allowed.map(String) : [],
      kernelVersion: host.kernelVersion ?? defaultKernel,
    })
  })
  metrics.gauge('cgroup_version').set(host.cgroupVersion ?? 2)
  return {
    shape,
    host,
    configuration,
    warnings,
    gates,
    runtime,
    machine,
    capacity,
    allocatable: less(capacity, reservation),
    allocatableAbsolute: less(capacity, reserved),
    thresholds,
    managers,
    userNamespaces,
    sysctls,
    checkpoints,
    metrics,
  }
}

function configurationOf(host: Host) {
  const { files = {}, config, configDir, flags, cgroupVersion = 2 } = host
  const isGiven = config !== undefined || configDir !== undefined || flags !== undefined
  if (!isGiven && cgroupVersion === 2) {
    // Where nobody has said anything, static pods are where installers put them.
    return { loaded: defaultConfiguration({ staticPodPath: '/etc/kubernetes/manifests' }), warnings: [], isGiven }
  }
  try {
    const { configuration, warnings } = loadConfiguration({
      files: new Map(Object.entries(files)),
      ...(config !== undefined && { config }),
      ...(configDir !== undefined && { configDir }),
      ...(flags && { flags }),
      cgroupVersion,
    })
    return { loaded: configuration, warnings, isGiven }
  } catch (error) {
    if (!(error instanceof KubeletConfigError)) throw error
    throw new KubeletStartError('configuration', error.message, { cause: error })
  }
}

async function withCgroupDriver(
  configuration: KubeletConfiguration,
  host: Host,
  clock: Clock,
  metrics: Metrics,
): Promise<KubeletConfiguration> {
  // Nobody hears of the answer of a runtime that is not described.
  if (host.runtime?.runtimeConfig === undefined) return configuration
  try {
    const configured = String(configuration['cgroupDriver'])
    const { driver, losingSupport } = await cgroupDriver(runtimeConfigCalls(host), configured, clock)
    if (losingSupport !== undefined) metrics.gauge('cri_losing_support').set(1, { version: losingSupport })
    return { ...configuration, cgroupDriver: driver }
  } catch (error) {
    if (!(error instanceof KubeletConfigError)) throw error
    throw new KubeletStartError('runtime', `failed to run Kubelet: ${error.message}`, { cause: error })
  }
}

function checkSwap(configuration: KubeletConfiguration, { cgroupVersion, swapBytes = 0 }: Host): void {
  const fail = (text: string) => new KubeletStartError('resources', `failed to run Kubelet: ${text}`)
  const limited = record(configuration['memorySwap'])['swapBehavior'] === 'LimitedSwap'
  if (limited && cgroupVersion === 1) {
    throw fail('swap feature is enabled and LimitedSwap but it is only supported with cgroupv2')
  }
  if (swapBytes > 0 && configuration['failSwapOn'] !== false) {
    throw fail('running with swap on is not supported, please disable swap or set --fail-swap-on flag to false')
  }
}

/** How many CPUs `reservedSystemCPUs` names. */
function reservedSystemCpus(configuration: KubeletConfiguration, machine: Machine): number {
  const text = String(configuration['reservedSystemCPUs'] ?? '')
  if (text === '') return 0
  return starting('resources', 'failed to run Kubelet: ', () => {
    const wanted = parseCpuSet(text)
    const online = new Set(machine.nodes.flatMap(({ cores }) => cores.flatMap(({ cpus }) => cpus)))
    if ([...wanted].some((cpu) => !online.has(cpu))) {
      throw new Error(`reserved-cpus: ${text} is not a subset of online-cpus: ${formatCpuSet(online)}`)
    }
    return wanted.size
  })
}

function machineOf({ cpu = '4', memory = '16Gi' }: NodeShape): Machine {
  const coresPerNuma = Math.max(1, Number(Quantity.parse(cpu).value()))
  return evenMachine({
    sockets: 1,
    numaPerSocket: 1,
    coresPerNuma,
    threadsPerCore: 1,
    memoryPerNuma: Quantity.parse(memory).value(),
  })
}
