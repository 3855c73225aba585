import { afterEach, describe, expect, it } from 'vitest'
import { pod, startCluster } from './rows.ts'

let running: Awaited<ReturnType<typeof startCluster>> | undefined
afterEach(() => running?.cluster.close())

const withPolicy = (name: string, supplementalGroupsPolicy?: string) =>
  pod(name, '100m', { securityContext: { ...(supplementalGroupsPolicy && { supplementalGroupsPolicy }) } })

describe('Fine-grained SupplementalGroups (KEP-3619)', () => {
  it('C3: an old runtime runs Merge without a user, and refuses Strict for good', async () => {
    const runtime = { name: 'containerd', version: '1.7.0', handlers: [], supplementalGroupsPolicy: false }
    running = await startCluster({ nodes: [{ name: 'old', host: { runtime } }] })
    const { run, cluster, pods, events, metric } = running
    expect((await cluster.client.nodes().get('old')).status?.features?.supplementalGroupsPolicy).not.toBe(true)
    await run(withPolicy('merge', 'Merge'), withPolicy('unset'), withPolicy('strict', 'Strict'))
    for (const name of ['merge', 'unset']) {
      const { status } = await pods.get(name)
      expect(status?.phase).toBe('Running')
      expect(status?.containerStatuses?.[0]).not.toHaveProperty('user')
    }
    await cluster.advance('10m')
    const { spec, status } = await pods.get('strict')
    expect(spec?.nodeName).toBe('old')
    expect(status).toMatchObject({
      phase: 'Failed',
      reason: 'SupplementalGroupsPolicyNotSupported',
      message: 'Pod was rejected: SupplementalGroupsPolicy=Strict is not supported in this node',
      observedGeneration: 1,
    })
    const said = events('strict').filter(({ type }) => type === 'Warning')
    expect(said).toMatchObject([
      {
        reason: 'SupplementalGroupsPolicyNotSupported',
        message: 'SupplementalGroupsPolicy=Strict is not supported in this node',
      },
    ])
    const reason = 'SupplementalGroupsPolicyNotSupported'
    expect(metric('old', 'admission_rejections_total', { reason })).toBe(1)
  })
})
