import type { Event, Pod } from '@kube-bonsai/api-types/core/v1'
import { Cluster, type ClusterOptions } from '../../src/index.ts'

type Spec = NonNullable<Pod['spec']>

/** A pod of one container `a` that asks for `cpu` and some memory. */
export const pod = (name: string, cpu: string, spec: Partial<Spec> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: {
    containers: [{ name: 'a', image: 'app:1', resources: { requests: { cpu, memory: '64Mi' } } }],
    terminationGracePeriodSeconds: 5,
    ...spec,
  },
})

/** A cluster with what the tests of rows do in short form. */
export async function startCluster(options: ClusterOptions) {
  const cluster = await Cluster.create({ seed: 1, ...options })
  await cluster.settle()
  const pods = cluster.client.pods('default')
  const patch = (name: string, body: object, subresource?: string) =>
    pods.patch(name, 'strategic', body, subresource === undefined ? {} : { subresource })
  return {
    cluster,
    pods,
    patch,
    run: async (...created: readonly Pod[]) => {
      for (const one of created) await pods.create(one)
      await cluster.settle()
    },
    /** Asks for another size of container `a`, without waiting. */
    resize: (name: string, requests: Readonly<Record<string, string>>) =>
      patch(name, { spec: { containers: [{ name: 'a', resources: { requests } }] } }, 'resize'),
    /** Every status of a pod that was ever written, oldest first. */
    history: (name: string): readonly Pod[] =>
      cluster
        .events()
        .map(({ object }) => object as Pod)
        .filter(({ kind, metadata }) => kind === 'Pod' && metadata.name === name),
    /** The events of a pod in the order in which they were first told. */
    events: (name: string): readonly Event[] =>
      cluster
        .events()
        .filter(({ type }) => type === 'ADDED')
        .map(({ object }) => object as Event)
        .filter(({ kind, involvedObject }) => kind === 'Event' && involvedObject.name === name),
    /** A metric of a node's kubelet. */
    metric: (node: string, metric: string, labels: Readonly<Record<string, string>> = {}) =>
      cluster.nodes.get(node).kubelet?.metrics.value(metric, labels),
  }
}

/** The condition of a type. */
export const conditionOf = ({ status }: Pod, type: string) => status?.conditions?.find((one) => one.type === type)
