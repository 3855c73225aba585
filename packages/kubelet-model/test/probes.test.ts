import type { Probe } from '@kube-bonsai/api-types/core/v1'
import { describe, expect, test } from 'vitest'
import type { Program, ProgramContext } from '../src/index.ts'
import { boundPod, fakeNode } from './fake-node.ts'

/** A program that calls `setUp`, and stays until it is asked to end. */
function serving(setUp: (context: ProgramContext) => void, more: Partial<Program> = {}): Program {
  return {
    ...more,
    async run(context) {
      setUp(context)
      await context.terminated
      return 0
    },
  }
}

async function probed(program: Program, probe: Probe, kind: 'readinessProbe' | 'livenessProbe' = 'readinessProbe') {
  const node = fakeNode({ app: program })
  const ports = [{ name: 'web', containerPort: 8080 }]
  node.set(boundPod('p', { containers: [{ name: 'app', image: 'app:1', ports, [kind]: probe }] }))
  await node.clock.advance(60_000)
  const status = node.get('p')?.status?.containerStatuses?.[0]
  const told = node.events.filter((event) => /^(Unhealthy|ProbeWarning|Killing)/.test(event))
  return { node, ready: status?.ready, restarts: status?.restartCount, told: [...new Set(told)] }
}

describe('probes over HTTP', () => {
  test('ask the handler of the named port, with the headers of a kubelet', async () => {
    const seen: unknown[] = []
    const app = serving(({ listen }) => {
      listen(8080, (request) => {
        seen.push(request)
        return { status: 204 }
      })
    })
    const httpHeaders = [{ name: 'X-Token', value: 'a' }]
    const { ready, told } = await probed(app, { httpGet: { port: 'web', path: '/healthz?x=1', httpHeaders } })
    expect(ready).toBe(true)
    expect(told).toEqual([])
    expect(seen[0]).toMatchObject({
      method: 'GET',
      path: '/healthz?x=1',
      headers: { 'x-token': 'a', 'user-agent': 'kube-probe/1.35', accept: '*/*' },
    })
  })

  test('say which status was wrong, and who did not listen', async () => {
    const broken = serving(({ listen }) => void listen(8080, () => ({ status: 500, body: 'secret' })))
    const failed = await probed(broken, { httpGet: { port: 8080 } })
    expect(failed.ready).toBe(false)
    expect(failed.told).toEqual(['Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 500'])
    const deaf = await probed(
      serving(() => {}, { networked: true }),
      { httpGet: { port: 81, path: '/x' } },
    )
    expect(deaf.told).toEqual([
      'Unhealthy: Readiness probe failed: Get "http://10.244.0.2:81/x": dial tcp 10.244.0.2:81: connect: connection refused',
    ])
  })

  test('give up after their timeout', async () => {
    const slow = serving(({ listen, sleep }) => {
      listen(8080, async () => {
        await sleep(5000)
        return { status: 200 }
      })
    })
    const { ready, told } = await probed(slow, { httpGet: { port: 8080, path: '/' }, timeoutSeconds: 2 })
    expect(ready).toBe(false)
    expect(told).toEqual([
      'Unhealthy: Readiness probe failed: Get "http://10.244.0.2:8080/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    ])
  })

  test('follow redirects inside the pod, and warn of those that leave it', async () => {
    const inside = serving(({ listen }) => {
      listen(8080, ({ path }) => (path === '/a' ? { status: 302, headers: { Location: '/b' } } : { status: 200 }))
    })
    expect(await probed(inside, { httpGet: { port: 8080, path: '/a' } })).toMatchObject({ ready: true, told: [] })
    const outside = serving(({ listen }) => {
      listen(8080, () => ({ status: 301, headers: { location: 'http://other.example/' }, body: 'gone' }))
    })
    expect(await probed(outside, { httpGet: { port: 8080 } })).toMatchObject({
      ready: true,
      told: ['ProbeWarning: Readiness probe warning: Probe terminated redirects, Response body: gone'],
    })
  })

  test('answer 500 where a handler throws, and the container runs on', async () => {
    const app = serving(({ listen }) => {
      listen(8080, () => {
        throw new Error('oops')
      })
    })
    const { node, told, restarts } = await probed(app, { httpGet: { port: 8080 } })
    expect(told).toEqual(['Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 500'])
    expect(restarts).toBe(0)
    expect(node.errors).toEqual([])
  })

  test('name a port that no container has', async () => {
    const { told } = await probed(
      serving(() => {}, { networked: true }),
      { httpGet: { port: 'nope' } },
    )
    expect(told).toEqual([
      'Unhealthy: Readiness probe errored and resulted in unknown state: strconv.Atoi: parsing "nope": invalid syntax',
    ])
  })
})

describe('probes over TCP and gRPC', () => {
  test('a TCP probe succeeds from when somebody listens', async () => {
    const late: Program = {
      networked: true,
      async run({ sleep, listen, terminated }) {
        await sleep(15_000)
        listen(8080, () => ({ status: 200 }))
        await terminated
        return 0
      },
    }
    const { ready, told } = await probed(late, { tcpSocket: { port: 8080 } })
    expect(ready).toBe(true)
    expect(told).toEqual(['Unhealthy: Readiness probe failed: dial tcp 10.244.0.2:8080: connect: connection refused'])
  })

  test('a gRPC probe hears the state of the service that it names', async () => {
    const app = serving(({ listenGrpc }) => {
      listenGrpc(9000, (service) => (service === 'ok' ? 'SERVING' : 'NOT_SERVING'))
    })
    expect(await probed(app, { grpc: { port: 9000, service: 'ok' } })).toMatchObject({ ready: true, told: [] })
    expect(await probed(app, { grpc: { port: 9000, service: 'bad' } })).toMatchObject({
      ready: false,
      told: ['Unhealthy: Readiness probe failed: service unhealthy (responded with "NOT_SERVING")'],
    })
    expect((await probed(app, { grpc: { port: 9001 } })).told).toEqual([
      'Unhealthy: Readiness probe failed: timeout: failed to connect service "10.244.0.2:9001" within 1s: context deadline exceeded',
    ])
  })
})

describe('probes by a command', () => {
  test('succeed or fail by its exit code, with its output', async () => {
    const exec = (code: number): Program['exec'] =>
      function run({ stdout, argv }) {
        stdout(argv.join(' '))
        return code
      }
    const probe: Probe = { exec: { command: ['check', '$(A)'] } }
    expect(
      await probed(
        serving(() => {}, { exec: exec(0) ?? (() => 0) }),
        probe,
      ),
    ).toMatchObject({ ready: true })
    expect(
      (
        await probed(
          serving(() => {}, { exec: exec(3) ?? (() => 0) }),
          probe,
        )
      ).told,
    ).toEqual(['Unhealthy: Readiness probe failed: check $(A)'])
  })

  test('are killed after their timeout', async () => {
    const hangs: Program = serving(() => {}, {
      async exec({ terminated }) {
        await terminated
        return 0
      },
    })
    const { told } = await probed(hangs, { exec: { command: ['sleep', '100'] } })
    expect(told).toEqual(['Unhealthy: Readiness probe failed: command timed out: "sleep 100" timed out after 1s'])
  })
})

describe('liveness probes', () => {
  test('restart a container that stopped listening, within the grace of the probe', async () => {
    const app: Program = {
      async run({ listen, sleep, terminated }) {
        const close = listen(8080, () => ({ status: 200 }))
        await sleep(12_000)
        close()
        await terminated
        await new Promise(() => {})
        return 0
      },
    }
    const probe: Probe = {
      httpGet: { port: 8080 },
      periodSeconds: 5,
      failureThreshold: 1,
      terminationGracePeriodSeconds: 3,
    }
    const { restarts, told, node } = await probed(app, probe, 'livenessProbe')
    expect(told).toContain('Killing: Container app failed liveness probe, will be restarted')
    expect(restarts).toBeGreaterThan(0)
    const ended = node.get('p')?.status?.containerStatuses?.[0]?.lastState?.terminated
    expect(ended).toMatchObject({ exitCode: 137 })
  })

  test('ask nobody where the program takes no part', async () => {
    const { node, told } = await probed(
      serving(() => {}),
      { httpGet: { port: 8080 } },
      'livenessProbe',
    )
    expect(told).toEqual([])
    expect(await node.clock.runUntilIdle()).toMatchObject({ settled: true })
  })
})
