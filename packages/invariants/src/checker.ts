import type { ObjectList, Unstructured } from '@kube-bonsai/apimachinery'
import type { ObservedEvent, Rule } from './rule.ts'
import { invariants } from './rules/all.ts'
import { Watch, type WatchStart } from './state/watch.ts'
import { refOf, type Violation } from './violation.ts'

/** How a checker is made. */
export interface CheckerOptions {
  /** How the watches begin: `unknown` unless told otherwise. */
  readonly start?: WatchStart
  /** Called with each violation as it is found. */
  readonly onViolation?: (violation: Violation) => void
}

/** Holds rules against the events of watches. */
export interface Checker {
  readonly rules: readonly Rule[]
  /**
   * Takes one event; returns what it violates. Events of several watches may come mixed, one watch for each kind. An object
   * without a name, as a watch of Tables shows, is left out.
   */
  observe(event: ObservedEvent): readonly Violation[]
  /** Begins the watch of the list's kind from the list: after `LIST`, or when a client had to list again. */
  startFrom(list: ObjectList<Unstructured>): void
  /** All violations so far, in order. */
  readonly violations: readonly Violation[]
}

/**
 * Makes a checker; without rules it holds all of them.
 *
 * It keeps one reference for each object that exists, so feeding it costs no copies. Objects are not changed.
 */
export function createChecker(rules: readonly Rule[] = invariants, options: CheckerOptions = {}): Checker {
  const watches = new Map<string, Watch>()
  const violations: Violation[] = []
  const watchOf = (apiVersion: string, kind: string): Watch => {
    const key = `${apiVersion} ${kind}`
    const known = watches.get(key)
    if (known !== undefined) return known
    const fresh = new Watch(options.start ?? 'unknown')
    watches.set(key, fresh)
    return fresh
  }
  return {
    rules,
    violations,
    observe(event) {
      const { type, object } = event
      if (type !== 'BOOKMARK' && !object.metadata.name) return []
      const watch = watchOf(object.apiVersion, object.kind)
      const state = watch.before(event)
      const found = rules.flatMap((rule) =>
        rule.check(state, event).map((breach) => ({ rule: rule.name, object: refOf(object), ...breach })),
      )
      watch.apply(event)
      for (const violation of found) options.onViolation?.(violation)
      violations.push(...found)
      return found
    },
    startFrom({ apiVersion, kind, metadata, items }) {
      const itemKind = kind.replace(/List$/, '')
      // Items of a list do not carry their kind on the wire.
      const whole = items.map((item) => ({ ...item, apiVersion, kind: itemKind }))
      watchOf(apiVersion, itemKind).startFrom(whole, metadata.resourceVersion)
    },
  }
}
