import { describe, expect, it } from 'vitest'
import { type ContainerConfig, directoryOf } from '../../src/index.ts'
import { piDigits } from '../../src/programs/ready/pi.ts'
import { box } from './box.ts'

/** A container that runs what its image says. */
const image = (name: string, more: Partial<ContainerConfig> = {}) => box({ image: name, command: [], ...more })
const get = (path: string, headers = {}) => ({ method: 'GET', path, headers, body: '' })

describe('ready-made web servers', () => {
  it('nginx serves the files of its document root, and ends at once when it is asked to', async () => {
    const { runtime, files, clock, id, record, log } = await image('nginx:1.29')
    expect(await runtime.request('u', 80, get('/'))).toMatchObject({
      status: 200,
      body: expect.stringContaining('nginx'),
    })
    files.write('/usr/share/nginx/html/a b.json', '{}')
    files.makeDirectory('/usr/share/nginx/html/dir')
    expect(await runtime.request('u', 80, get('/a%20b.json?x=1'))).toMatchObject({
      status: 200,
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    expect((await runtime.request('u', 80, get('/none'))).status).toBe(404)
    expect((await runtime.request('u', 80, get('/dir/'))).status).toBe(403)
    expect((await runtime.request('u', 80, get('/dir'))).headers).toMatchObject({ location: '/dir/' })
    expect((await runtime.request('u', 80, get('/../../../etc/passwd'))).status).toBe(404)
    expect((await runtime.request('u', 80, get('/%'))).status).toBe(400)
    expect((await runtime.request('u', 80, { ...get('/'), method: 'POST' })).status).toBe(405)
    await runtime.request('u', 80, get('/', { 'user-agent': 'kube-probe/1.35' }))
    expect(log()).toHaveLength(8)
    expect(log()[2]).toBe('- - - [01/Jan/2026:00:00:00 +0000] "GET /none HTTP/1.1" 404 118 "-" "-"')
    const stopped = runtime.stop(id, 30_000)
    await clock.runUntilIdle()
    await stopped
    expect(record()).toMatchObject({ exitCode: 0, finishedAt: record()?.startedAt })
  })

  it('nginx reads its port and root from a configuration, and says what it leaves aside', async () => {
    const conf = 'server { listen 8080; root /data; location /api { proxy_pass http://x; } }'
    const node = directoryOf({ '/default.conf': conf })
    const { runtime, log } = await image('nginx', {
      mounts: [{ name: 'conf', path: '/etc/nginx/conf.d', readOnly: true, node }],
    })
    expect(log()).toEqual(['bonsai: of /etc/nginx/conf.d/default.conf only listen and root are read, not proxy_pass'])
    expect((await runtime.request('u', 8080, get('/'))).status).toBe(404)
    await expect(runtime.request('u', 80, get('/'))).rejects.toThrow('connection refused')
  })

  it('nginx runs as a command of its shell too, and gets the signals that are for the shell', async () => {
    const script = 'echo hello > /usr/share/nginx/html/index.html && exec nginx -g "daemon off;"'
    for (const command of [
      ['sh', '-c', script],
      ['sh', '-c', script.replace('exec ', '')],
    ]) {
      const { runtime, clock, id, record, out } = await image('nginx', { command })
      await clock.advance(0)
      expect((await runtime.request('u', 80, get('/'))).body).toBe('hello\n')
      expect(await out('ps | grep -c nginx')).toMatch(/^[1-9]/)
      const stopped = runtime.stop(id, 30_000)
      await clock.runUntilIdle()
      await stopped
      expect(record()).toMatchObject({ exitCode: 0, finishedAt: record()?.startedAt })
    }
  })

  it("httpd, and busybox's own", async () => {
    const apache = await image('httpd:2.4')
    expect((await apache.runtime.request('u', 80, get('/'))).body).toContain('It works!')
    const own = await box({
      command: ['sh', '-c', 'mkdir /www; echo hi > /www/index.html; httpd -p 8080 -h /www; sleep infinity'],
    })
    await own.clock.advance(0)
    expect((await own.runtime.request('u', 8080, get('/'))).body).toBe('hi\n')
    await expect(own.runtime.request('u', 80, get('/'))).rejects.toThrow('connection refused')
  })

  it('http-echo, whoami and agnhost answer', async () => {
    const echo = await image('hashicorp/http-echo', { args: ['-text=hello', '-listen=:8080'] })
    expect((await echo.runtime.request('u', 8080, get('/'))).body).toBe('hello\n')
    const who = await image('traefik/whoami')
    expect((await who.runtime.request('u', 80, get('/x', { host: 'h' }))).body).toBe(
      'Hostname: p\nGET /x HTTP/1.1\nhost: h\n\n',
    )
    const agnhost = await image('registry.k8s.io/e2e-test-images/agnhost:2.53', { args: ['netexec', '--http-port=80'] })
    expect((await agnhost.runtime.request('u', 80, get('/hostname'))).body).toBe('p')
    expect((await agnhost.runtime.request('u', 80, get('/echo?msg=a+b%21'))).body).toBe('a b!')
    const missing = await image('http-echo')
    expect(missing.record()).toMatchObject({ exitCode: 127 })
  })
})

describe('ready-made programs that sleep, crash and work', () => {
  it('pause and sleeper do nothing until they are asked to end', async () => {
    for (const name of ['registry.k8s.io/pause:3.10', 'sleeper']) {
      const { runtime, clock, id, record } = await image(name)
      await clock.advance(3_600_000)
      expect([record()?.state, clock.size]).toEqual(['running', 0])
      const stopped = runtime.stop(id, 30_000)
      await clock.runUntilIdle()
      await stopped
      expect(record()).toMatchObject({ exitCode: 0 })
    }
    const short = await image('sleeper', { env: { DURATION: '90s' } })
    await short.clock.runUntilIdle()
    expect([record(short).finishedAt! - record(short).startedAt!, record(short).exitCode]).toEqual([90_000, 0])
  })

  it('crasher fails as it is told', async () => {
    const crasher = await image('crasher', { env: { AFTER: '5s', EXIT_CODE: '42' } })
    await crasher.clock.runUntilIdle()
    expect(record(crasher)).toMatchObject({
      exitCode: 42,
      reason: 'Error',
      finishedAt: record(crasher).startedAt! + 5000,
    })
    const wrong = await image('crasher', { env: { EXIT_CODE: 'x' } })
    expect([wrong.log(), record(wrong).exitCode]).toEqual([
      ['RangeError: EXIT_CODE must be a whole number up to 255, got x'],
      1,
    ])
  })

  it('worker works on its items, and fails where it is told', async () => {
    const worker = await image('worker', { env: { ITEMS: '2', JOB_COMPLETION_INDEX: '3' } })
    await worker.clock.runUntilIdle()
    expect([worker.log(), record(worker).exitCode]).toEqual([
      ['worker 3: item 1 of 2 done', 'worker 3: item 2 of 2 done'],
      0,
    ])
    const fails = await image('worker', { env: { FAIL_AT: '1' } })
    await fails.clock.runUntilIdle()
    expect([fails.log(), record(fails).exitCode]).toEqual([['worker: item 1 of 5 failed'], 1])
  })

  it('perl prints pi, as the example of jobs does, and nothing else', async () => {
    expect(piDigits(1)).toBe('3')
    expect(piDigits(20)).toBe('3.1415926535897932385')
    const job = await image('perl:5.34.0', { command: ['perl', '-Mbignum=bpi', '-wle', 'print bpi(2000)'] })
    await job.clock.runUntilIdle()
    expect([job.log()[0]?.length, record(job).exitCode]).toEqual([2001, 0])
    const other = await image('perl', { command: ['perl', '-e', 'fork'] })
    await other.clock.runUntilIdle()
    expect(record(other).exitCode).toBe(2)
  })

  it('a busybox that is told nothing ends at once; with a standard input it waits for what is typed', async () => {
    const nothing = await image('busybox')
    await nothing.clock.runUntilIdle()
    expect(record(nothing)).toMatchObject({ state: 'exited', exitCode: 0 })
    const typed = await image('alpine', { stdin: true })
    typed.runtime.stdin(typed.id)?.add('echo hi\n')
    await typed.clock.advance(0)
    expect([typed.log(), record(typed).state]).toEqual([['hi'], 'running'])
  })
})

function record({ record }: Awaited<ReturnType<typeof box>>) {
  const found = record()
  if (found === undefined) throw new Error('there is no container')
  return found
}

describe('what only sleeps', () => {
  it('has no timer when it never ends, and is like any other to those who look into it', async () => {
    for (const command of [
      ['sleep', 'infinity'],
      ['tail', '-f', '/dev/null'],
      ['sh', '-c', 'tail -f /dev/null'],
      ['/bin/sh', '-c', 'while true; do sleep 30; done'],
    ]) {
      const { clock, out, runtime, id, record: found } = await box({ command })
      await clock.advance(3_600_000)
      expect([found()?.state, clock.size]).toEqual(['running', 0])
      expect(await out('ps | grep " 1 root"; kill 1; echo x > /tmp/x; cat /tmp/x')).toContain(command.join(' '))
      const stopped = runtime.stop(id, 10_000)
      await clock.runUntilIdle()
      await stopped
      expect(found()?.exitCode).toBe(137)
    }
    const once = await box({ command: ['sh', '-c', 'sleep 1m'] })
    expect(once.clock.size).toBe(1)
    await once.clock.runUntilIdle()
    expect([record(once).exitCode, record(once).finishedAt]).toEqual([0, (record(once).startedAt ?? 0) + 60_000])
  })
})
