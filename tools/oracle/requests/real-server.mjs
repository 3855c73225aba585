#!/usr/bin/env node
// Runs the real kube-apiserver v1.35.4 with etcd on loopback until it is told to stop.
import { spawn, spawnSync } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const usage = `usage: node tools/oracle/requests/real-server.mjs [options]

Starts etcd and kube-apiserver v1.35.4 on loopback, prints {"url", "tokens"} as one line of JSON, and stops both at Ctrl-C or SIGTERM.

--bin DIR            where the binaries are or shall be (default: bin beside this file); built with Go when absent, about 8 minutes
--gates default|all  all: every alpha and beta gate, and every API version (default: default)
--feature-gates LIST more gates, as Foo=true,Bar=false
--out FILE           write the line to a file, too (readable by its owner only: it holds tokens)`

const { values } = parseArgs({
  options: {
    bin: { type: 'string', default: fileURLToPath(new URL('bin', import.meta.url)) },
    gates: { type: 'string', default: 'default' },
    'feature-gates': { type: 'string' },
    out: { type: 'string' },
    help: { type: 'boolean' },
  },
})

/** The people that request scenarios know: user name and groups. */
const people = {
  admin: ['admin', 'system:masters'],
  user: ['plain-user', 'plain-group'],
  node: ['system:node:node-a', 'system:nodes'],
  impersonator: ['impersonator', ''],
}

function build(bin) {
  mkdirSync(bin, { recursive: true })
  const cwd = fileURLToPath(new URL('.', import.meta.url))
  const version = 'k8s.io/component-base/version.git'
  const flags = `-X ${version}Version=v1.35.4 -X ${version}Major=1 -X ${version}Minor=35`
  for (const name of ['etcd', 'kubernetes']) {
    if (existsSync(join(bin, name))) continue
    process.stderr.write(`building ${name}\n`)
    const args = ['build', '-mod=mod', '-ldflags', flags, '-o', join(bin, name), `./cmd/${name}`]
    if (spawnSync('go', args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] }).status !== 0) {
      throw new Error(`${name} does not build: see above; it needs Go 1.25 or newer`)
    }
  }
}

const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })

/** The status of a request to /readyz, or 0. */
const ready = (port, token) =>
  new Promise((done) => {
    const headers = { authorization: `Bearer ${token}` }
    request({ host: '127.0.0.1', port, path: '/readyz', headers, rejectUnauthorized: false }, (response) => {
      response.resume().on('end', () => done(response.statusCode))
    })
      .on('error', () => done(0))
      .end()
  })

async function run(bin, folder) {
  const children = []
  const start = (name, file, args) => {
    const log = openSync(join(folder, `${name}.log`), 'w')
    const child = spawn(file, args, { stdio: ['ignore', log, log], cwd: folder })
    child.on('exit', () => children.splice(children.indexOf(child), 1))
    children.push(child)
  }
  const stop = async () => {
    for (const child of children) child.kill('SIGTERM')
    for (let waited = 0; children.length > 0 && waited < 8000; waited += 100) await sleep(100)
    for (const child of children) child.kill('SIGKILL')
  }
  const [etcd, peer, port] = await Promise.all([freePort(), freePort(), freePort()])
  const tokens = Object.fromEntries(Object.keys(people).map((name) => [name, randomBytes(16).toString('hex')]))
  const file = (name, text) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 })
    return join(folder, name)
  }
  const lines = Object.entries(people).map(([name, [user, group]]) => [tokens[name], user, `uid-${name}`, group])
  const tokenFile = file('tokens.csv', lines.map((line) => `${line.filter(Boolean).join(',')}\n`).join(''))
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const signingKey = file('accounts.key', privateKey.export({ type: 'pkcs1', format: 'pem' }))
  const client = `http://127.0.0.1:${etcd}`
  const peers = `http://127.0.0.1:${peer}`
  start('etcd', join(bin, 'etcd'), [
    `--data-dir=${join(folder, 'etcd')}`,
    '--unsafe-no-fsync',
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
  ])
  const all = values.gates === 'all'
  const gates = [...(all ? ['AllAlpha=true', 'AllBeta=true'] : []), ...(values['feature-gates'] ?? '').split(',')]
  start('kube-apiserver', join(bin, 'kubernetes'), [
    'kube-apiserver',
    `--etcd-servers=${client}`,
    `--secure-port=${port}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--cert-dir=${join(folder, 'certificates')}`,
    `--token-auth-file=${tokenFile}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-signing-key-file=${signingKey}`,
    `--service-account-key-file=${signingKey}`,
    '--service-cluster-ip-range=10.0.0.0/16',
    '--allow-privileged=true',
    '--endpoint-reconciler-type=none',
    `--feature-gates=${gates.filter(Boolean).join(',')}`,
    ...(all ? ['--runtime-config=api/all=true'] : []),
  ])
  try {
    for (let tries = 0; (await ready(port, tokens.admin)) !== 200; tries += 1) {
      if (children.length < 2 || tries > 1200) {
        throw new Error(readFileSync(join(folder, 'kube-apiserver.log'), 'utf8').split('\n').slice(-20).join('\n'))
      }
      await sleep(100)
    }
    // Flow schemas, services and roles of its own come a moment after readiness.
    await sleep(2000)
    const line = `${JSON.stringify({ url: `https://127.0.0.1:${port}`, tokens, gates: values.gates })}\n`
    if (values.out !== undefined) writeFileSync(values.out, line, { mode: 0o600 })
    process.stdout.write(line)
    await new Promise((done) => {
      process.once('SIGINT', done)
      process.once('SIGTERM', done)
    })
  } finally {
    await stop()
  }
}

if (values.help) {
  process.stdout.write(`${usage}\n`)
} else if (values.gates !== 'default' && values.gates !== 'all') {
  process.stderr.write(`--gates takes default or all, not ${values.gates}\n`)
  process.exitCode = 2
} else {
  const folder = mkdtempSync(join(tmpdir(), 'real-server-'))
  try {
    build(resolve(values.bin))
    await run(resolve(values.bin), folder)
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
