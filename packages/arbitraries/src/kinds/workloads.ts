import type { DaemonSet, Deployment, StatefulSet } from '@kube-bonsai/api-types/apps/v1'
import type { Job } from '@kube-bonsai/api-types/batch/v1'
import type { PodTemplateSpec } from '@kube-bonsai/api-types/core/v1'
import type { ObjectMeta } from '@kube-bonsai/apimachinery'
import fc from 'fast-check'
import { arbitraryMetadata, type IdentityOptions } from '../values/metadata.ts'
import { arbitraryName } from '../values/names.ts'
import { arbitraryPodTemplate, type PodSpecOptions } from './pod.ts'

interface Selected {
  readonly metadata: ObjectMeta
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> }
  readonly template: PodTemplateSpec
}

/** Metadata, and a template with the labels of the selector. */
function selected(options: IdentityOptions, spec: PodSpecOptions): fc.Arbitrary<Selected> {
  return fc.tuple(arbitraryMetadata(true, options), arbitraryName()).chain(([metadata, app]) => {
    const matchLabels = { app }
    return arbitraryPodTemplate(matchLabels, spec).map((template) => ({
      metadata,
      selector: { matchLabels },
      template,
    }))
  })
}

const always: PodSpecOptions = { restartPolicy: ['Always'] }
const replicas = fc.integer({ min: 0, max: 20 })

/** 1 to 5 pods, or 1% to 100% of them: never 0, so that surge and unavailable are never both 0. */
const share = fc.oneof(
  fc.integer({ min: 1, max: 5 }),
  fc.integer({ min: 1, max: 100 }).map((percent) => `${percent}%`),
)

/** Deployments that the API accepts. */
export function arbitraryDeployment(options: IdentityOptions = {}): fc.Arbitrary<Deployment> {
  const rolling = fc
    .record({ maxSurge: share, maxUnavailable: share }, { requiredKeys: [], noNullPrototype: true })
    .map((rollingUpdate) => ({ type: 'RollingUpdate', rollingUpdate }))
  const more = fc.record(
    {
      replicas,
      strategy: fc.oneof(rolling, fc.constant({ type: 'Recreate' })),
      revisionHistoryLimit: fc.nat(10),
      paused: fc.boolean(),
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  return fc.tuple(selected(options, always), more).map(([{ metadata, selector, template }, rest]) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { ...rest, selector, template },
  }))
}

/** StatefulSets that the API accepts, without volume claims. */
export function arbitraryStatefulSet(options: IdentityOptions = {}): fc.Arbitrary<StatefulSet> {
  const more = fc.record(
    {
      replicas,
      podManagementPolicy: fc.constantFrom('OrderedReady', 'Parallel'),
      updateStrategy: fc.constantFrom({ type: 'OnDelete' }, { type: 'RollingUpdate', rollingUpdate: { partition: 1 } }),
      minReadySeconds: fc.nat(10),
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  return fc
    .tuple(selected(options, always), more, arbitraryName())
    .map(([{ metadata, selector, template }, rest, serviceName]) => ({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata,
      spec: { ...rest, serviceName, selector, template },
    }))
}

/** DaemonSets that the API accepts. */
export function arbitraryDaemonSet(options: IdentityOptions = {}): fc.Arbitrary<DaemonSet> {
  const updateStrategy = fc.oneof(
    fc.constant({ type: 'OnDelete' }),
    share.map((maxUnavailable) => ({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable, maxSurge: 0 } })),
  )
  const more = fc.record({ updateStrategy, minReadySeconds: fc.nat(10) }, { requiredKeys: [], noNullPrototype: true })
  return fc.tuple(selected(options, always), more).map(([{ metadata, selector, template }, rest]) => ({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata,
    spec: { ...rest, selector, template },
  }))
}

/** Jobs that the API accepts, indexed ones with completions among them. The server makes their selector. */
export function arbitraryJob(options: IdentityOptions = {}): fc.Arbitrary<Job> {
  const count = fc.integer({ min: 1, max: 10 })
  const more = fc.oneof(
    fc.record(
      { completions: count, parallelism: count, backoffLimit: fc.nat(6), suspend: fc.boolean() },
      { requiredKeys: [], noNullPrototype: true },
    ),
    fc.record(
      { completions: count, parallelism: count, completionMode: fc.constant('Indexed') },
      { noNullPrototype: true },
    ),
  )
  const template = arbitraryPodTemplate({}, { restartPolicy: ['OnFailure', 'Never'] })
  return fc.tuple(arbitraryMetadata(true, options), more, template).map(([metadata, rest, pods]) => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata,
    spec: { ...rest, template: pods },
  }))
}
