import type { Container } from '@kube-bonsai/api-types/core/v1'
import { describe, expect, test } from 'vitest'
import type { Program } from '../src/index.ts'
import { boundPod, fakeNode } from './fake-node.ts'

/** Notes what happens to it, with seconds since the start; ends `slow` seconds after it was asked to. */
function noting(notes: string[], slow = 0): Program {
  return {
    networked: true,
    async run({ clock, terminated, sleep, listen, pod, args }) {
      const start = clock.now()
      const note = (what: string) =>
        void notes.push(`${Math.round((clock.now() - start) / 1000)}s ${args[0] ?? ''}${what}`)
      note('runs')
      listen(8080 + notes.length, ({ path, headers }) => {
        note(`${path} ${headers['user-agent']}`)
        return { status: 500 }
      })
      await terminated
      note('SIGTERM')
      await sleep(0)
      if (slow > 0) await new Promise<void>((resolve) => clock.schedule(clock.now() + slow * 1000, resolve))
      return pod.name === '' ? 1 : 0
    },
    async exec({ argv, stderr, sleep, terminated }) {
      notes.push(`exec ${argv.join(' ')}`)
      if (argv[0] === 'wait') return (await sleep(Number(argv[1]) * 1000)) ? 143 : 0
      if (argv[0] === 'hang') await terminated
      if (argv[0] === 'fail') stderr('no luck')
      return argv[0] === 'fail' ? 3 : 0
    },
  }
}

function withHooks(lifecycle: Container['lifecycle'], slow = 0) {
  const notes: string[] = []
  const node = fakeNode({ app: noting(notes, slow) })
  const containers = [{ name: 'app', image: 'app:1', ...(lifecycle && { lifecycle }) }]
  node.set(boundPod('p', { containers, terminationGracePeriodSeconds: 30 }))
  return { node, notes, status: () => node.get('p')?.status?.containerStatuses?.[0] }
}

describe('postStart hooks', () => {
  test('a container is not started before its hook is done', async () => {
    const { node, notes, status } = withHooks({ postStart: { exec: { command: ['wait', '5'] } } })
    await node.clock.advance(3000)
    expect(status()?.state?.waiting?.reason).toBe('ContainerCreating')
    await node.clock.advance(5000)
    expect(status()?.state?.running).toBeDefined()
    expect(notes).toEqual(['exec wait 5', '0s runs'].sort((left) => (left.startsWith('0s') ? -1 : 1)))
  })

  test('a container whose hook fails is killed and started again, and says why', async () => {
    const { node, status } = withHooks({ postStart: { exec: { command: ['fail'] } } })
    await node.clock.advance(5000)
    expect(node.events).toContain('FailedPostStartHook: PostStartHook failed')
    expect(node.events).toContain('Killing: FailedPostStartHook')
    expect(status()?.restartCount).toBeGreaterThan(0)
    const waiting = node.history.flatMap(({ containerStatuses }) => containerStatuses?.[0]?.state?.waiting ?? [])
    expect(waiting.map(({ message }) => message)).toContain(
      `Exec lifecycle hook ([fail]) for Container "app" in Pod "p_default(uid-p)" failed - error: command 'fail' exited with 3: no luck, message: ""`,
    )
  })

  test('a pod can be deleted while a hook hangs', async () => {
    const { node } = withHooks({ postStart: { exec: { command: ['hang'] } } })
    await node.clock.advance(60_000)
    node.remove('p', 30)
    await node.clock.advance(60_000)
    expect(node.get('p')).toBeUndefined()
    expect(node.errors).toEqual([])
  })
})

test('commands of images that nobody wrote count as done', async () => {
  const node = fakeNode()
  const exec = { command: ['redis-cli', 'ping'] }
  const lifecycle = { postStart: { exec }, preStop: { exec } }
  node.set(boundPod('p', { containers: [{ name: 'app', image: 'redis:7', lifecycle }] }))
  await node.clock.advance(5000)
  expect(node.get('p')?.status).toMatchObject({ phase: 'Running', containerStatuses: [{ restartCount: 0 }] })
})

describe('preStop hooks', () => {
  test('a request is answered before SIGTERM; any status will do', async () => {
    const { node, notes } = withHooks({ preStop: { httpGet: { port: 8081, path: '/bye' } } })
    await node.clock.advance(2000)
    node.remove('p', 30)
    await node.clock.runUntilIdle()
    expect(notes).toEqual(['0s runs', '1s /bye kube-lifecycle/1.35', '1s SIGTERM'])
    expect(node.events).not.toContain('FailedPreStopHook: PreStopHook failed')
  })

  test('one that fails is told, and the container is stopped all the same', async () => {
    const { node, notes } = withHooks({ preStop: { httpGet: { port: 1, path: '/bye' } } })
    await node.clock.advance(2000)
    node.remove('p', 30)
    await node.clock.runUntilIdle()
    expect(node.events).toContain('FailedPreStopHook: PreStopHook failed')
    expect(notes).toEqual(['0s runs', '1s SIGTERM'])
  })

  test('one that takes all the time leaves two seconds to the container', async () => {
    const { node, notes } = withHooks({ preStop: { exec: { command: ['wait', '100'] } } }, 60)
    await node.clock.advance(2000)
    node.remove('p', 10)
    await node.clock.advance(11_500)
    expect(notes).toEqual(['0s runs', 'exec wait 100', '11s SIGTERM'])
    expect(node.get('p')).toBeDefined()
    await node.clock.advance(2000)
    expect(node.get('p')).toBeUndefined()
  })

  test('a sleep delays SIGTERM', async () => {
    const { node, notes } = withHooks({ preStop: { sleep: { seconds: 7 } } })
    await node.clock.advance(2000)
    node.remove('p', 30)
    await node.clock.runUntilIdle()
    expect(notes.at(-1)).toBe('8s SIGTERM')
  })
})

test('sidecars run their hooks at once, and end after the main container in reverse order', async () => {
  const notes: string[] = []
  const node = fakeNode({ app: noting(notes, 2) })
  const sidecar = (name: string): Container => ({
    name,
    image: 'app:1',
    args: [`${name} `],
    restartPolicy: 'Always',
    lifecycle: { preStop: { exec: { command: ['note', name] } } },
  })
  node.set(
    boundPod('p', {
      initContainers: [sidecar('first'), sidecar('second')],
      containers: [{ name: 'main', image: 'app:1', args: ['main '] }],
    }),
  )
  await node.clock.advance(2000)
  notes.length = 0
  node.remove('p', 30)
  await node.clock.runUntilIdle()
  expect(notes).toEqual([
    '1s main SIGTERM',
    'exec note second',
    'exec note first',
    '3s second SIGTERM',
    '5s first SIGTERM',
  ])
})
