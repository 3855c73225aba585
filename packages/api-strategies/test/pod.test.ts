import { formatFieldError, type KubeObject, type Unstructured } from '@kube-bonsai/apimachinery'
import { describe, expect, test } from 'vitest'
import { strategyFor } from '../src/index.ts'
import { context, contextWith, defaulted, freeze, now, pod } from './objects.ts'

const strategy = strategyFor('', 'Pod')!
const millis = Date.parse(now)
const created = (spec: object = {}, metadata: object = {}): Unstructured =>
  freeze(strategy.prepareForCreate(defaulted(pod(spec, metadata)), context)) as Unstructured
const messages = (object: KubeObject): readonly string[] => strategy.validate(object, context).map(formatFieldError)
const specOf = (object: KubeObject): Record<string, unknown> =>
  (object as Unstructured)['spec'] as Record<string, unknown>
const status = (object: KubeObject): Record<string, unknown> =>
  (object as Unstructured)['status'] as Record<string, unknown>

describe('defaults of a pod', () => {
  test('an image without a tag is pulled always, one with a tag if it is not present', () => {
    const { containers } = specOf(
      defaulted(
        pod({
          containers: [
            { name: 'a', image: 'nginx' },
            { name: 'b', image: 'nginx:1.27' },
          ],
        }),
      ),
    )
    expect((containers as { imagePullPolicy: string }[]).map((c) => c.imagePullPolicy)).toEqual([
      'Always',
      'IfNotPresent',
    ])
  })

  test('requests follow limits, which a template leaves alone', () => {
    const containers = [{ name: 'a', image: 'a', resources: { limits: { cpu: '1000m' } } }]
    expect(specOf(defaulted(pod({ containers })))['containers']).toMatchObject([
      { resources: { requests: { cpu: '1' } } },
    ])
    const deployment = defaulted({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {},
      spec: { template: { spec: { containers } } },
    })
    expect(specOf(deployment)['template']).toMatchObject({
      spec: { containers: [{ resources: { limits: { cpu: '1' } } }] },
    })
    expect(JSON.stringify(deployment)).not.toContain('requests')
  })

  test('a pod on the host network asks for the ports of its containers on the node', () => {
    const containers = [{ name: 'a', image: 'a', ports: [{ containerPort: 80 }] }]
    expect(specOf(defaulted(pod({ hostNetwork: true, containers })))['containers']).toMatchObject([
      { ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }] },
    ])
  })
})

describe('a new pod', () => {
  test('is pending, of the first generation, and knows its QoS class', () => {
    const object = created({}, { generation: 99 })
    expect(object.metadata.generation).toBe(1)
    expect(status(object)).toEqual({ phase: 'Pending', qosClass: 'BestEffort' })
  })

  test('with scheduling gates says that it waits at them', () => {
    expect(status(created({ schedulingGates: [{ name: 'example.com/hold' }] }))['conditions']).toMatchObject([
      { type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' },
    ])
  })

  test('without containers is refused', () => {
    expect(messages(created({ containers: [] }))).toEqual(['spec.containers: Required value'])
  })

  test('may not mount a volume that it does not have', () => {
    const containers = [{ name: 'a', image: 'a', volumeMounts: [{ name: 'data', mountPath: '/data' }] }]
    expect(messages(created({ containers }))).toEqual(['spec.containers[0].volumeMounts[0].name: Not found: "data"'])
  })

  test('may not request more than its limit', () => {
    const containers = [{ name: 'a', image: 'a', resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }]
    expect(messages(created({ containers }))).toEqual([
      'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    ])
  })

  test('survives keys that every object has', () => {
    const hostile = JSON.parse('{"__proto__": "x", "constructor": "y", "toString": ""}') as object
    const object = created({ nodeSelector: hostile }, { labels: hostile })
    expect(() => messages(object)).not.toThrow()
    expect(Object.keys(specOf(object)['nodeSelector'] as object)).toContain('__proto__')
  })
})

describe('an update of a pod', () => {
  const update = (spec: object): readonly string[] => {
    const old = created()
    const next = freeze(strategy.prepareForUpdate(defaulted(pod(spec)), old, context))
    return strategy.validateUpdate(next, old, context).map(formatFieldError)
  }

  test('may change an image', () => {
    expect(update({ containers: [{ name: 'app', image: 'nginx:2', imagePullPolicy: 'Always' }] })).toEqual([])
  })

  test('may not add a container', () => {
    const containers = [
      { name: 'app', image: 'nginx' },
      { name: 'b', image: 'b' },
    ]
    expect(update({ containers })).toEqual(['spec.containers: Forbidden: pod updates may not add or remove containers'])
  })

  test('may not change anything else', () => {
    expect(update({ nodeName: 'node-2' }).join()).toContain(
      'spec: Forbidden: pod updates may not change fields other than',
    )
  })

  test('through resize changes resources and counts the generation', () => {
    const resources = { requests: { cpu: '2' }, limits: { cpu: '4' } }
    const old = freeze(
      strategy.prepareForCreate(
        defaulted(
          pod({
            containers: [{ name: 'app', image: 'nginx', resources: { requests: { cpu: '1' }, limits: { cpu: '4' } } }],
          }),
        ),
        context,
      ),
    )
    const next = defaulted(pod({ containers: [{ name: 'app', image: 'other', resources }] }))
    const resized = strategy.subresources['resize']!.prepareForUpdate(next, old, context)
    expect(specOf(resized)['containers']).toMatchObject([{ image: 'nginx', resources }])
    expect(resized.metadata.generation).toBe(2)
    expect(strategy.subresources['resize']!.validateUpdate(resized, old, context)).toEqual([])
  })
})

describe('the status column', () => {
  const cell = (fields: object, metadata: object = {}, spec: object = {}): unknown =>
    strategy.table!.row({ ...pod(spec, metadata), status: fields } as never, millis).cells[2]

  test.each([
    ['Running', { phase: 'Running' }],
    [
      'CrashLoopBackOff',
      { phase: 'Running', containerStatuses: [{ state: { waiting: { reason: 'CrashLoopBackOff' } } }] },
    ],
    [
      'Completed',
      { phase: 'Succeeded', containerStatuses: [{ state: { terminated: { reason: 'Completed', exitCode: 0 } } }] },
    ],
    ['ExitCode:3', { phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 3 } } }] }],
    ['Init:0/0', { phase: 'Pending', initContainerStatuses: [{ name: 'i', state: { running: {} } }] }],
    ['SchedulingGated', { phase: 'Pending', conditions: [{ type: 'PodScheduled', reason: 'SchedulingGated' }] }],
  ])('%s', (text, fields) => {
    expect(cell(fields)).toBe(text)
  })

  test('says Terminating for a pod that is being deleted', () => {
    expect(cell({ phase: 'Running' }, { deletionTimestamp: now })).toBe('Terminating')
  })
})

test('a gate that is off leaves its rule out', () => {
  const off = contextWith({ ImageVolume: false })
  const volumes = [{ name: 'v', image: { reference: 'a' } }]
  expect(JSON.stringify(specOf(defaulted(pod({ volumes }), off))['volumes'])).not.toContain('pullPolicy')
})
