import { beforeAll, describe, expect, it } from 'vitest'
import { burstable, container, cpu, startWithPods } from './pods.ts'

let api: Awaited<ReturnType<typeof startWithPods>>
beforeAll(async () => {
  api = await startWithPods()
})

const running = (name: string, more: object = {}) => ({
  name,
  image: 'i',
  imageID: 'i',
  ready: true,
  restartCount: 0,
  state: { running: {} },
  ...more,
})

/** Both kinds of init containers, and two containers. */
const all = {
  containers: [container('a', burstable), container('b', burstable)],
  initContainers: [container('plain', burstable), container('side', burstable, { restartPolicy: 'Always' })],
}
const removed = (path: string) => [{ op: 'remove', path }]
const renamed = (path: string) => [{ op: 'replace', path: `${path}/name`, value: 'z' }]

describe('In-place Pod resize (KEP-1287)', () => {
  it('rule 1: resources change through the subresource only', async () => {
    await api.create('one', { containers: [container('a', burstable)] })
    const { status, message } = await api.change('one', {
      spec: { containers: [{ name: 'a', resources: cpu('150m') }] },
    })
    expect(status).toBe(422)
    expect(message).toMatch(/^Pod "one" is invalid: spec: Forbidden: pod updates may not change fields other than /)
    expect((await api.resize('one', cpu('150m'))).status).toBe(200)
    const { metadata, spec } = await api.get('one')
    expect(metadata.generation).toBe(2)
    expect(spec.containers[0]?.['resources']).toEqual({ ...burstable, requests: { cpu: '150m', memory: '100Mi' } })
  })

  it('rule 2: drops every other change, and never creates', async () => {
    const before = await api.create('drops', { containers: [container('a', burstable)] })
    const others = {
      metadata: { labels: { a: 'b' }, annotations: { c: 'd' }, generation: 7 },
      spec: { priority: 7, activeDeadlineSeconds: 5, containers: [{ name: 'a', image: 'other' }] },
      status: { phase: 'Running' },
    }
    expect((await api.change('drops', others, 'resize')).status).toBe(200)
    const { metadata, spec, status } = await api.get('drops')
    expect({ spec, status, generation: metadata.generation }).toEqual({
      spec: before.spec,
      status: before.status,
      generation: 1,
    })
    expect(metadata).not.toHaveProperty('labels')
    expect(await api.resize('nobody', cpu('1'))).toMatchObject({ status: 404, message: 'pods "nobody" not found' })
  })

  it('rule 5: requests and limits may come while the QoS class stays, whatever the phase', async () => {
    await api.create('adds', { containers: [container('a', cpu('100m'))] })
    await api.report('adds', { phase: 'Succeeded' })
    expect((await api.resize('adds', { limits: { cpu: '1' }, requests: { memory: '1Mi' } })).status).toBe(200)
    expect((await api.get('adds')).metadata.generation).toBe(2)
  })

  it('rule 6: resize policies are not filled in', async () => {
    const { spec } = await api.create('bare', { containers: [container('a', burstable)] })
    expect(spec.containers[0]).not.toHaveProperty('resizePolicy')
  })

  it('rule 7: limit ranges judge a resize', async () => {
    const { ask, create, resize } = await startWithPods()
    await create('limited', { containers: [container('a', burstable)] })
    const limits = [{ type: 'Container', max: { cpu: '500m' } }]
    await ask('POST', '/api/v1/namespaces/default/limitranges', {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'r' },
      spec: { limits },
    })
    expect(await resize('limited', { limits: { cpu: '600m' } })).toMatchObject({
      status: 403,
      message: 'pods "limited" is forbidden: maximum cpu usage per Container is 500m, but limit is 600m',
    })
  })

  it('rules 7 and 8: quotas charge the difference to what is allocated and actual, too', async () => {
    const { ask, create, resize, report } = await startWithPods()
    await create('charged', { containers: [container('a', { requests: { cpu: '100m' } })] })
    const path = '/api/v1/namespaces/default/resourcequotas'
    const hard = { cpu: '400m' }
    const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard } }
    const { body } = await ask('POST', path, quota)
    await ask('PUT', `${path}/q/status`, { ...body, status: { hard, used: { cpu: '100m' } } })
    const used = async () => (await ask('GET', `${path}/q`)).body.status
    expect((await resize('charged', cpu('200m'))).status).toBe(200)
    expect(await used()).toEqual({ hard, used: { cpu: '200m' } })
    expect(await resize('charged', cpu('500m'))).toMatchObject({
      status: 403,
      message: 'pods "charged" is forbidden: exceeded quota: q, requested: cpu=300m, used: cpu=200m, limited: cpu=400m',
    })
    await report('charged', {
      containerStatuses: [running('a', { allocatedResources: { cpu: '250m' }, resources: cpu('220m') })],
    })
    await resize('charged', cpu('250m'))
    expect(await used()).toEqual({ hard, used: { cpu: '200m' } })
    await resize('charged', cpu('260m'))
    expect(await used()).toEqual({ hard, used: { cpu: '210m' } })
  })
})

