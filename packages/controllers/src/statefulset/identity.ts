import type { PersistentVolumeClaimDraft, StatefulSet } from '../api/apps.ts'
import { statefulSets } from '../api/known.ts'
import { controllerRefTo, namespaceOf } from '../api/meta.ts'
import type { Pod, PodDraft, PodTemplateSpec, Volume } from '../api/pod.ts'
import { podFromTemplate } from '../pods/from-template.ts'

/** The label that names a pod's revision. */
export const revisionLabel = 'controller-revision-hash'
const podNameLabel = 'statefulset.kubernetes.io/pod-name'
const indexLabel = 'apps.kubernetes.io/pod-index'

/** The name of a set and the ordinal of a pod, from the pod's name; undefined for a name of another form. */
export function parentAndOrdinal(name: string): { readonly parent: string; readonly ordinal: number } | undefined {
  const match = /^(.*)-(\d+)$/.exec(name)
  const ordinal = Number(match?.[2])
  return match?.[1] === undefined || ordinal > 2147483647 ? undefined : { parent: match[1], ordinal }
}

/** A pod's ordinal; -1 when its name has none. */
export function ordinalOf(pod: Pod): number {
  return parentAndOrdinal(pod.metadata.name)?.ordinal ?? -1
}

/** The first ordinal of a set. */
export function startOrdinal({ spec }: Pick<StatefulSet, 'spec'>): number {
  return spec.ordinals?.start ?? 0
}

/** Says whether an ordinal is one that the set wants. */
export function inRange(set: Pick<StatefulSet, 'spec'>, ordinal: number): boolean {
  const start = startOrdinal(set)
  return ordinal >= start && ordinal < start + (set.spec.replicas ?? 1)
}

/** The revision that a pod was made of. */
export function revisionOf(pod: Pod): string {
  return pod.metadata.labels?.[revisionLabel] ?? ''
}

/** The claims of the pod with that ordinal, in the order of the templates. */
export function claimsFor(set: StatefulSet, ordinal: number): readonly PersistentVolumeClaimDraft[] {
  const { volumeClaimTemplates: templates = [], selector } = set.spec
  return templates.map(({ metadata, spec }) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: `${metadata.name ?? ''}-${set.metadata.name}-${ordinal}`,
      namespace: namespaceOf(set),
      labels: { ...metadata.labels, ...selector.matchLabels },
      ...(metadata.annotations === undefined ? {} : { annotations: metadata.annotations }),
    },
    ...(spec === undefined ? {} : { spec }),
  }))
}

function volumesFor(set: StatefulSet, ordinal: number, present: readonly Volume[] | undefined): readonly Volume[] {
  const names = (set.spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name ?? '')
  const own = names.map((name) => {
    const claimName = `${name}-${set.metadata.name}-${ordinal}`
    return { name, persistentVolumeClaim: { claimName } }
  })
  return [...own, ...(present ?? []).filter(({ name }) => !names.includes(name))]
}

/** The labels that give a pod its identity. */
function identityLabels(name: string, ordinal: number): Readonly<Record<string, string>> {
  return { [podNameLabel]: name, [indexLabel]: String(ordinal) }
}

/** A pod with its ordinal's identity, storage and revision. */
export function statefulPod(set: StatefulSet, template: PodTemplateSpec, ordinal: number, revision: string): PodDraft {
  const { metadata, spec, ...pod } = podFromTemplate(template, set, controllerRefTo(set, statefulSets))
  const { generateName: _, ...rest } = metadata
  const name = `${set.metadata.name}-${ordinal}`
  const volumes = volumesFor(set, ordinal, spec.volumes)
  return {
    ...pod,
    metadata: {
      ...rest,
      name,
      labels: { ...rest.labels, ...identityLabels(name, ordinal), [revisionLabel]: revision },
    },
    spec: {
      ...spec,
      hostname: name,
      ...(set.spec.serviceName ? { subdomain: set.spec.serviceName } : {}),
      ...(volumes.length === 0 ? {} : { volumes }),
    },
  }
}

/** The pod with its identity restored; undefined when it has it. */
export function repairedIdentity(pod: Pod): Pod | undefined {
  const labels = identityLabels(pod.metadata.name, ordinalOf(pod))
  if (Object.entries(labels).every(([key, value]) => pod.metadata.labels?.[key] === value)) return undefined
  return { ...pod, metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, ...labels } } }
}
