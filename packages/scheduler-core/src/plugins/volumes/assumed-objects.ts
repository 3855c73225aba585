import type { ObjectMeta } from '@kube-bonsai/apimachinery'
import type { Lister } from '../../framework/objects.ts'

interface Named {
  readonly metadata: ObjectMeta
}

/**
 * Objects as the API shows them, but for those that are taken to be changed already: until the API shows a newer state.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/plugins/volumebinding/passive_assume_cache.go
 */
export class AssumedObjects<T extends Named> {
  readonly #lister: Lister<T>
  readonly #assumed: Map<string, { readonly object: T; readonly shown: T }> = new Map()

  constructor(lister: Lister<T>) {
    this.#lister = lister
  }

  get(key: string): T | undefined {
    const shown = this.#lister.get(key)
    return shown === undefined ? undefined : this.current(key, shown)
  }

  /** What to take an object for that the API shows. */
  current(key: string, shown: T): T {
    const entry = this.#assumed.get(key)
    if (entry === undefined) return shown
    if (isSame(entry.shown, shown)) return entry.object
    this.#assumed.delete(key)
    return shown
  }

  /** Takes an object to be changed. Throws when it is gone, or has changed since. */
  assume(key: string, object: T): void {
    const shown = this.#lister.get(key)
    if (shown === undefined) throw new Error(`could not find object ${JSON.stringify(key)}`)
    if ((shown.metadata.resourceVersion ?? '') !== (object.metadata.resourceVersion ?? '')) {
      throw new Error(`object ${JSON.stringify(key)} has changed since it was looked at`)
    }
    this.#assumed.set(key, { object, shown })
  }

  /** Goes back to what the API shows. */
  restore(key: string): void {
    this.#assumed.delete(key)
  }
}

function isSame(left: Named, right: Named): boolean {
  if (left === right) return true
  const version = left.metadata.resourceVersion
  return version !== undefined && version === right.metadata.resourceVersion && left.metadata.uid === right.metadata.uid
}
