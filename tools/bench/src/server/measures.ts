import type { Call, Target } from './target.ts'

/** A measurement: what it is called, its unit, and how to take it. */
export interface Measure {
  readonly name: string
  readonly unit: 'per second' | 'ms'
  /** More is better where it counts per second; less where it takes milliseconds. */
  run(target: Target, sizes: Sizes): Promise<number>
}

/** How much of everything. */
export interface Sizes {
  readonly writes: number
  readonly pods: number
  readonly watchers: number
}

const namespace = 'bench'
const inNamespace = (resource: string, group = '/api/v1') => `${group}/namespaces/${namespace}/${resource}`
const deployments = inNamespace('deployments', '/apis/apps/v1')

const template = (image: string) => ({
  metadata: { labels: { app: 'web' } },
  spec: {
    containers: [
      {
        name: 'web',
        image,
        ports: [{ containerPort: 80, name: 'http' }],
        resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '128Mi' } },
        readinessProbe: { httpGet: { path: '/', port: 'http' } },
        env: [{ name: 'LEVEL', value: 'info' }],
      },
    ],
  },
})

const deployment = (name: string, replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, labels: { app: 'web' } },
  spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: template('nginx:1') },
})

const configMap = (name: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { key: 'value' },
})

const pod = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: template('nginx:1').spec })

/** Sends `total` calls, at most `width` at a time, and returns how many of them a second. */
async function rate(target: Target, total: number, width: number, call: (index: number) => Call): Promise<number> {
  let next = 0
  const worker = async () => {
    while (next < total) await target.send(call(next++))
  }
  const started = performance.now()
  await Promise.all(Array.from({ length: width }, worker))
  return (total * 1000) / (performance.now() - started)
}

async function median(times: number, work: () => Promise<void>): Promise<number> {
  const all: number[] = []
  for (let round = 0; round < times; round += 1) {
    const started = performance.now()
    await work()
    all.push(performance.now() - started)
  }
  return all.sort((a, b) => a - b)[Math.floor(times / 2)] ?? 0
}

const listOf = (name: string, accept: string): Measure => ({
  name,
  unit: 'ms',
  run: (target) => median(7, () => target.send({ method: 'GET', path: inNamespace('pods'), accept })),
})

const post = (path: string, body: unknown): Call => ({ method: 'POST', path, body })

/** Makes what the measurements need. */
export async function prepare(target: Target): Promise<void> {
  await target.send(post('/api/v1/namespaces', { metadata: { name: namespace } }))
  await target.send(post(inNamespace('serviceaccounts'), { metadata: { name: 'default' } })).catch((error: Error) => {
    if (!error.message.includes('AlreadyExists')) throw error
  })
  await rate(target, 200, 8, (index) => post(inNamespace('configmaps'), configMap(`warm-${index}`)))
  await target.send(post(deployments, deployment('web', 1)))
}

/** Everything that is measured, in order: later ones use what earlier ones made. */
export const measures: readonly Measure[] = [
  {
    name: 'create ConfigMaps, one after another',
    unit: 'per second',
    run: (target, { writes }) =>
      rate(target, writes, 1, (index) => post(inNamespace('configmaps'), configMap(`one-${index}`))),
  },
  {
    name: 'create ConfigMaps, 64 at a time',
    unit: 'per second',
    run: (target, { writes }) =>
      rate(target, writes, 64, (index) => post(inNamespace('configmaps'), configMap(`many-${index}`))),
  },
  {
    name: 'create Deployments, one after another',
    unit: 'per second',
    run: (target, { writes }) => rate(target, writes, 1, (index) => post(deployments, deployment(`made-${index}`, 1))),
  },
  {
    name: 'update a Deployment',
    unit: 'per second',
    run: (target, { writes }) =>
      rate(target, writes, 1, (index) => ({
        method: 'PUT',
        path: `${deployments}/web`,
        body: deployment('web', index + 2),
      })),
  },
  {
    name: 'strategic merge patch of a Deployment',
    unit: 'per second',
    run: (target, { writes }) =>
      rate(target, writes, 1, (index) => ({
        method: 'PATCH',
        path: `${deployments}/web`,
        contentType: 'application/strategic-merge-patch+json',
        body: { spec: { template: { spec: { containers: [{ name: 'web', image: `nginx:${index}` }] } } } },
      })),
  },
  {
    name: 'server-side apply of a Deployment',
    unit: 'per second',
    run: (target, { writes }) =>
      rate(target, writes, 1, (index) => ({
        method: 'PATCH',
        path: `${deployments}/applied?fieldManager=bench`,
        contentType: 'application/apply-patch+yaml',
        body: deployment('applied', index + 1),
      })),
  },
  {
    name: 'create Pods, 64 at a time',
    unit: 'per second',
    run: (target, { pods }) => rate(target, pods, 64, (index) => post(inNamespace('pods'), pod(`pod-${index}`))),
  },
  listOf('list all Pods as JSON', 'application/json'),
  listOf('list all Pods as a Table', 'application/json;as=Table;v=v1;g=meta.k8s.io'),
  listOf('list all Pods as protobuf', 'application/vnd.kubernetes.protobuf'),
  {
    name: 'events to watchers of Secrets',
    unit: 'per second',
    async run(target, { watchers }) {
      const changes = 50
      let seen = 0
      let done = () => {}
      const all = new Promise<void>((resolve) => {
        done = resolve
      })
      const onEvents = (count: number) => {
        seen += count
        if (seen >= watchers * changes) done()
      }
      for (let index = 0; index < watchers; index += 50) {
        const group = Array.from({ length: Math.min(50, watchers - index) }, () =>
          target.watch(inNamespace('secrets'), onEvents),
        )
        await Promise.all(group)
      }
      const started = performance.now()
      for (let index = 0; index < changes; index += 1) {
        const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: `s-${index}` }, stringData: { a: 'b' } }
        await target.send(post(inNamespace('secrets'), secret))
      }
      await all
      return (watchers * changes * 1000) / (performance.now() - started)
    },
  },
]
