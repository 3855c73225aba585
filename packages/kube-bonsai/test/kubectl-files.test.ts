import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { KubeObject } from '@kube-bonsai/apimachinery'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Cluster } from '../src/index.ts'
import { listen, type RunningServer } from '../src/server/index.ts'
import { hasKubectl, kubectlFor, kubectlPath, type Ran } from './support/kubectl.ts'

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'box', namespace: 'default' },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [
      { name: 'shell', image: 'busybox', command: ['sleep', 'infinity'] },
      { name: 'reads', image: 'busybox', stdin: true, command: ['sh', '-c', 'while read x; do echo "got $x"; done'] },
    ],
  },
} as unknown as KubeObject

describe.runIf(hasKubectl)('real kubectl v1.35 and the files and processes of containers', () => {
  let home: string
  let cluster: Cluster
  let server: RunningServer
  let kubectl: (args: string, input?: string) => Promise<Ran>
  const ok = async (args: string, input?: string): Promise<string> => {
    const { code, stdout, stderr } = await kubectl(args, input)
    expect(code, `kubectl ${args}\n${stdout}${stderr}`).toBe(0)
    return stdout
  }

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'bonsai-files-'))
    const config = join(home, 'config')
    cluster = await Cluster.create({ clock: 'system', nodes: 1 })
    server = await listen(cluster, { kubeconfig: config })
    kubectl = kubectlFor(config)
    await cluster.apply([pod])
    await ok('wait --for=condition=Ready pod/box --timeout=30s')
  })

  afterAll(async () => {
    await server.close()
    cluster.close()
    rmSync(home, { recursive: true, force: true })
  })

  test('cp carries files and directories into a container and out of it, byte by byte', async () => {
    const bytes = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7 + (index >> 8)) % 256))
    const tree = join(home, 'tree')
    mkdirSync(join(tree, 'deep/er'), { recursive: true })
    writeFileSync(join(tree, 'bytes'), bytes)
    writeFileSync(join(tree, 'deep/er/text'), 'grüße\n')
    writeFileSync(join(tree, `deep/${'n'.repeat(150)}`), 'long')
    await ok(`cp ${tree} box:/tmp/tree -c shell`)
    expect(await ok('exec box -c shell -- cat /tmp/tree/deep/er/text')).toBe('grüße\n')
    expect(await ok('exec box -c shell -- wc -c /tmp/tree/bytes')).toBe('300000 /tmp/tree/bytes\n')
    await ok(`cp -c shell box:/tmp/tree ${join(home, 'back')}`)
    expect(readFileSync(join(home, 'back/bytes')).equals(bytes)).toBe(true)
    expect(readFileSync(join(home, 'back/deep/er/text'), 'utf8')).toBe('grüße\n')
    expect(readFileSync(join(home, `back/deep/${'n'.repeat(150)}`), 'utf8')).toBe('long')
    writeFileSync(join(home, 'one'), 'one file')
    await ok(`cp ${join(home, 'one')} box:/etc/one -c shell`)
    await ok(`cp -c shell box:etc/one ${join(home, 'two')}`)
    expect(readFileSync(join(home, 'two'), 'utf8')).toBe('one file')
    const refused = await kubectl(`cp -c shell box:/none ${join(home, 'none')}`)
    expect(refused.stdout + refused.stderr).toContain('/none: No such file or directory')
  })

  test('exec runs scripts, carries bytes and tells exit codes', async () => {
    expect(await ok("exec box -c shell -- sh -c 'for i in 1 2; do echo $i; done | tac'")).toBe('2\n1\n')
    expect(await ok('exec -i box -c shell -- sh', 'x=1\necho $((x + 1))\nread y\nthe rest\necho "<$y>"\n')).toBe(
      '2\n<the rest>\n',
    )
    const missing = await kubectl('exec box -c shell -- foo')
    expect(missing.stderr).toContain('exec: "foo": executable file not found in $PATH')
    const unknown = await kubectl('exec box -c shell -- sh -c foo')
    expect([unknown.code, unknown.stderr]).toEqual([127, 'sh: foo: not found\ncommand terminated with exit code 127\n'])
  })

  test('attach reads and writes', async () => {
    const env = {
      PATH: process.env.PATH,
      KUBECONFIG: join(home, 'config'),
      HOME: dirname(home),
      KUBECTL_KUBERC: 'false',
    }
    const child = spawn(kubectlPath(), ['attach', '-i', 'box', '-c', 'reads'], { env })
    let heard = ''
    const said = new Promise<void>((resolve) => {
      child.stdout.on('data', (part: Buffer) => {
        heard += part.toString()
        if (heard.includes('got two')) resolve()
      })
    })
    child.stdin.write('one\ntw')
    child.stdin.write('o\n')
    await said
    const ended = new Promise((resolve) => child.on('exit', resolve))
    child.kill('SIGINT')
    await ended
    expect(heard).toContain('got one\ngot two\n')
    expect(await ok('logs box -c reads')).toBe('got one\ngot two\n')
  })

  test('run -i --rm runs one command with what it reads', async () => {
    const ran = await kubectl("run once -i --rm --restart=Never --image=busybox -- sh -c 'cat; exit 3'", 'typed\n')
    expect(ran.stdout).toContain('typed\n')
    expect(ran.code).toBe(3)
  })
})
