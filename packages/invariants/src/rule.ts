import type { Unstructured } from '@kube-bonsai/apimachinery'
import type { Breach } from './violation.ts'

/** An event of a watch as rules see it. ERROR events end a watch and are not for them. */
export interface ObservedEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  readonly object: Unstructured
}

/** What was seen before an event. Every kind has a watch of its own; names and versions of one say nothing of another. */
export interface WatchState {
  /** The object of the event as it was before: undefined when it was not there. */
  readonly previous: Unstructured | undefined
  /** The newest resource version that this watch has shown, bookmarks included. */
  readonly version: string | undefined
  /** True while the watch shows what exists already, in no order of versions. */
  readonly initial: boolean
  /** True once everything that exists is known: then an unknown object is a new one. */
  readonly complete: boolean
}

/** Something that must hold at every event of every watch of every cluster. */
export interface Rule {
  /** In kebab-case: `generation-is-monotonic`. */
  readonly name: string
  /** One sentence that says what always holds. */
  readonly description: string
  /** What does not hold, or nothing. Never throws and keeps nothing. */
  check(state: WatchState, event: ObservedEvent): readonly Breach[]
}
