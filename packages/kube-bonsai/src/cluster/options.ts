import type { ApiServerOptions } from '@kube-bonsai/apiserver'
import type { Clock } from '@kube-bonsai/clock'
import type { CsiNodeDriver, NodeShape, Program, SimulatedRegistry } from '@kube-bonsai/kubelet-model'

/** How a cluster is made. Everything has a default. */
export interface ClusterOptions {
  /** How many nodes (`node-1`, `node-2`, …), or what each is like. None by default. */
  readonly nodes?: number | readonly NodeShape[]
  /** Where all randomness comes from: the same seed gives the same event log. 1 by default. */
  readonly seed?: number | string
  /** `virtual` (the default) moves only when told to; `system` follows the wall clock. */
  readonly clock?: 'virtual' | 'system' | Clock
  /** Feature gates that differ from v1.35's defaults. Throws FeatureGateError for unknown or locked ones. */
  readonly featureGates?: Readonly<Record<string, boolean>>
  /** Versions of the API to serve beside or instead of the default ones, as `--runtime-config` spells them. */
  readonly runtimeConfig?: Readonly<Record<string, boolean>>
  /** Programs by image name, for containers that shall do something. */
  readonly programs?: Readonly<Record<string, Program>>
  /** Where nodes get their images from; without one, every image that can be named is public. */
  readonly registry?: SimulatedRegistry
  /**
   * CSI drivers by name, which run on every node. Volumes of drivers that are not among them are refused; without this option,
   * persistent volumes need no driver.
   */
  readonly csiDrivers?: Readonly<Record<string, CsiNodeDriver>>
  /**
   * False runs the API server alone: no controllers, no scheduler, no kubelets. A list names the controllers to run as
   * `--controllers` does: `*` all of them, `name` that one, `-name` not that one. Throws a RangeError for unknown names.
   */
  readonly controllers?: boolean | readonly string[]
  /** True runs no scheduler and no kubelets beside the API server and the controllers. */
  readonly controlPlaneOnly?: boolean
  /**
   * A KubeSchedulerConfiguration v1 for the scheduler: profiles, plugins and their arguments. Throws SchedulerConfigError for one that
   * kube-scheduler would refuse.
   */
  readonly schedulerConfiguration?: unknown
  /** `--service-cluster-ip-range`; 10.96.0.0/12 by default. Two, parted by a comma, are dual stack. Throws a RangeError for what is none. */
  readonly serviceClusterIPRange?: string
  /** `--service-node-port-range`; 30000-32767 by default. Throws a RangeError for what is none. */
  readonly serviceNodePortRange?: string
  /** `--enable-admission-plugins` and `--disable-admission-plugins`. Throws a RangeError for names that are none. */
  readonly admissionPlugins?: ApiServerOptions['admissionPlugins']
  /** `--authorization-mode`: Node and RBAC by default. Throws a RangeError for names that are none, and for ABAC and Webhook. */
  readonly authorizationModes?: readonly string[]
  /** `--max-requests-inflight` and `--max-mutating-requests-inflight`, for requests over HTTP. Throws a RangeError for what is none. */
  readonly requestsInflight?: ApiServerOptions['requestsInflight']
  /** Reaches the webhooks of admission, and of custom resources; without it they count as out of reach. */
  readonly webhooks?: ApiServerOptions['admissionWebhooks']
  /** Says who sends a request over HTTP, or undefined to leave it to the request's bearer token. */
  readonly authenticate?: ApiServerOptions['authenticate']
  /** Who else is known over HTTP; without this and `authenticate`, whoever sends no bearer token is an admin. */
  readonly authentication?: ApiServerOptions['authentication']
  /** How tokens of service accounts are made and checked. Throws a RangeError for what does not fit. */
  readonly serviceAccounts?: ApiServerOptions['serviceAccounts']
  /** Keep every change for `events()`; true on a virtual clock, false on the wall clock, where a cluster may run for days. */
  readonly recordEvents?: boolean
  /** PEM of the authority that pods get as kube-root-ca.crt; a placeholder when absent. */
  readonly rootCa?: string
  /** Told of what goes wrong inside controllers, scheduler and kubelets; they try again by themselves. */
  readonly onError?: (component: string, key: string, error: unknown) => void
}

/** The shapes that an option names. Throws a RangeError for a count that is not a whole number of at least 0. */
export function nodeShapes(nodes: ClusterOptions['nodes'] = 0): readonly NodeShape[] {
  if (typeof nodes !== 'number') return nodes
  if (!Number.isSafeInteger(nodes) || nodes < 0) throw new RangeError(`nodes must be a whole number, got ${nodes}`)
  return Array.from({ length: nodes }, (_, index) => ({ name: `node-${index + 1}` }))
}

/** One way to reach webhooks serves those of admission and those that convert custom resources, which bring no time limit. */
export function webhookOptions(webhooks: ClusterOptions['webhooks']): Partial<ApiServerOptions> {
  if (webhooks === undefined) return {}
  return {
    admissionWebhooks: webhooks,
    conversionWebhooks: (request) => webhooks({ timeoutSeconds: 30, ...request }),
  }
}
