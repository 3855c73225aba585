import type { PodSpec } from '@kube-bonsai/api-types/core/v1'
import { describe, expect, it } from 'vitest'
import { KubeletStartError } from '../../src/index.ts'
import { HostNode } from './host-node.ts'

/** How a pod ends up on a node whose host is like this. */
async function runOn(host: NonNullable<ConstructorParameters<typeof HostNode>[0]>['host'], spec: Partial<PodSpec>) {
  const node = new HostNode({ ...(host && { host }) })
  await node.start()
  node.run('p', spec)
  await node.clock.advance(5000)
  const { phase, reason, message } = node.get('p').status ?? {}
  return { phase, reason, message, node }
}

const sysctl = (...names: readonly string[]) => ({
  securityContext: { sysctls: names.map((name) => ({ name, value: '1' })) },
})

describe('sysctls', () => {
  it('that are safe are let in, with dots and with slashes; others are not', async () => {
    expect(await runOn({}, sysctl('net.ipv4.tcp_syncookies', 'kernel/shm_rmid_forced'))).toMatchObject({
      phase: 'Running',
    })
    const { node, ...refused } = await runOn({}, sysctl('net.ipv4.tcp_syncookies', 'net.core.somaxconn'))
    expect(refused).toEqual({
      phase: 'Failed',
      reason: 'SysctlForbidden',
      message: 'Pod was rejected: forbidden sysctl: "net.core.somaxconn" not allowlisted',
    })
    expect(node.metrics.value('admission_rejections_total', { reason: 'SysctlForbidden' })).toBe(1)
  })

  it('that the configuration allows are let in, by name and by prefix', async () => {
    const host = { flags: { allowedUnsafeSysctls: ['net.core.somaxconn', 'kernel.msg*'] } }
    expect(await runOn(host, sysctl('net.core.somaxconn', 'kernel.msgmax'))).toMatchObject({ phase: 'Running' })
    expect(await runOn(host, sysctl('net.core.rmem_max'))).toMatchObject({ reason: 'SysctlForbidden' })
  })

  it('of a namespace that the pod shares with its node are refused', async () => {
    const ofNet = await runOn({}, { ...sysctl('net.ipv4.tcp_syncookies'), hostNetwork: true })
    expect(ofNet.message).toBe(
      'Pod was rejected: forbidden sysctl: "net.ipv4.tcp_syncookies" not allowed with host net enabled',
    )
    const ofIpc = await runOn({}, { ...sysctl('kernel.shm_rmid_forced'), hostIPC: true })
    expect(ofIpc.message).toContain('not allowed with host ipc enabled')
    expect(await runOn({}, { ...sysctl('kernel.shm_rmid_forced'), hostNetwork: true })).toMatchObject({
      phase: 'Running',
    })
  })

  it('are safe only where the kernel has them for each pod', async () => {
    expect(await runOn({ kernelVersion: '4.15.0' }, sysctl('net.ipv4.tcp_rmem'))).toMatchObject({ phase: 'Running' })
    expect(await runOn({ kernelVersion: '4.14.9' }, sysctl('net.ipv4.tcp_rmem'))).toMatchObject({ phase: 'Failed' })
  })

  it('that no container can have of its own keep a kubelet from starting', async () => {
    const start = (name: string) => new HostNode({ host: { flags: { allowedUnsafeSysctls: [name] } } }).start()
    await expect(start('vm.swappiness')).rejects.toThrow(KubeletStartError)
    await expect(start('vm.swappiness')).rejects.toThrow('the sysctls "vm.swappiness" are not known to be namespaced')
    await expect(start('No Sysctl')).rejects.toThrow(
      'sysctl "No Sysctl" must have at most 253 characters and match regex',
    )
  })
})

describe('AppArmor profiles', () => {
  const confined = { securityContext: { appArmorProfile: { type: 'RuntimeDefault' } } }

  it('are refused on a host without AppArmor, of pods and of containers', async () => {
    expect(await runOn({}, confined)).toMatchObject({ phase: 'Running' })
    const { phase, reason, message } = await runOn({ appArmor: false }, confined)
    expect([phase, reason, message]).toEqual([
      'Failed',
      'AppArmor',
      'Pod was rejected: Cannot enforce AppArmor: AppArmor is not enabled on the host',
    ])
    const containers = [{ name: 'a', image: 'a', ...confined }]
    expect(await runOn({ appArmor: false }, { containers })).toMatchObject({ reason: 'AppArmor' })
  })

  it('that confine nothing need no AppArmor', async () => {
    const securityContext = { appArmorProfile: { type: 'Unconfined' } }
    expect(await runOn({ appArmor: false }, { securityContext })).toMatchObject({ phase: 'Running' })
  })
})
