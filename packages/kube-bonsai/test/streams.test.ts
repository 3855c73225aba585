import type { Unstructured } from '@kube-bonsai/apimachinery'
import type { Program } from '@kube-bonsai/kubelet-model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { Cluster } from '../src/index.ts'
import { listen, type RunningServer } from '../src/server/index.ts'

let cluster: Cluster
let server: RunningServer
let left = () => {}
const hasLeft = new Promise<void>((resolve) => {
  left = resolve
})

beforeAll(async () => {
  const waits: Program = {
    run: (context) => context.terminated.then(() => 0),
    async exec(context) {
      context.stdout('begun')
      await context.terminated
      left()
      return 0
    },
  }
  cluster = await Cluster.create({ clock: 'system', nodes: 1, programs: { waits } })
  server = await listen(cluster, { http: true })
  const pod: Unstructured = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default' },
    spec: {
      containers: [
        { name: 'c', image: 'busybox', command: ['sleep', '1000'] },
        { name: 'w', image: 'waits' },
      ],
    },
  }
  await cluster.apply([pod])
  for (;;) {
    const answer = await cluster.server.transport.request({ method: 'GET', path: '/api/v1/namespaces/default/pods/p' })
    if (JSON.stringify(answer.body).includes('"phase":"Running"')) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
})
afterAll(async () => {
  await server.close()
  cluster.close()
})

interface Said {
  readonly stdout: string
  readonly stderr: string
  readonly status: unknown
}

function open(query: string, protocols: readonly string[] = ['v5.channel.k8s.io', 'v4.channel.k8s.io']): WebSocket {
  const url = `${server.url.replace('http', 'ws')}/api/v1/namespaces/default/pods/p/exec?${query}`
  return new WebSocket(url, [...protocols], { headers: { authorization: `Bearer ${server.token}` } })
}

function said(socket: WebSocket): Promise<Said> {
  const texts = ['', '', '', '']
  return new Promise((resolve, reject) => {
    socket.on('message', (data: Buffer) => {
      const channel = data[0] ?? 0
      texts[channel] += data.subarray(1).toString()
    })
    socket.on('error', reject)
    socket.on('close', () => {
      const [, stdout = '', stderr = '', error = ''] = texts
      resolve({ stdout, stderr, status: error === '' ? undefined : JSON.parse(error) })
    })
  })
}

describe('exec over WebSocket', () => {
  it('carries what a process writes, and how it ended', async () => {
    expect(await said(open('container=c&command=sh&command=-c&command=echo+hello&stdout=true'))).toEqual({
      stdout: 'hello\n',
      stderr: '',
      status: { metadata: {}, status: 'Success' },
    })
    const failed = await said(open('container=c&command=sh&command=-c&command=exit+4&stdout=true'))
    expect(failed.status).toMatchObject({
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '4' }] },
    })
  })

  it('carries standard input to its end', async () => {
    const socket = open('container=c&command=cat&stdin=true&stdout=true')
    socket.on('open', () => {
      socket.send(Buffer.from('\0one '))
      socket.send(Buffer.from('\0two'))
      socket.send(Buffer.of(255, 0))
    })
    expect(await said(socket)).toMatchObject({ stdout: 'one two', status: { status: 'Success' } })
  })

  it('is a terminal where the client asks for one', async () => {
    const socket = open('container=c&command=sh&stdin=true&stdout=true&tty=true')
    const heard = said(socket)
    const asked = (text: string) =>
      new Promise<void>((resolve) => {
        let known = ''
        socket.on('message', (data: Buffer) => {
          known += data.subarray(1).toString()
          if (known.includes(text)) resolve()
        })
      })
    await asked('/ # ')
    socket.send(Buffer.from('\u0004{"Width":80,"Height":24}'))
    socket.send(Buffer.from('\0sleep 1000\r'))
    await asked('sleep')
    const again = asked('/ # ')
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.send(Buffer.from('\0\u0003'))
    await again
    socket.send(Buffer.from('\0exit 6\r'))
    expect(await heard).toMatchObject({
      stdout: '/ # sleep 1000\r\n^C\r\n/ # exit 6\r\n',
      status: { details: { causes: [{ message: '6' }] } },
    })
  })

  it('says when there is no such executable', async () => {
    const { status } = await said(open('container=c&command=nope&stdout=true'))
    expect(status).toMatchObject({ status: 'Failure', reason: 'InternalError' })
    expect(JSON.stringify(status)).toContain('executable file not found in $PATH')
  })

  it('ends a process whose client went away', async () => {
    const socket = open('container=w&command=x&stdout=true')
    await new Promise((resolve) => socket.once('message', resolve))
    socket.terminate()
    await hasLeft
  })

  it('refuses as plain HTTP what cannot be reached', async () => {
    const refused = (socket: WebSocket) =>
      new Promise<number | undefined>((resolve) => {
        socket.on('unexpected-response', (_request, response) => resolve(response.statusCode))
        socket.on('error', () => {})
      })
    expect(await refused(open('container=nope&command=true&stdout=true'))).toBe(400)
    expect(await refused(open('container=c&command=true'))).toBe(400)
    expect(await refused(open('container=c&command=true&stdout=true', ['bogus']))).toBe(400)
    const plain = await fetch(
      `${server.url}/api/v1/namespaces/default/pods/p/exec?container=c&command=true&stdout=true`,
      {
        headers: { authorization: `Bearer ${server.token}` },
      },
    )
    expect([plain.status, (await plain.json()).message]).toEqual([400, 'Upgrade request required'])
  })
})