type Refusal = [name: string, change: () => Promise<{ status: number; message: string }>, errors: string]

describe('In-place Pod resize (KEP-1287) BAD', () => {
  const { resize, edit } = {
    resize: (pod: string, resources: object) => () => api.resize(pod, resources),
    edit: (pod: string, patch: unknown) => () => api.edit(pod, patch, 'resize'),
  }

  beforeAll(async () => {
    await api.create('p', all)
    await api.create('asks', { containers: [container('a', { requests: { cpu: '1', memory: '1Gi' } })] })
    await api.create('guaranteed', { containers: [container('a', { limits: { cpu: '1', memory: '1Gi' } })] })
    await api.create('effort', { containers: [container('a')] })
    const mirror = { annotations: { 'kubernetes.io/config.mirror': 'x' } }
    await api.create('mirror', { nodeName: 'n', containers: all.containers }, { metadata: mirror })
    await api.create('windows', { os: { name: 'windows' }, containers: all.containers })
    await api.create('level', { resources: cpu('1'), containers: all.containers })
    await api.create('old', { nodeName: 'n', containers: all.containers })
    await api.report('old', { phase: 'Running', containerStatuses: [running('a'), running('b', { resources: {} })] })
    const claims = { resourceClaims: [{ name: 'x', resourceClaimName: 'x' }] }
    await api.create('claims', { ...claims, containers: [container('a', { ...burstable, claims: [{ name: 'x' }] })] })
  })

  const refusals: readonly Refusal[] = [
    [
      'rule 2: one container less',
      edit('p', removed('/spec/containers/1')),
      'spec.containers: Forbidden: containers may not be added or removed on resize',
    ],
    [
      'rule 2: a renamed container',
      edit('p', renamed('/spec/containers/0')),
      'spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize',
    ],
    [
      'rule 2: one init container less',
      edit('p', removed('/spec/initContainers/1')),
      'spec.initContainers: Forbidden: initContainers may not be added or removed on resize',
    ],
    [
      'rule 2: a renamed init container',
      edit('p', renamed('/spec/initContainers/0')),
      'spec.initContainers[0].name: Forbidden: initContainers may not be renamed or reordered on resize',
    ],
    [
      'rule 3: a request that goes',
      edit('asks', removed('/spec/containers/0/resources/requests/memory')),
      'spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed',
    ],
    [
      'rule 3: a limit that goes',
      edit('p', removed('/spec/containers/0/resources/limits/cpu')),
      'spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed',
    ],
    [
      'rule 3: Burstable to Guaranteed',
      resize('asks', { limits: { cpu: '1', memory: '1Gi' } }),
      'spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing',
    ],
    [
      'rule 3: Guaranteed to Burstable',
      resize('guaranteed', cpu('500m')),
      'spec: Invalid value: "Guaranteed": Pod QOS Class may not change as a result of resizing',
    ],
    [
      'rule 5: BestEffort to anything',
      resize('effort', cpu('1')),
      'spec: Invalid value: "BestEffort": Pod QOS Class may not change as a result of resizing',
    ],
    [
      'rule 3: another resource',
      resize('p', { requests: { 'ephemeral-storage': '1Gi' } }),
      'spec: Forbidden: only cpu and memory resources are mutable',
    ],
    [
      'rule 3: a resize policy',
      () =>
        api.change(
          'p',
          {
            spec: {
              containers: [{ name: 'a', resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }] }],
            },
          },
          'resize',
        ),
      'spec: Forbidden: only cpu and memory resources are mutable',
    ],
    [
      'rule 3: a container with claims',
      resize('claims', cpu('150m')),
      'spec: Forbidden: only cpu and memory resources are mutable',
    ],
    [
      'rule 3: another resource of a sidecar',
      edit('p', [{ op: 'add', path: '/spec/initContainers/1/resources/requests/ephemeral-storage', value: '1Gi' }]),
      'spec: Forbidden: only cpu and memory resources for sidecar containers are mutable',
    ],
    [
      'rule 3: a plain init container',
      edit('p', [{ op: 'replace', path: '/spec/initContainers/0/resources/requests/cpu', value: '150m' }]),
      'spec: Forbidden: resources for non-sidecar init containers are immutable',
    ],
    [
      'rule 3: a request above its limit',
      resize('p', cpu('500m')),
      'spec.containers[0].resources.requests: Invalid value: "500m": must be less than or equal to cpu limit of 200m',
    ],
    ['rule 4: a static pod', resize('mirror', cpu('150m')), '[]: Forbidden: static pods cannot be resized'],
    ['rule 4: a windows pod', resize('windows', cpu('150m')), '[]: Forbidden: windows pods cannot be resized'],
    [
      'rule 4: a pod with resources of its own',
      resize('level', cpu('150m')),
      '[]: Forbidden: resize of pods with pod-level resources is forbidden when InPlacePodLevelResourcesVerticalScalingEnabled feature gate is disabled',
    ],
    [
      'rule 4: a node that reports no resources',
      resize('old', cpu('150m')),
      'spec: Forbidden: Pod running on node without support for resize',
    ],
  ]

  it.each(refusals)('%s', async (_, change, errors) => {
    const pod = /"(.+?)"/.exec((await change()).message)?.[1] ?? ''
    const before = await api.get(pod)
    expect(await change()).toMatchObject({ status: 422, message: `Pod "${pod}" is invalid: ${errors}` })
    expect(await api.get(pod)).toEqual(before)
  })

  it('rule 2: validation stops at renamed containers', async () => {
    const both = [...renamed('/spec/containers/1'), ...removed('/spec/containers/0/resources')]
    expect((await api.edit('p', both, 'resize')).message).toBe(
      'Pod "p" is invalid: spec.containers[1].name: Forbidden: containers may not be renamed or reordered on resize',
    )
  })

  const policies: readonly [string, object[], string][] = [
    [
      'twice the same resource',
      [
        { resourceName: 'cpu', restartPolicy: 'NotRequired' },
        { resourceName: 'cpu', restartPolicy: 'NotRequired' },
      ],
      'spec.containers[0].resizePolicy[1]: Duplicate value: "cpu"',
    ],
    [
      'another resource',
      [{ resourceName: 'ephemeral-storage', restartPolicy: 'NotRequired' }],
      'spec.containers[0].resizePolicy: Unsupported value: "ephemeral-storage": supported values: "cpu", "memory"',
    ],
    [
      'another policy',
      [{ resourceName: 'cpu', restartPolicy: 'Maybe' }],
      'spec.containers[0].resizePolicy: Unsupported value: "Maybe": supported values: "NotRequired", "RestartContainer"',
    ],
  ]

  it.each(policies)('rule 6: %s', async (_, resizePolicy, errors) => {
    const containers = [container('a', burstable, { resizePolicy })]
    expect(await api.tryCreate('refused', { containers })).toMatchObject({
      status: 422,
      message: `Pod "refused" is invalid: ${errors}`,
    })
    expect((await api.ask('GET', '/api/v1/namespaces/default/pods/refused')).status).toBe(404)
  })

  it('rule 6: RestartContainer in a pod that is never restarted', async () => {
    const resizePolicy = [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }]
    const containers = [container('a', burstable, { resizePolicy })]
    expect((await api.tryCreate('refused', { restartPolicy: 'Never', containers })).message).toBe(
      'Pod "refused" is invalid: spec.containers[0].resizePolicy: Invalid value: "RestartContainer": must be \'NotRequired\' when `restartPolicy` is \'Never\'',
    )
  })
})
