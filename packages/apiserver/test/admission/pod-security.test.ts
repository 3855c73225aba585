import { describe, expect, it } from 'vitest'
import { pod, start } from './server.ts'

async function withLabels(labels: Readonly<Record<string, string>>) {
  const { ask } = await start()
  await ask('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n', labels } })
  return { ask, create: (name: string, spec: object) => ask('POST', '/api/v1/namespaces/n/pods', pod(name, spec)) }
}

const container = (securityContext: object, more: object = {}) => ({
  containers: [{ name: 'main', image: 'i', securityContext, ...more }],
})
const strict = container({
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
})

describe('restricted namespaces', () => {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' }

  it('refuse a plain pod with every reason', async () => {
    const { create } = await withLabels(labels)
    expect((await create('a', {})).message).toBe(
      'pods "a" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "main" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "main" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "main" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "main" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    )
    expect((await create('b', strict)).status).toBe(201)
  })

  it('know what earlier versions asked for', async () => {
    const { create } = await withLabels({ ...labels, 'pod-security.kubernetes.io/enforce-version': 'v1.7' })
    expect((await create('a', container({ runAsNonRoot: true }))).status).toBe(201)
  })
})

describe('baseline namespaces', () => {
  const labels = { 'pod-security.kubernetes.io/enforce': 'baseline' }
  const reason = async (spec: object) => (await (await withLabels(labels)).create('a', spec)).message

  it('refuse what reaches into the node', async () => {
    expect(await reason({ hostNetwork: true, volumes: [{ name: 'v', hostPath: { path: '/' } }] })).toContain(
      'host namespaces (hostNetwork=true), hostPath volumes (volume "v")',
    )
    expect(await reason(container({}, { ports: [{ containerPort: 80, hostPort: 80 }] }))).toContain(
      'hostPort (container "main" uses hostPort 80)',
    )
    expect(await reason(container({}, { livenessProbe: { httpGet: { port: 1, host: 'h' } } }))).toContain(
      'probe or lifecycle host (container "main" uses probe or lifecycle host "h")',
    )
  })

  it('refuse privileges, capabilities and profiles', async () => {
    const spec = container({
      privileged: true,
      capabilities: { add: ['NET_ADMIN', 'CHOWN'] },
      seccompProfile: { type: 'Unconfined' },
      seLinuxOptions: { type: 'spc_t', user: 'u' },
      appArmorProfile: { type: 'Unconfined' },
    })
    expect(await reason({ ...spec, securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } })).toBe(
      'pods "a" is forbidden: violates PodSecurity "baseline:latest": forbidden AppArmor profile (container "main" must not set AppArmor profile type to "Unconfined"), non-default capabilities (container "main" must not include "NET_ADMIN" in securityContext.capabilities.add), privileged (container "main" must not set securityContext.privileged=true), seLinuxOptions (container "main" set forbidden securityContext.seLinuxOptions: type "spc_t"; user may not be set), seccompProfile (container "main" must not set securityContext.seccompProfile.type to "Unconfined"), forbidden sysctls (kernel.msgmax)',
    )
  })
})

describe('namespaces', () => {
  it('warn about templates and pods', async () => {
    const { ask, create } = await withLabels({ 'pod-security.kubernetes.io/warn': 'baseline' })
    const { status, warning } = await create('a', { hostPID: true })
    expect(status).toBe(201)
    expect(warning).toContain('would violate PodSecurity \\"baseline:latest\\": host namespaces (hostPID=true)')
    const template = {
      metadata: { labels: { a: 'b' } },
      spec: { hostPID: true, containers: [{ name: 'c', image: 'i' }] },
    }
    const spec = { selector: { matchLabels: { a: 'b' } }, template }
    const made = await ask('POST', '/apis/apps/v1/namespaces/n/deployments', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd' },
      spec,
    })
    expect(made.warning).toContain('host namespaces')
  })

  it('have to name levels and versions that exist', async () => {
    const { ask } = await start()
    const labels = { 'pod-security.kubernetes.io/enforce': 'x', 'pod-security.kubernetes.io/warn-version': 'v2' }
    const { message } = await ask('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'n', labels },
    })
    expect(message).toContain('must be one of privileged, baseline, restricted')
    expect(message).toContain('must be "latest" or "v1.x"')
  })

  it('tell which pods break a new level', async () => {
    const { ask, create } = await withLabels({})
    for (const name of ['c', 'b', 'a']) await create(name, { hostPID: true })
    const { warning } = await ask(
      'PATCH',
      '/api/v1/namespaces/n',
      { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } } },
      { headers: { 'content-type': 'application/merge-patch+json' } },
    )
    expect(warning).toContain(
      'existing pods in namespace \\"n\\" violate the new PodSecurity enforce level \\"baseline:latest\\"',
    )
    expect(warning).toContain('a (and 2 other pods): host namespaces')
  })
})
