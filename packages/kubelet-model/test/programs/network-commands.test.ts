import { describe, expect, it } from 'vitest'
import { ConnectionRefusedError, type ContainerNetwork, type ProgramRequest } from '../../src/index.ts'
import { box } from './box.ts'

/** `web` answers on port 80, `slow` never; nobody else listens. */
async function start() {
  const asked: ProgramRequest[] = []
  const names: Readonly<Record<string, readonly string[]>> = {
    web: ['10.0.0.1'],
    slow: ['10.0.0.2'],
    many: ['10.0.0.3', '10.0.0.4'],
  }
  const network: ContainerNetwork = {
    addresses: ['10.0.0.9'],
    resolve: (name) => names[name],
    connects: (address, port) => address !== '10.0.0.3' && port === 80,
    request: async (address, port, request) => {
      asked.push(request)
      if (address === '10.0.0.2') return new Promise(() => {})
      if (port !== 80) throw new ConnectionRefusedError(port)
      if (request.path === '/missing') return { status: 404, body: 'no such thing' }
      if (request.path === '/old') return { status: 302, headers: { location: '/new' } }
      if (request.path === '/round') return { status: 302, headers: { location: '/round' } }
      return { status: 200, headers: { server: 'test' }, body: `${request.method} ${request.path} ${request.body}\n` }
    },
  }
  const etc = () => ({ '/etc/hosts': '10.0.0.1\talias other # web\n', '/etc/resolv.conf': 'nameserver 10.96.0.10\n' })
  return { ...(await box({ etc }, {}, { network: () => network })), asked }
}

describe('wget', () => {
  it('fetches into a file, or to standard output', async () => {
    const { sh, files, asked } = await start()
    expect(await sh('wget -qO- http://web/a?b=c')).toEqual({ code: 0, stdout: 'GET /a?b=c \n', stderr: '' })
    expect(await sh('cd /tmp && wget web/page')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: "Connecting to web (10.0.0.1:80)\nsaving to 'page'\n'page' saved\n",
    })
    expect(files.read('/tmp/page')).toBe('GET /page \n')
    await sh('wget -q -O /dev/null --header "X-Key: v" --post-data a=b alias')
    expect(asked.at(-1)).toMatchObject({
      method: 'POST',
      body: 'a=b',
      headers: { host: 'alias', 'x-key': 'v', 'user-agent': 'Wget' },
    })
  })

  it('shows the headers, follows redirections and tells what is there', async () => {
    const { sh } = await start()
    expect((await sh('wget --server-response -qO- web')).stderr).toBe('  HTTP/1.1 200 OK\n  server: test\n')
    expect((await sh('wget -qO- web/old')).stdout).toBe('GET /new \n')
    expect(await sh('wget -qO- web/round')).toMatchObject({ code: 1, stderr: 'wget: too many redirections\n' })
    expect(await sh('wget --spider web')).toMatchObject({
      code: 0,
      stderr: 'Connecting to web (10.0.0.1:80)\nremote file exists\n',
    })
  })

  it('says why there is nothing', async () => {
    const { sh } = await start()
    const failed = async (script: string) => {
      const { code, stderr } = await sh(script)
      return `${code} ${stderr.trim()}`
    }
    expect(await failed('wget -q nobody')).toBe("1 wget: bad address 'nobody'")
    expect(await failed('wget -q web:81')).toBe("1 wget: can't connect to remote host (10.0.0.1): Connection refused")
    expect(await failed('wget -q web/missing')).toBe('1 wget: server returned error: HTTP/1.1 404 Not Found')
    expect(await failed('wget -q -T 5 slow')).toBe('1 wget: download timed out')
    expect(await failed('wget -q gopher://web')).toBe('1 wget: not an http or ftp url: gopher://web')
    expect(await failed('wget')).toBe('1 wget: missing URL')
  })
})

describe('curl', () => {
  it('writes the answer, and what else it is asked for', async () => {
    const { sh, out, files, asked } = await start()
    expect(await out('curl -s http://web/a')).toBe('GET /a \n')
    expect(await out('curl -sS -o /tmp/f -w "%{http_code}\\n" web/b && cat /tmp/f')).toBe('200\nGET /b \n')
    expect(await out('curl -sI web')).toBe('HTTP/1.1 200 OK\r\nserver: test\r\n\r\n')
    expect(await out('curl -sL web/old')).toBe('GET /new \n')
    expect(await out('echo hi > /tmp/d; curl -s -d @/tmp/d -d x=1 web')).toBe('POST / hi&x=1\n')
    await sh('curl -s -u me:secret -X DELETE -H "Accept: text/plain" web/x')
    expect(asked.at(-1)).toMatchObject({
      method: 'DELETE',
      headers: { authorization: `Basic ${btoa('me:secret')}`, accept: 'text/plain' },
    })
    expect(files.exists('/f')).toBe(false)
  })

  it('ends with the exit codes of curl', async () => {
    const { sh, clock } = await start()
    expect(await sh('curl http://nobody/')).toEqual({
      code: 6,
      stdout: '',
      stderr: 'curl: (6) Could not resolve host: nobody\n',
    })
    expect((await sh('curl web:81')).stderr).toMatch(/^curl: \(7\) Failed to connect to web port 81 /)
    expect(await sh('curl -s web:81')).toEqual({ code: 7, stdout: '', stderr: '' })
    expect(await sh('curl -sf web/missing')).toEqual({ code: 22, stdout: '', stderr: '' })
    expect(await sh('curl -s web/missing')).toMatchObject({ code: 0, stdout: 'no such thing' })
    expect(await sh('curl -s -m 3 slow')).toMatchObject({ code: 28 })
    expect(await sh('curl -s ftp://web')).toMatchObject({ code: 1 })
    expect(await sh('curl')).toMatchObject({ code: 2 })
    const before = clock.now()
    expect(await sh('curl -s --retry 2 --retry-delay 4 --retry-connrefused web:81')).toMatchObject({ code: 7 })
    expect(clock.now() - before).toBe(8000)
  })
})

describe('nc, nslookup and getent', () => {
  it('tell who listens', async () => {
    const { sh, out } = await start()
    expect(await sh('nc -z web 80')).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(await sh('nc -zv web 81')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'nc: web (10.0.0.1:81): Connection refused\n',
    })
    expect(await sh('nc -z nobody 80')).toMatchObject({ code: 1, stderr: "nc: bad address 'nobody'\n" })
    expect((await sh('echo hi | nc web 80')).code).toBe(1)
    expect(await out('until nc -z -w1 web 80; do sleep 1; done; echo up')).toBe('up\n')
  })

  it('tell which addresses a name has', async () => {
    const { sh } = await start()
    expect((await sh('nslookup many')).stdout).toBe(
      'Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\nName:\tmany\nAddress: 10.0.0.3\nName:\tmany\nAddress: 10.0.0.4\n\n',
    )
    expect(await sh('nslookup nobody')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("** server can't find nobody: NXDOMAIN"),
    })
    expect(await sh('getent hosts other')).toMatchObject({ code: 0, stdout: '10.0.0.1        other\n' })
    expect(await sh('getent hosts nobody')).toMatchObject({ code: 2, stdout: '' })
  })
})
