import { metaKey, type Unstructured } from '@kube-bonsai/apimachinery'
import { isResourceVersion, orderResourceVersions } from '@kube-bonsai/resource-version'
import type { ObservedEvent, WatchState } from '../rule.ts'

/** The annotation of the bookmark that ends the initial events. */
const initialEventsEnd = 'k8s.io/initial-events-end'

/** How a watch begins. */
export type WatchStart =
  /** In the middle: what exists is not known. */
  | 'unknown'
  /** With what exists already, until the bookmark that says so. */
  | 'initial-events'

/** What the events of one watch have shown so far. */
export class Watch {
  readonly #objects = new Map<string, Unstructured>()
  #version: string | undefined
  #initial: boolean
  #complete = false

  constructor(start: WatchStart) {
    this.#initial = start === 'initial-events'
  }

  /** Everything that exists now, as far as it was seen. */
  get objects(): ReadonlyMap<string, Unstructured> {
    return this.#objects
  }

  /** What rules may know when `event` comes. */
  before({ object }: ObservedEvent): WatchState {
    return {
      previous: this.#objects.get(metaKey(object)),
      version: this.#version,
      initial: this.#initial,
      complete: this.#complete,
    }
  }

  /** Forgets everything and begins again from a list. */
  startFrom(items: Iterable<Unstructured>, version: string | undefined): void {
    this.#objects.clear()
    for (const item of items) this.#objects.set(metaKey(item), item)
    this.#version = version
    this.#initial = false
    this.#complete = true
  }

  /** Takes an event in. */
  apply({ type, object }: ObservedEvent): void {
    const { resourceVersion, annotations } = object.metadata
    if (isResourceVersion(resourceVersion) && !this.#isOlder(resourceVersion)) this.#version = resourceVersion
    if (type === 'BOOKMARK') {
      if (annotations !== undefined && Object.hasOwn(annotations, initialEventsEnd)) {
        this.#initial = false
        this.#complete = true
      }
    } else if (type === 'DELETED') this.#objects.delete(metaKey(object))
    else this.#objects.set(metaKey(object), object)
  }

  #isOlder(version: string): boolean {
    if (!isResourceVersion(version) || !isResourceVersion(this.#version)) return false
    return orderResourceVersions(version, this.#version) < 0
  }
}
