import { deepEqual, metaKey, type ObjectList, type Unstructured } from '@kube-bonsai/apimachinery'
import { isResourceVersion, orderResourceVersions } from '@kube-bonsai/resource-version'
import type { ObservedEvent } from './rule.ts'
import { refOf, type Violation } from './violation.ts'

const rule = 'watch-equals-list'

/** How a watch is replayed. */
export interface ReplayStart {
  /** The list after which the watch began; without one it began with initial events or with an empty store. */
  readonly from?: ObjectList<Unstructured>
}

/**
 * Replays the events of a watch and compares what they lead to with a list of the same kind: both must hold the same
 * objects, field by field. Events after the list's resource version are left out, so that the watch may be ahead; it
 * must not be behind.
 *
 * @returns one violation for each object that is missing, left over or different
 */
export function watchEqualsList(
  events: Iterable<ObservedEvent>,
  list: ObjectList<Unstructured>,
  { from }: ReplayStart = {},
): readonly Violation[] {
  const replayed = new Map((from?.items ?? []).map((item) => [metaKey(item), item]))
  for (const { type, object } of events) {
    if (type === 'BOOKMARK' || isAfter(object.metadata.resourceVersion, list.metadata.resourceVersion)) continue
    if (type === 'DELETED') replayed.delete(metaKey(object))
    else replayed.set(metaKey(object), object)
  }
  const violations: Violation[] = []
  const kind = list.kind.replace(/List$/, '')
  const whole = (item: Unstructured): Unstructured => ({ ...item, apiVersion: list.apiVersion, kind })
  for (const item of list.items) {
    const listed = whole(item)
    const watched = replayed.get(metaKey(item))
    replayed.delete(metaKey(item))
    if (watched === undefined) {
      violations.push({
        rule,
        object: refOf(listed),
        path: '',
        expected: 'in the watch, as in the list',
        actual: undefined,
      })
    } else violations.push(...differences(whole(watched), listed))
  }
  for (const left of replayed.values()) {
    violations.push({ rule, object: refOf(whole(left)), path: '', expected: undefined, actual: 'still in the watch' })
  }
  return violations
}

function isAfter(version: string | undefined, limit: string | undefined): boolean {
  return isResourceVersion(version) && isResourceVersion(limit) && orderResourceVersions(version, limit) > 0
}

/** Top-level fields that differ; those of metadata one by one. */
function differences(watched: Unstructured, listed: Unstructured): readonly Violation[] {
  const object = refOf(listed)
  const flat = ({ metadata, ...rest }: Unstructured): ReadonlyMap<string, unknown> =>
    new Map([
      ...Object.entries(rest),
      ...Object.entries(metadata).map(([key, value]) => [`metadata.${key}`, value] as const),
    ])
  const left = flat(watched)
  const right = flat(listed)
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((path) => !deepEqual(left.get(path), right.get(path)))
    .map((path) => ({ rule, object, path, expected: right.get(path), actual: left.get(path) }))
}
