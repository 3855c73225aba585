import { describe, expect, test } from 'vitest'
import type { StrategyContext } from '../src/index.ts'
import { context, contextWith, defaulted, pod, strategyOf } from './objects.ts'

const container = { name: 'app', image: 'nginx:1' }

function warned(spec: object, metadata: object = {}, by: StrategyContext = context): readonly string[] {
  const told: string[] = []
  const object = defaulted(pod({ containers: [container], ...spec }, metadata), by)
  const strategy = strategyOf(object)
  const asked = { ...by, warn: (text: string) => told.push(text) }
  const begun = strategy.prepareForCreate(object, asked)
  return [...told, ...(strategy.warningsOnCreate?.(begun, asked) ?? [])]
}

function controller(apiVersion: string, kind: string, spec: object, metadata: object = {}) {
  const object = { apiVersion, kind, metadata: { name: 'it', namespace: 'n', generation: 1, ...metadata }, spec }
  return defaulted(object)
}

const template = (env: object) => ({ template: { spec: { containers: [{ ...container, env }] } } })
const twice = [
  { name: 'A', value: '1' },
  { name: 'A', value: '2' },
]
const hidden = 'hides previous definition of "A", which may be dropped when using apply'

describe('a new pod is warned about', () => {
  test.each<[string, object, readonly string[]]>([
    ['nothing', {}, []],
    [
      'labels of nodes that are deprecated',
      { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } },
      ['spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead'],
    ],
    [
      'constraints that select nothing',
      {
        topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }],
      },
      ['spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod'],
    ],
    [
      'volumes of old types',
      {
        volumes: [
          { name: 'v', storageos: {} },
          { name: 'g', gitRepo: { repository: 'x' } },
        ],
      },
      [
        'spec.volumes[0].storageOS: deprecated in v1.22, non-functional in v1.25+',
        'spec.volumes[1].gitRepo: deprecated in v1.11, and disabled by default in v1.33+',
      ],
    ],
    [
      'files of a volume that hide each other',
      {
        volumes: [
          {
            name: 'v',
            configMap: {
              name: 'c',
              items: [
                { key: 'a', path: 'p' },
                { key: 'b', path: 'p/q' },
              ],
            },
          },
        ],
      },
      ['volume "v" (ConfigMap "c"): overlapping paths: "p/q" with "p"'],
    ],
    [
      'projections that collide',
      {
        volumes: [
          {
            name: 'v',
            projected: {
              sources: [
                { serviceAccountToken: { path: 'token' } },
                { secret: { name: 's', items: [{ key: 'a', path: 'token/' }] } },
                {},
              ],
            },
          },
        ],
      },
      [
        'volume "v" (Projected): overlapping paths: "token" (Secret "s") with "token" (ServiceAccountToken)',
        'volume "v" (Projected) has no sources provided',
      ],
    ],
    [
      'aliases and secrets that repeat',
      {
        hostAliases: [{ ip: '1.2.3.4' }, { ip: '1.2.3.4' }],
        imagePullSecrets: [{ name: 'a' }, { name: 'a' }, {}],
      },
      [
        'spec.hostAliases[1].ip: duplicate ip "1.2.3.4"',
        'spec.imagePullSecrets[1].name: duplicate name "a"',
        'spec.imagePullSecrets[2].name: invalid empty name ""',
      ],
    ],
    [
      'parts of bytes',
      { containers: [{ ...container, resources: { limits: { memory: '100m' } } }] },
      [
        'spec.containers[0].resources.limits[memory]: fractional byte value "100m" is invalid, must be an integer',
        'spec.containers[0].resources.requests[memory]: fractional byte value "100m" is invalid, must be an integer',
      ],
    ],
    [
      'variables that hide others',
      { containers: [{ ...container, env: twice }] },
      [`spec.containers[0].env[1]: ${hidden}`],
    ],
    [
      'addresses in odd forms',
      { hostAliases: [{ ip: '::FFFF:1' }] },
      ['spec.hostAliases[0].ip: IPv6 address "::FFFF:1" should be in RFC 5952 canonical format ("::ffff:1")'],
    ],
  ])('%s', (_, spec, expected) => {
    expect(warned(spec)).toEqual(expected)
  })

  test('a variable that builds on the one before it is none', () => {
    const env = [
      { name: 'A', value: '1' },
      { name: 'A', value: '$(A)2' },
    ]
    expect(warned({ containers: [{ ...container, env }] })).toEqual([])
  })

  test('ports that get in the way of each other', () => {
    const ports = [
      { containerPort: 80, name: 'web' },
      { containerPort: 80, hostPort: 8080, name: 'web' },
      { containerPort: 80, hostPort: 8080, hostIP: '1.2.3.4' },
      { containerPort: 81, hostIP: '1.2.3.4' },
    ]
    const at = 'spec.containers[0].ports'
    expect(warned({ containers: [{ ...container, ports }] })).toEqual([
      `${at}[1]: overlapping port definition with ${at}[0]`,
      `${at}[2]: overlapping port definition with ${at}[0]`,
      `${at}[2]: dangerously ambiguous port definition with ${at}[1]`,
      `${at}[3]: hostIP set without hostPort: {Name: HostPort:0 ContainerPort:81 Protocol:TCP HostIP:1.2.3.4}`,
      `${at}[1]: duplicate port name "web" with ${at}[0], services and probes that select ports by name will use ${at}[0]`,
    ])
  })

  test('a name that is no host name, and the driver of git volumes where it is on', () => {
    const on = contextWith({ GitRepoVolumeDriver: true })
    const [first, second] = warned({ volumes: [{ name: 'g', gitRepo: { repository: 'x' } }] }, { name: 'a.b' }, on)
    expect(first).toContain(
      "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior",
    )
    expect(second).toBe('spec.volumes[0].gitRepo: deprecated in v1.11')
  })

  test('annotations of AppArmor, before they become fields', () => {
    const key = 'container.apparmor.security.beta.kubernetes.io/app'
    expect(warned({}, { annotations: { [key]: 'runtime/default' } })).toEqual([
      `metadata.annotations[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`,
    ])
  })
})

