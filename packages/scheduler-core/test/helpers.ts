import type { Node, Pod } from '@kube-bonsai/api-types/core/v1'
import { createFeatureGates } from '@kube-bonsai/feature-gates'
import {
  defaultConfiguration,
  defaultProfile,
  Framework,
  multiPointOnly,
  type Nominations,
  type Plugin,
  type PluginFactory,
  pluginsByPoint,
  Scheduler,
  type SchedulerOptions,
  type Step,
  WaitingPods,
} from '../src/index.ts'

export function makeNode(name: string, cpu: string, extra: Partial<Node> = {}): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    status: { allocatable: { cpu, memory: '8Gi', pods: '110' } },
    ...extra,
  }
}

export function makePod(name: string, cpu: string, spec: Partial<Pod['spec']> = {}, rest: Partial<Pod> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: `uid-${name}` },
    spec: { containers: [{ name: 'main', image: 'app', resources: { requests: { cpu } } }], ...spec },
    ...rest,
  }
}

/** The same pod on a node. */
export function placed(pod: Pod, nodeName: string): Pod {
  return { ...pod, spec: { containers: [], ...pod.spec, nodeName } }
}

export const noNominations: Nominations = { podsOn: () => [], nodeOf: () => undefined }

/** A framework of these plugins only. */
export function frameworkOf(plugins: readonly Plugin[], nominations: Nominations = noNominations): Framework {
  return new Framework({
    profileName: 'default-scheduler',
    plugins: pluginsByPoint(plugins),
    weights: new Map(),
    nominations,
    waitingPods: new WaitingPods(),
    now: () => 0,
  })
}

/** A scheduler with a hand-wound clock; `own` plugins come last. */
export function setUp(
  own: readonly Plugin[] = [],
  options: Partial<SchedulerOptions> & { readonly set?: Readonly<Record<string, boolean>> } = {},
) {
  let time = 0
  const gates = createFeatureGates({ set: options.set ?? {} })
  const profile = defaultProfile(gates)
  const enabled = [...profile.plugins.multiPoint.enabled, ...own.map(({ name }) => ({ name }))]
  const plugins = new Map(own.map((plugin) => [plugin.name, (() => plugin) as PluginFactory]))
  const scheduler = new Scheduler({
    now: () => time,
    gates,
    plugins,
    configuration: {
      ...defaultConfiguration(gates),
      profiles: [{ ...profile, plugins: multiPointOnly({ enabled, disabled: [] }) }],
    },
    ...options,
  })
  const drain = () => {
    const steps: Step[] = []
    for (let step = scheduler.next(); step !== undefined; step = scheduler.next()) steps.push(step)
    return steps
  }
  return { scheduler, drain, advance: (ms: number) => (time += ms), now: () => time }
}
