import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import { createFeatureGates } from '@kube-bonsai/feature-gates'
import { describe, expect, it } from 'vitest'
import { createApiServer } from '../../src/index.ts'
import { pod, pods, start } from './server.ts'

describe('flags', () => {
  const make = (admissionPlugins: object) =>
    createApiServer({ clock: new VirtualClock(), random: createRandom('1'), admissionPlugins })

  it('refuse names that are none, and both at once', () => {
    expect(() => make({ enable: ['X'] })).toThrow('enable-admission-plugins plugin "X" is unknown')
    expect(() => make({ enable: ['PodSecurity'], disable: ['PodSecurity'] })).toThrow(
      '[PodSecurity] in enable-admission-plugins and disable-admission-plugins overlapped',
    )
    expect(() => make({ enable: ['EventRateLimit'] })).toThrow('unsupported: admission plugin EventRateLimit')
  })

  it('turn plugins on and off', async () => {
    const { ask } = await start({ admissionPlugins: { enable: ['AlwaysPullImages'], disable: ['Priority'] } })
    const { body } = await ask('POST', pods, pod('a'))
    expect(body.spec?.containers?.[0]?.['imagePullPolicy']).toBe('Always')
    expect(body.spec?.['priority']).toBeUndefined()
  })
})

describe('service accounts', () => {
  it('give their pull secrets, and limit secrets where that is asked for', async () => {
    const { ask } = await start()
    await ask('POST', '/api/v1/namespaces/default/serviceaccounts', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'robot', annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } },
      imagePullSecrets: [{ name: 'pull' }],
      secrets: [{ name: 'mine' }],
    })
    const made = await ask('POST', pods, pod('a', { serviceAccountName: 'robot' }))
    expect(made.body.spec?.['imagePullSecrets']).toEqual([{ name: 'pull' }])
    const volumes = [{ name: 'v', secret: { secretName: 'other' } }]
    expect((await ask('POST', pods, pod('b', { serviceAccountName: 'robot', volumes }))).message).toBe(
      'pods "b" is forbidden: volume with secret.secretName="other" is not allowed because service account robot does not reference that secret',
    )
  })
})

describe('priority classes', () => {
  it('have one default', async () => {
    const { ask } = await start()
    const classes = '/apis/scheduling.k8s.io/v1/priorityclasses'
    const make = (name: string) =>
      ask('POST', classes, {
        apiVersion: 'scheduling.k8s.io/v1',
        kind: 'PriorityClass',
        metadata: { name },
        value: 7,
        globalDefault: true,
      })
    await make('a')
    expect((await make('b')).message).toBe(
      'priorityclasses.scheduling.k8s.io "b" is forbidden: PriorityClass a is already marked as default. Only one default can exist',
    )
    expect((await ask('POST', pods, pod('p'))).body.spec?.['priority']).toBe(7)
  })
})

describe('claims', () => {
  it('grow only while they are bound', async () => {
    const { ask } = await start()
    const claims = '/api/v1/namespaces/default/persistentvolumeclaims'
    const resources = { requests: { storage: '1Gi' } }
    const made = await ask('POST', claims, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'a' },
      spec: { accessModes: ['ReadWriteOnce'], resources },
    })
    const grown = { ...made.body, spec: { ...made.body.spec, resources: { requests: { storage: '2Gi' } } } }
    expect((await ask('PUT', `${claims}/a`, grown)).status).toBeGreaterThanOrEqual(403)
  })
})

describe('nodes that declare features', () => {
  it('get no changes that they cannot carry out', async () => {
    const gates = createFeatureGates({ set: { NodeDeclaredFeatures: true } })
    const { ask } = await start({ gates })
    await ask('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } })
    const resources = { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } }
    const made = await ask(
      'POST',
      pods,
      pod('a', { nodeName: 'n', containers: [{ name: 'main', image: 'i', resources }] }),
    )
    const more = { requests: { cpu: '2', memory: '1Gi' }, limits: { cpu: '2', memory: '1Gi' } }
    const containers = (made.body.spec?.containers ?? []).map((one) => ({ ...one, resources: more }))
    const wanted = { ...made.body, spec: { ...made.body.spec, containers } }
    expect((await ask('PUT', `${pods}/a/resize`, wanted)).message).toBe(
      'pods "a" is forbidden: pod update requires features GuaranteedQoSPodCPUResize which are not available on node "n"',
    )
  })
})
