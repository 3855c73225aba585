import type { Event, Pod } from '@kube-bonsai/api-types/core/v1'
import { afterEach, describe, expect, test } from 'vitest'
import { Cluster, type ClusterOptions } from '../src/index.ts'

let cluster: Cluster | undefined
afterEach(() => cluster?.close())

async function start(options: ClusterOptions = {}): Promise<Cluster> {
  cluster = await Cluster.create({ nodes: [{ name: 'one', cpu: '2', memory: '4Gi' }], ...options })
  await cluster.settle()
  return cluster
}

const pod = (name: string, cpu: string, spec: Partial<NonNullable<Pod['spec']>> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: {
    containers: [{ name: 'app', image: 'app:1', resources: { requests: { cpu } } }],
    terminationGracePeriodSeconds: 5,
    ...spec,
  },
})

async function eventsOf(running: Cluster, reason: string): Promise<readonly Event[]> {
  return (await running.client.resource('v1/events').list()).items.filter((event) => event.reason === reason)
}

describe('the scheduler of a cluster', () => {
  test('makes room for a pod of higher priority, and says so to everyone', async () => {
    const running = await start()
    await running.client.resource('scheduling.k8s.io/v1/priorityclasses').create({
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'urgent' },
      value: 1000,
    })
    const pods = running.client.pods('default')
    await pods.create(pod('small', '1500m'))
    await running.settle()
    await pods.create(pod('large', '1500m', { priorityClassName: 'urgent' }))
    await running.settle()
    const large = await pods.get('large')
    expect(large.spec?.nodeName).toBe('one')
    expect(large.status?.nominatedNodeName).toBeUndefined()
    await expect(pods.get('small')).rejects.toThrow('not found')
    const [preempted] = await eventsOf(running, 'Preempted')
    expect(preempted?.message).toBe(`Preempted by pod ${large.metadata.uid} on node one`)
    const [failed] = await eventsOf(running, 'FailedScheduling')
    expect(failed?.message).toBe('0/1 nodes are available: 1 Insufficient cpu.')
    const scheduled = await eventsOf(running, 'Scheduled')
    expect(scheduled.map((event) => event.message)).toContain('Successfully assigned default/large to one')
  })

  test('tells the victim why it goes, and the pod where it will go', async () => {
    const running = await start()
    const pods = running.client.pods('default')
    await pods.create(pod('small', '1500m', { priority: 0 }))
    await running.settle()
    await running.client.resource('scheduling.k8s.io/v1/priorityclasses').create({
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'urgent' },
      value: 1000,
    })
    await pods.create(pod('large', '1500m', { priorityClassName: 'urgent' }))
    await running.settle()
    const changes = running.events().map(({ object }) => object as Pod)
    const victim = changes.findLast((object) => object.kind === 'Pod' && object.metadata.name === 'small')
    const target = victim?.status?.conditions?.find(({ type }) => type === 'DisruptionTarget')
    expect(target).toMatchObject({
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: 'default-scheduler: preempting to accommodate a higher priority pod',
    })
    const nominations = changes.filter((object) => object.metadata.name === 'large')
    expect(nominations.map((object) => object.status?.nominatedNodeName)).toContain('one')
  })

  test('follows a KubeSchedulerConfiguration', async () => {
    const running = await start({
      schedulerConfiguration: {
        profiles: [
          { schedulerName: 'default-scheduler' },
          { schedulerName: 'careless', plugins: { multiPoint: { disabled: [{ name: 'TaintToleration' }] } } },
        ],
      },
    })
    const taints = [{ key: 'dedicated', effect: 'NoSchedule' }]
    await running.client.resource('v1/nodes').patch('one', 'merge', { spec: { taints } })
    const pods = running.client.pods('default')
    await pods.create(pod('careful', '1'))
    await pods.create(pod('careless', '1', { schedulerName: 'careless' }))
    await running.settle()
    expect((await pods.get('careful')).spec?.nodeName).toBeUndefined()
    expect((await pods.get('careless')).spec?.nodeName).toBe('one')
    const [scheduled] = await eventsOf(running, 'Scheduled')
    expect(scheduled).toMatchObject({ involvedObject: { name: 'careless' }, source: { component: 'careless' } })
  })

  test('refuses a configuration that kube-scheduler would refuse', async () => {
    const profiles = [{ plugins: { score: { enabled: [{ name: 'Nope' }] } } }]
    await expect(Cluster.create({ schedulerConfiguration: { profiles } })).rejects.toThrow(
      'ScorePlugin "Nope" does not exist',
    )
    await expect(Cluster.create({ schedulerConfiguration: { parallelism: 0 } })).rejects.toThrow('parallelism')
  })

  test('binds a gang when all of it fits, and not before', async () => {
    const running = await start({
      nodes: [{ name: 'one', cpu: '4' }],
      featureGates: { GenericWorkload: true, GangScheduling: true },
      runtimeConfig: { 'scheduling.k8s.io/v1alpha1': true },
    })
    await running.client
      .resource('scheduling.k8s.io/v1alpha1/workloads')
      .namespace('default')
      .create({
        apiVersion: 'scheduling.k8s.io/v1alpha1',
        kind: 'Workload',
        metadata: { name: 'job', namespace: 'default' },
        spec: { podGroups: [{ name: 'workers', policy: { gang: { minCount: 2 } } }] },
      })
    const member = { workloadRef: { name: 'job', podGroup: 'workers' } }
    const pods = running.client.pods('default')
    await pods.create(pod('a', '1', member))
    await running.settle()
    expect((await pods.get('a')).spec?.nodeName).toBeUndefined()
    await pods.create(pod('b', '1', member))
    await running.settle()
    expect((await pods.get('a')).spec?.nodeName).toBe('one')
    expect((await pods.get('b')).spec?.nodeName).toBe('one')
  })
})
