import { type GroupVersionKind, isAlreadyExists, type KubeObject, type Stored } from '@kube-bonsai/apimachinery'
import type { ResourceClient } from '@kube-bonsai/client'
import type { ControllerRevision, ControllerRevisionDraft } from '../api/apps.ts'
import { byCreation, controllerRefTo, isControlledBy, namespaceOf } from '../api/meta.ts'
import type { PodTemplateSpec } from '../api/pod.ts'
import { semanticallyEqual } from '../values/equality.ts'
import { templateHash } from '../values/hash.ts'

/** The label that carries a revision's hash. */
export const hashLabel = 'controller.kubernetes.io/hash'

/** An object whose template has a history. */
export type Revisioned = Stored<KubeObject & { readonly spec: { readonly template: PodTemplateSpec } }>

interface RevisionData {
  readonly spec?: { readonly template?: PodTemplateSpec & { readonly $patch?: string } }
}

/** Orders by revision number, then by age. */
export function byRevisionNumber(a: ControllerRevision, b: ControllerRevision): number {
  return a.revision - b.revision || byCreation(a, b)
}

/** A revision that holds an owner's template as a strategic merge patch, as `kubectl rollout undo` applies it. */
export function newRevision(
  owner: Revisioned,
  kind: GroupVersionKind,
  revision: number,
  collisionCount: number,
): ControllerRevisionDraft {
  const template: PodTemplateSpec = owner.spec.template
  const data = { spec: { template: { ...template, $patch: 'replace' } } }
  const hash = templateHash(data, collisionCount)
  const { annotations } = owner.metadata
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${owner.metadata.name.slice(0, 223)}-${hash}`,
      namespace: namespaceOf(owner),
      labels: { ...template.metadata?.labels, [hashLabel]: hash },
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [controllerRefTo(owner, kind)],
    },
    data,
    revision,
  }
}

/** The template that a revision holds, the owner's own when it holds none. */
export function templateOf(revision: Pick<ControllerRevisionDraft, 'data'>, owner: Revisioned): PodTemplateSpec {
  const template = (revision.data as RevisionData | undefined)?.spec?.template
  if (template === undefined) return owner.spec.template
  const { $patch: _, ...rest } = template
  return rest
}

/** The revision of an owner's template, and how often its hash collided. */
export interface RevisionResult {
  readonly revision: ControllerRevision
  readonly collisionCount: number
}

/** Finds the revision of the owner's template, renumbers an older one that equals it, or creates it. */
export async function ensureRevision(
  owner: Revisioned,
  kind: GroupVersionKind,
  sorted: readonly ControllerRevision[],
  collisions: number,
  resource: ResourceClient<ControllerRevisionDraft>,
): Promise<RevisionResult> {
  const newest = sorted.at(-1)
  const number = (newest?.revision ?? 0) + 1
  const wanted = newRevision(owner, kind, number, collisions)
  const equal = sorted.filter(({ data }) => semanticallyEqual(data, wanted.data)).at(-1)
  if (equal !== undefined) {
    if (equal === newest) return { revision: equal, collisionCount: collisions }
    return { revision: await resource.update({ ...equal, revision: number }), collisionCount: collisions }
  }
  for (let collisionCount = collisions; ; collisionCount++) {
    const draft = newRevision(owner, kind, number, collisionCount)
    try {
      return { revision: await resource.create(draft), collisionCount }
    } catch (error) {
      if (!isAlreadyExists(error)) throw error
      const present = await resource.get(draft.metadata.name ?? '')
      if (isControlledBy(present, owner) && semanticallyEqual(present.data, draft.data)) {
        return { revision: present, collisionCount }
      }
    }
  }
}

/** The oldest revisions that no pod has, beyond the limit; none when the limit is negative. */
export function surplusRevisions(
  sorted: readonly ControllerRevision[],
  live: ReadonlySet<string>,
  limit: number,
): readonly ControllerRevision[] {
  const dead = sorted.filter((revision) => !live.has(revision.metadata.name))
  return limit < 0 ? [] : dead.slice(0, Math.max(0, dead.length - limit))
}
