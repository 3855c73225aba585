import { describe, expect, it } from 'vitest'
import type { Program } from '../../src/index.ts'
import { HostNode } from './host-node.ts'

const crashing: Program = {
  run: async ({ sleep }) => {
    await sleep(1000)
    return 1
  },
}

const stays: Program = {
  run: async ({ terminated }) => {
    await terminated
    return 0
  },
}

async function started() {
  const node = new HostNode({}, { crashing, stays })
  await node.start()
  return node
}

const app = (image: string) => ({ containers: [{ name: 'app', image }] })

describe('a container whose image is changed', () => {
  it.each(['Always', 'Never'])('is started over with the new one, restart policy %s', async (restartPolicy) => {
    const node = await started()
    node.run('p', { restartPolicy, ...app('stays:1') })
    await node.clock.advance(20_000)
    node.change('p', app('stays:2'))
    await node.clock.advance(60_000)
    expect(node.events).toContain('Normal Killing: Container app definition changed, will be restarted')
    expect(node.record('p')).toMatchObject({ image: 'stays:2', attempt: 1, state: 'running' })
    const { phase, containerStatuses: [status] = [] } = node.get('p').status ?? {}
    expect(phase).toBe('Running')
    expect(status).toMatchObject({ image: 'stays:2', restartCount: 1, ready: true })
    expect(status?.lastState?.terminated?.exitCode).toBe(0)
    expect(node.history.map((one) => one.phase)).not.toContain('Failed')
    expect(node.history.map((one) => one.phase)).not.toContain('Succeeded')
  })

  it('is started over when it is a sidecar; init containers that are done stay so', async () => {
    const node = await started()
    const init = (side: string, done: string) => ({
      initContainers: [
        { name: 'side', image: side, restartPolicy: 'Always' },
        { name: 'done', image: done, command: ['true'] },
      ],
    })
    node.run('p', { ...init('side:1', 'busybox:1'), ...app('app:1') })
    await node.clock.advance(20_000)
    node.change('p', init('side:2', 'busybox:2'))
    await node.clock.advance(60_000)
    const killed = node.events.filter((event) => event.startsWith('Normal Killing'))
    expect(killed).toEqual(['Normal Killing: Init container side definition changed'])
    expect(node.get('p').status?.initContainerStatuses).toMatchObject([
      { image: 'side:2', restartCount: 1, started: true },
      { image: 'busybox:1', restartCount: 0 },
    ])
    expect(node.get('p').status?.containerStatuses?.[0]?.restartCount).toBe(0)
  })

  it('waits no longer when it was crashing', async () => {
    const node = await started()
    node.run('p', app('crashing'))
    await node.clock.advance(120_000)
    expect(node.get('p').status?.containerStatuses?.[0]?.state?.waiting?.reason).toBe('CrashLoopBackOff')
    node.change('p', app('app:2'))
    await node.clock.advance(2000)
    expect(node.get('p').status?.containerStatuses?.[0]).toMatchObject({ image: 'app:2', ready: true })
  })

  it('runs on while nobody changes it, whatever else is changed', async () => {
    const node = await started()
    node.run('p', app('app:1'))
    await node.clock.advance(20_000)
    node.change('p', { activeDeadlineSeconds: 5000 })
    await node.restart()
    await node.clock.advance(60_000)
    expect(node.get('p').status?.containerStatuses?.[0]?.restartCount).toBe(0)
  })
})
