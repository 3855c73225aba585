import { createFeatureGates } from '@kube-bonsai/feature-gates'
import { beforeAll, describe, expect, it } from 'vitest'
import { container, startWithPods } from './pods.ts'

type Api = Awaited<ReturnType<typeof startWithPods>>

let api: Api
beforeAll(async () => {
  api = await startWithPods()
})

const own = { hostUsers: false }
const secured = (context: object) => ({ containers: [container('a', {}, { securityContext: context })] })
const unmasked = secured({ procMount: 'Unmasked' })
const devices = {
  containers: [container('a', {}, { volumeDevices: [{ name: 'v', devicePath: '/dev/x' }] })],
  volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }],
}
const forbidden = (...paths: readonly string[]) => {
  const errors = paths.map((path) => `${path}: Forbidden: when \`hostUsers\` is false`)
  return `Pod "p" is invalid: ${errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`}`
}

describe('User namespaces (KEP-127)', () => {
  it('BAD: the four field errors of rule 1 come in one response, in order', async () => {
    const answer = await api.tryCreate('p', { ...own, ...devices, hostIPC: true, hostPID: true, hostNetwork: true })
    expect(answer.status).toBe(422)
    expect(answer.message).toBe(
      forbidden('spec.hostNetwork', 'spec.HostPID', 'spec.HostIPC', 'spec.containers[0].volumeDevices'),
    )
  })

  it('rule 1: each of them alone, and none of them without a namespace of its own', async () => {
    const each: readonly [object, string][] = [
      [{ hostNetwork: true }, 'spec.hostNetwork'],
      [{ hostPID: true }, 'spec.HostPID'],
      [{ hostIPC: true }, 'spec.HostIPC'],
      [devices, 'spec.containers[0].volumeDevices'],
    ]
    for (const [index, [spec, path]] of each.entries()) {
      expect((await api.tryCreate('p', { ...own, ...spec })).message).toBe(forbidden(path))
      expect((await api.tryCreate(`host-${index}`, { hostUsers: true, ...spec })).status).toBe(201)
      expect((await api.tryCreate(`unset-${index}`, spec)).status).toBe(201)
    }
  })

  it('rule 1: hostNetwork is allowed with its alpha gate', async () => {
    const gates = createFeatureGates({ set: 'UserNamespacesHostNetworkSupport=true' })
    const { tryCreate } = await startWithPods({ gates })
    expect((await tryCreate('p', { ...own, hostNetwork: true })).status).toBe(201)
    expect((await tryCreate('p', { ...own, hostPID: true })).message).toBe(forbidden('spec.HostPID'))
  })

  it('rule 1: windows pods have none', async () => {
    const message = 'Pod "p" is invalid: spec.hostUsers: Forbidden: cannot be set for a windows pod'
    for (const hostUsers of [true, false])
      expect(await api.tryCreate('p', { hostUsers, os: { name: 'windows' } })).toMatchObject({ status: 422, message })
  })

  it('is immutable', async () => {
    await api.create('fixed', own)
    expect((await api.merge('fixed', { spec: { hostUsers: true } })).status).toBe(422)
    expect((await api.get('fixed')).spec['hostUsers']).toBe(false)
  })

  it('rule 2: /proc is unmasked in a namespace of its own only', async () => {
    const message =
      'Pod "p" is invalid: spec.containers[0].securityContext.procMount: Invalid value: "Unmasked": `hostUsers` must be false to use `Unmasked`'
    expect(await api.tryCreate('p', unmasked)).toMatchObject({ status: 422, message })
    expect(await api.tryCreate('p', { ...unmasked, hostUsers: true })).toMatchObject({ status: 422, message })
    expect((await api.tryCreate('open', { ...unmasked, ...own })).status).toBe(201)
  })

  it('rule 3: with the gate off the field is dropped, and kept where the stored pod has it', async () => {
    const gates = createFeatureGates({ set: 'UserNamespacesSupport=false,ProcMountType=false' })
    const first = await startWithPods()
    await first.create('old', own)
    const { create, merge, get } = await startWithPods({ gates, storage: first.server.storage })
    expect((await create('new', { ...own, hostPID: true })).spec).not.toHaveProperty('hostUsers')
    expect((await merge('old', { metadata: { labels: { a: 'b' } }, spec: { activeDeadlineSeconds: 5 } })).status).toBe(
      200,
    )
    expect((await get('old')).spec['hostUsers']).toBe(false)
  })
})

const strict = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
}

/** A server whose default namespace enforces a Pod Security level. */
async function enforcing(level: string, version: string): Promise<Api> {
  const started = await startWithPods()
  const labels = {
    'pod-security.kubernetes.io/enforce': level,
    'pod-security.kubernetes.io/enforce-version': version,
  }
  const headers = { 'content-type': 'application/merge-patch+json' }
  await started.ask('PATCH', '/api/v1/namespaces/default', { metadata: { labels } }, { headers })
  return started
}

describe('User namespaces (KEP-127) rule 4: Pod Security', () => {
  const root = secured({ ...strict, runAsUser: 0 })

  it.each(['latest', 'v1.35'])('C3: restricted %s admits root with a namespace of its own only', async (version) => {
    const { tryCreate } = await enforcing('restricted', version)
    const { status, message } = await tryCreate('host', root)
    expect(status).toBe(403)
    expect(message).toBe(
      `pods "host" is forbidden: violates PodSecurity "restricted:${version}": runAsNonRoot != true (pod or container "a" must set securityContext.runAsNonRoot=true), runAsUser=0 (container "a" must not set runAsUser=0)`,
    )
    expect((await tryCreate('own', { ...root, ...own })).status).toBe(201)
    const saysRoot = { securityContext: { runAsNonRoot: false, runAsUser: 0 } }
    expect((await tryCreate('says-root', { ...root, ...saysRoot, ...own })).status).toBe(201)
    expect((await tryCreate('true', { ...root, hostUsers: true })).status).toBe(403)
  })

  it('C3: restricted pinned to v1.34 refuses it either way', async () => {
    const { tryCreate } = await enforcing('restricted', 'v1.34')
    for (const hostUsers of [false, true]) expect((await tryCreate('p', { ...root, hostUsers })).status).toBe(403)
  })

  it('waives procMount at baseline from 1.35 on, and nothing else', async () => {
    const latest = await enforcing('baseline', 'latest')
    expect((await latest.tryCreate('open', { ...unmasked, ...own })).status).toBe(201)
    expect((await latest.tryCreate('p', { ...secured({ privileged: true }), ...own })).status).toBe(403)
    const pinned = await enforcing('baseline', 'v1.34')
    expect((await pinned.tryCreate('p', { ...unmasked, ...own })).message).toBe(
      'pods "p" is forbidden: violates PodSecurity "baseline:v1.34": procMount (container "a" must not set securityContext.procMount to "Unmasked")',
    )
  })
})
