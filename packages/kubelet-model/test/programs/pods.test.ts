import { describe, expect, it } from 'vitest'
import { boundPod, fakeNode } from '../fake-node.ts'

const busybox = (script: string, more: object = {}) => ({
  name: 'app',
  image: 'busybox:1.37',
  command: ['sh', '-c', script],
  ...more,
})

describe('pods whose containers run scripts', () => {
  it('a liveness probe by command fails when its file is gone, and the container starts over', async () => {
    const node = fakeNode()
    const livenessProbe = { exec: { command: ['cat', '/tmp/healthy'] }, initialDelaySeconds: 5, periodSeconds: 5 }
    node.set(
      boundPod('liveness', {
        terminationGracePeriodSeconds: 30,
        containers: [busybox('touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600', { livenessProbe })],
      }),
    )
    await node.clock.advance(120_000)
    const [status] = node.get('liveness')?.status?.containerStatuses ?? []
    expect(status).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 137 } } })
    expect(node.events).toContain(
      "Unhealthy: Liveness probe failed: cat: can't open '/tmp/healthy': No such file or directory\n",
    )
    expect(node.errors).toEqual([])
  })

  it('a readiness probe by script makes it ready, a probe that hangs is late', async () => {
    const node = fakeNode()
    const probe = (script: string) => ({
      readinessProbe: { exec: { command: ['sh', '-c', script] }, periodSeconds: 1 },
    })
    node.set(
      boundPod('p', { containers: [busybox('sleep 20; touch /ready; sleep infinity', probe('test -f /ready'))] }),
    )
    node.set(boundPod('slow', { containers: [busybox('sleep infinity', probe('sleep 100'))] }))
    await node.clock.advance(15_000)
    expect(node.get('p')?.status?.containerStatuses?.[0]?.ready).toBe(false)
    await node.clock.advance(15_000)
    expect(node.get('p')?.status?.containerStatuses?.[0]?.ready).toBe(true)
    expect(node.get('slow')?.status?.containerStatuses?.[0]?.ready).toBe(false)
    expect(node.events.join('\n')).toContain('timed out after 1s')
  })

  it('hooks run in the container: after its start, and before it ends', async () => {
    const node = fakeNode()
    const lifecycle = {
      postStart: { exec: { command: ['sh', '-c', 'echo started > /tmp/hook'] } },
      preStop: { exec: { command: ['sh', '-c', 'sleep 3; echo bye > /proc/1/fd/1; touch /tmp/stop'] } },
    }
    const script = 'while [ ! -f /tmp/stop ]; do sleep 1; done; cat /tmp/hook'
    node.set(boundPod('p', { terminationGracePeriodSeconds: 30, containers: [busybox(script, { lifecycle })] }))
    await node.clock.advance(5000)
    const { id = '' } = node.runtime.list('uid-p')[0] ?? {}
    const logs: string[] = []
    node.runtime.followLogs(
      id,
      ({ text }) => logs.push(text),
      () => {},
    )
    const before = node.clock.now()
    let took = 0
    node.runtime.onExit(() => {
      took = node.clock.now() - before
    })
    node.remove('p', 30)
    await node.clock.runUntilIdle()
    expect(logs).toEqual(['bye', 'started'])
    expect(took).toBeLessThan(6000)
    expect(node.get('p')).toBeUndefined()
  })

  it('an init container waits for what a script looks for, and its failure is told', async () => {
    const node = fakeNode()
    const init = { ...busybox('i=0; until [ $i = 3 ]; do i=$((i+1)); echo try $i; sleep 2; done'), name: 'init' }
    node.set(boundPod('p', { initContainers: [init], containers: [busybox('echo main; sleep infinity')] }))
    await node.clock.advance(5000)
    expect(node.get('p')?.status?.initContainerStatuses?.[0]?.state?.running).toBeDefined()
    await node.clock.advance(5000)
    expect(node.get('p')?.status?.phase).toBe('Running')
    const [record] = node.runtime.list('uid-p')
    expect(node.runtime.logs(record?.id ?? '').map(({ text }) => text)).toEqual(['try 1', 'try 2', 'try 3'])
  })

  it('a command that the image does not have does not start', async () => {
    const node = fakeNode()
    node.set(boundPod('p', { containers: [{ name: 'app', image: 'busybox', command: ['/app/server'] }] }))
    await node.clock.advance(15_000)
    const [status] = node.get('p')?.status?.containerStatuses ?? []
    expect(status?.state?.waiting?.reason).toBe('CrashLoopBackOff')
    expect(status?.lastState?.terminated).toMatchObject({
      exitCode: 128,
      reason: 'StartError',
      message: expect.stringContaining('"/app/server"'),
    })
  })
})
