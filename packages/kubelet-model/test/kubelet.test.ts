import { findCondition } from '@kube-bonsai/apimachinery'
import { describe, expect, test } from 'vitest'
import type { Program } from '../src/index.ts'
import { boundPod, fakeNode } from './fake-node.ts'

const crasher: Program = {
  async run(context) {
    context.log('about to fail')
    await context.sleep(1000)
    return 3
  },
}
const worker: Program = {
  async run(context) {
    await context.sleep(5000)
    context.log('work is done')
    return 0
  },
}
const stubborn: Program = {
  async run(context) {
    await new Promise(() => context.log('I ignore signals'))
    return 0
  },
}

describe('a pod on a node', () => {
  test('starts, gets an address and becomes ready', async () => {
    const node = fakeNode()
    node.set(boundPod('web'))
    await node.clock.runUntilIdle()
    const status = node.get('web')!.status!
    expect(status).toMatchObject({ phase: 'Running', podIP: '10.244.0.2', hostIP: '192.0.2.1', observedGeneration: 1 })
    expect(findCondition(status.conditions, 'Ready')).toMatchObject({ status: 'True', observedGeneration: 1 })
    expect(node.events.map((event) => event.split(':')[0])).toEqual(['Pulling', 'Pulled', 'Created', 'Started'])
    expect(node.errors).toEqual([])
  })

  test('says in its log that nobody wrote a program for its image', async () => {
    const node = fakeNode()
    node.set(boundPod('web'))
    await node.clock.runUntilIdle()
    const record = node.kubelet.container(node.get('web')!, 'app')
    expect(
      node.runtime
        .logs(record.id)
        .map((line) => line.text)
        .join(),
    ).toContain('no program is registered for image app:1')
  })

  test('a readiness probe delays Ready by its initial delay', async () => {
    const node = fakeNode()
    const readinessProbe = { httpGet: { port: 80 }, initialDelaySeconds: 20, periodSeconds: 10 }
    node.set(boundPod('web', { containers: [{ name: 'app', image: 'app:1', readinessProbe }] }))
    await node.clock.advance(10_000)
    expect(findCondition(node.get('web')!.status!.conditions, 'Ready')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotReady',
    })
    await node.clock.runUntilIdle()
    expect(findCondition(node.get('web')!.status!.conditions, 'Ready')?.status).toBe('True')
  })

  test('a container that crashes is started again after a back-off that doubles', async () => {
    const node = fakeNode({ app: crasher })
    node.set(boundPod('bad'))
    await node.clock.advance(60_000)
    const [container] = node.get('bad')!.status!.containerStatuses!
    expect(container).toMatchObject({
      restartCount: 3,
      state: {
        waiting: {
          reason: 'CrashLoopBackOff',
          message: 'back-off 40s restarting failed container=app pod=bad_default(uid-bad)',
        },
      },
      lastState: { terminated: { exitCode: 3, reason: 'Error' } },
    })
    expect(node.kubelet.container(node.get('bad')!, 'app', true).attempt).toBe(2)
  })

  test('settles although a container crashes for ever', async () => {
    const node = fakeNode({ app: crasher })
    node.set(boundPod('bad'))
    expect((await node.clock.runUntilIdle({ limit: 24 * 3600_000 })).settled).toBe(true)
  })

  test('a worker that ends well turns the pod Succeeded', async () => {
    const node = fakeNode({ app: worker })
    node.set(boundPod('job', { restartPolicy: 'Never' }))
    await node.clock.runUntilIdle()
    const status = node.get('job')!.status!
    expect(status.phase).toBe('Succeeded')
    expect(findCondition(status.conditions, 'Ready')).toMatchObject({ status: 'False', reason: 'PodCompleted' })
    expect(status.containerStatuses![0]!.state!.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' })
  })

  test('init containers run one after another before the others', async () => {
    const node = fakeNode({ app: worker })
    const initContainers = [
      { name: 'first', image: 'app:1' },
      { name: 'second', image: 'app:1' },
    ]
    node.set(boundPod('web', { initContainers, containers: [{ name: 'main', image: 'server:1' }] }))
    await node.clock.advance(8000)
    expect(node.get('web')!.status!.phase).toBe('Pending')
    expect(findCondition(node.get('web')!.status!.conditions, 'Initialized')?.message).toBe(
      'containers with incomplete status: [second]',
    )
    await node.clock.runUntilIdle()
    expect(node.get('web')!.status!.phase).toBe('Running')
  })

  test('a sidecar keeps running and does not keep a job from ending', async () => {
    const node = fakeNode({ app: worker })
    const initContainers = [{ name: 'proxy', image: 'proxy:1', restartPolicy: 'Always' }]
    node.set(boundPod('job', { initContainers, restartPolicy: 'Never' }))
    await node.clock.advance(4000)
    expect(node.get('job')!.status!.initContainerStatuses![0]!.state!.running).toBeDefined()
    await node.clock.runUntilIdle()
    expect(node.get('job')!.status!.phase).toBe('Succeeded')
  })

  test('ends at once when its program heeds the signal, and is removed', async () => {
    const node = fakeNode()
    node.set(boundPod('web'))
    await node.clock.runUntilIdle()
    const before = node.clock.now()
    node.remove('web', 30)
    await node.clock.runUntilIdle()
    expect(node.get('web')).toBeUndefined()
    expect(node.clock.now() - before).toBeLessThan(1000)
    expect(node.runtime.list('uid-web')).toEqual([])
  })

  test('is killed when its program does not end within the grace', async () => {
    const node = fakeNode({ app: stubborn })
    node.set(boundPod('web'))
    await node.clock.runUntilIdle()
    const before = node.clock.now()
    node.remove('web', 30)
    await node.clock.runUntilIdle()
    expect(node.clock.now() - before).toBe(30_000)
    expect(node.history.at(-1)!.containerStatuses![0]!.state!.terminated!.exitCode).toBe(137)
  })

  test('waits for a config map that it mounts, and says so', async () => {
    const node = fakeNode()
    const volumes = [{ name: 'conf', configMap: { name: 'settings' } }]
    const volumeMounts = [{ name: 'conf', mountPath: '/etc/conf' }]
    node.set(boundPod('web', { volumes, containers: [{ name: 'app', image: 'app:1', volumeMounts }] }))
    await node.clock.advance(5000)
    expect(node.events[0]).toBe(
      'FailedMount: MountVolume.SetUp failed for volume "conf" : configmap "settings" not found',
    )
    node.configMaps.set('default/settings', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } })
    node.kubelet.retry(node.get('web')!)
    await node.clock.runUntilIdle()
    expect(node.get('web')!.status!.phase).toBe('Running')
  })

  test('an environment that refers to a missing key keeps the container from being made', async () => {
    const node = fakeNode()
    const env = [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }]
    node.set(boundPod('web', { containers: [{ name: 'app', image: 'app:1', env }] }))
    await node.clock.advance(5000)
    const [container] = node.get('web')!.status!.containerStatuses!
    expect(container!.state!.waiting).toEqual({
      reason: 'CreateContainerConfigError',
      message: 'configmap "settings" not found',
    })
  })

  test('an image name that cannot be read is refused with the reason', async () => {
    const node = fakeNode()
    node.set(boundPod('web', { containers: [{ name: 'app', image: 'No Such:Image:' }] }))
    await node.clock.advance(3000)
    expect(node.get('web')!.status!.containerStatuses![0]!.state!.waiting!.reason).toBe('InvalidImageName')
  })

  test('a liveness probe that keeps failing restarts the container', async () => {
    const sick: Program = {
      run: async (context) => {
        await context.terminated
        return 0
      },
      probe: () => ({ success: false, message: 'HTTP probe failed with statuscode: 500' }),
    }
    const node = fakeNode({ app: sick })
    const livenessProbe = { httpGet: { port: 80 }, periodSeconds: 5, failureThreshold: 2 }
    node.set(boundPod('web', { containers: [{ name: 'app', image: 'app:1', livenessProbe }] }))
    await node.clock.advance(30_000)
    expect(node.events).toContain('Killing: Container app failed liveness probe, will be restarted')
    expect(node.get('web')!.status!.containerStatuses![0]!.restartCount).toBeGreaterThan(0)
  })
})