describe('a template of pods is warned about', () => {
  test('when it is new, and when its object changes', () => {
    const old = controller('apps/v1', 'Deployment', template([]))
    const next = controller('apps/v1', 'Deployment', template(twice), { generation: 2 })
    const told = [`spec.template.spec.containers[0].env[1]: ${hidden}`]
    const strategy = strategyOf(next)
    expect(strategy.warningsOnCreate?.(next, context)).toEqual(told)
    expect(strategy.warningsOnUpdate?.(next, old, context)).toEqual(told)
    expect(strategy.warningsOnUpdate?.(controller('apps/v1', 'Deployment', template(twice)), old, context)).toEqual([])
  })

  test('of a replication controller, the one before the change', () => {
    const old = controller('v1', 'ReplicationController', template(twice))
    const next = controller('v1', 'ReplicationController', template([]), { generation: 2 })
    const strategy = strategyOf(next)
    expect(strategy.warningsOnUpdate?.(next, old, context)).toEqual([
      `spec.template.spec.containers[0].env[1]: ${hidden}`,
    ])
  })

  test('with a grace period below zero, which a pod itself does not keep', () => {
    const terminationGracePeriodSeconds = -1
    const told = controller('apps/v1', 'DaemonSet', {
      template: { spec: { containers: [container], terminationGracePeriodSeconds } },
    })
    expect(strategyOf(told).warningsOnCreate?.(told, context)).toEqual([
      'spec.template.spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1',
    ])
    expect(warned({ terminationGracePeriodSeconds })).toEqual([])
  })

  test('of a cron job, where it stands', () => {
    const job = controller('batch/v1', 'CronJob', { schedule: '* * * * *', jobTemplate: { spec: template(twice) } })
    expect(strategyOf(job).warningsOnCreate?.(job, context)).toEqual([
      `spec.jobTemplate.spec.template.spec.containers[0].env[1]: ${hidden}`,
    ])
  })
})
