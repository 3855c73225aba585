import { describe, expect, it } from 'vitest'
import { HostNode, requesting } from './host-node.ts'

async function started(...args: ConstructorParameters<typeof HostNode>) {
  const node = new HostNode(...args)
  await node.start()
  return node
}

describe('admission on the node', () => {
  it('refuses what does not fit, in the words of the resource', async () => {
    const node = await started({ cpu: '2', pods: 2 })
    node.run('a', requesting({ cpu: '1500m' }))
    node.run('b', requesting({ cpu: '600m' }))
    await node.clock.advance(5000)
    const message = "Node didn't have enough resource: cpu, requested: 600, used: 1500, capacity: 2000"
    expect(node.get('b').status).toEqual({
      observedGeneration: 1,
      phase: 'Failed',
      reason: 'OutOfcpu',
      message: `Pod was rejected: ${message}`,
      startTime: expect.any(String),
      qosClass: 'Burstable',
    })
    expect(node.events).toContain(`Warning OutOfcpu: ${message}`)
    expect(node.metrics.value('admission_rejections_total', { reason: 'OutOfcpu' })).toBe(1)
    expect(node.runtime.list('uid-b')).toEqual([])
  })

  it('refuses more pods than the node takes, and extended resources that it lacks', async () => {
    const node = await started({ pods: 1, extended: { 'example.com/gpu': '1' } })
    node.run('g', requesting({ 'example.com/gpu': '2' }))
    node.run('a')
    node.run('b')
    await node.clock.advance(5000)
    expect(node.get('g').status?.reason).toBe('OutOfexample.com/gpu')
    expect(node.metrics.value('admission_rejections_total', { reason: 'OutOfExtendedResources' })).toBe(1)
    expect(node.get('b').status).toMatchObject({
      reason: 'OutOfpods',
      message: "Pod was rejected: Node didn't have enough resource: pods, requested: 1, used: 1, capacity: 1",
    })
    node.run('elsewhere', requesting({ 'example.com/none': '1' }))
    await node.clock.advance(1000)
    expect(node.get('elsewhere').status?.reason).toBe('OutOfpods')
  })

  it('extended resources that somebody has advertised on the node stay, and are limited', async () => {
    const node = await started()
    const status = node.node.status!
    node.node = { ...node.node, status: { ...status, capacity: { ...status.capacity, 'example.com/dongle': '1' } } }
    node.report()
    expect(node.node.status?.allocatable?.['example.com/dongle']).toBe('1')
    node.run('a', requesting({ 'example.com/dongle': '1' }))
    node.run('b', requesting({ 'example.com/dongle': '1' }))
    await node.clock.advance(5000)
    expect(node.get('a').status?.phase).toBe('Running')
    expect(node.get('b').status?.reason).toBe('OutOfexample.com/dongle')
  })

  it.each([
    [
      'NodeAffinity',
      { nodeSelector: { disk: 'ssd' } },
      "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    ],
    ['NodeName', { nodeName: 'other' }, "Predicate NodeName failed: node(s) didn't match the requested node name"],
    ['PodOSNotSupported', { os: { name: 'windows' } }, "Failed to admit pod as the OS field doesn't match node OS"],
  ])('refuses by %s', async (reason, spec, message) => {
    const node = await started()
    node.run('p', spec)
    await node.clock.advance(1000)
    expect(node.get('p').status).toMatchObject({ phase: 'Failed', reason, message: `Pod was rejected: ${message}` })
  })

  it('refuses host ports that are taken, and NoExecute taints that are not tolerated', async () => {
    const node = await started({ taints: [{ key: 'k', effect: 'NoExecute' }] })
    const ports = [{ name: 'app', image: 'app', ports: [{ containerPort: 80, hostPort: 80 }] }]
    const tolerations = [{ operator: 'Exists' }]
    node.run('a', { containers: ports, tolerations })
    node.run('b', { containers: ports, tolerations })
    node.run('c')
    await node.clock.advance(5000)
    expect(node.get('a').status?.phase).toBe('Running')
    expect(node.get('b').status?.message).toBe(
      "Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
    )
    expect(node.get('c').status?.message).toBe(
      "Pod was rejected: Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate",
    )
  })

  it('a critical pod makes room: the least important go first, and it starts when they have ended', async () => {
    const node = await started({ cpu: '2' })
    node.run('small', requesting({ cpu: '500m' }))
    node.run('large', requesting({ cpu: '1500m' }))
    await node.clock.advance(5000)
    node.run('critical', { ...requesting({ cpu: '400m' }), priority: 2_000_000_000 })
    await node.clock.advance(60_000)
    expect(node.get('critical').status?.phase).toBe('Running')
    expect(node.get('large').status?.phase).toBe('Running')
    expect(node.get('small').status).toMatchObject({
      phase: 'Failed',
      reason: 'Preempting',
      message: 'Preempted in order to admit critical pod',
      conditions: expect.arrayContaining([
        expect.objectContaining({ type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet' }),
      ]),
    })
    expect(node.metrics.value('preemptions', { preemption_signal: 'cpu' })).toBe(1)
  })
})

describe('Fine-grained SupplementalGroups (KEP-3619)', () => {
  const app = {
    run: async (context: { readonly terminated: Promise<void> }) => {
      await context.terminated
      return 0
    },
    users: { user: '1000', passwd: 'root:x:0:0\nalice:x:1000:1000', group: 'extra:x:50000:alice' },
  }
  const pod = (policy?: string) => ({
    securityContext: { supplementalGroups: [60000], ...(policy && { supplementalGroupsPolicy: policy }) },
  })
  const user = (node: HostNode, name: string) => node.get(name).status?.containerStatuses?.[0]?.user?.linux

  it('C1, C2: Merge adds the groups of the image, Strict does not; fsGroup is in both', async () => {
    const node = await started({}, { app })
    node.run('merge', pod('Merge'))
    node.run('strict', pod('Strict'))
    node.run('fs', { securityContext: { ...pod('Strict').securityContext, fsGroup: 2000 } })
    await node.clock.advance(5000)
    expect(user(node, 'merge')).toEqual({ uid: 1000, gid: 1000, supplementalGroups: [1000, 50000, 60000] })
    expect(user(node, 'strict')).toEqual({ uid: 1000, gid: 1000, supplementalGroups: [1000, 60000] })
    expect(user(node, 'fs')?.supplementalGroups).toEqual([1000, 2000, 60000])
  })

  it('C3: an old runtime runs Merge and tells of no user; Strict is refused and not tried again', async () => {
    const host = { runtime: { handlers: [], supplementalGroupsPolicy: false } }
    const node = await started({ host }, { app })
    node.run('merge', pod('Merge'))
    node.run('strict', pod('Strict'))
    await node.clock.advance(60_000)
    expect(node.get('merge').status?.phase).toBe('Running')
    expect(user(node, 'merge')).toBeUndefined()
    expect(node.node.status?.features).toBeUndefined()
    const text = 'SupplementalGroupsPolicy=Strict is not supported in this node'
    expect(node.get('strict').status).toMatchObject({
      phase: 'Failed',
      reason: 'SupplementalGroupsPolicyNotSupported',
      message: `Pod was rejected: ${text}`,
    })
    expect(node.events.filter((event) => event.includes('SupplementalGroupsPolicyNotSupported'))).toEqual([
      `Warning SupplementalGroupsPolicyNotSupported: ${text}`,
    ])
    const labels = { reason: 'SupplementalGroupsPolicyNotSupported' }
    expect(node.metrics.value('admission_rejections_total', labels)).toBe(1)
  })

  it('C4: the feature shows up when the runtime is upgraded, and a new Strict pod runs', async () => {
    const node = await started({ host: { runtime: { supplementalGroupsPolicy: false } } }, { app })
    expect(node.node.status?.features).toEqual({ supplementalGroupsPolicy: false })
    await node.restart({ host: { runtime: { supplementalGroupsPolicy: true } } })
    expect(node.node.status?.features).toEqual({ supplementalGroupsPolicy: true })
    node.run('strict', pod('Strict'))
    await node.clock.advance(5000)
    expect(node.get('strict').status?.phase).toBe('Running')
  })
})
