import type { Node, Pod } from '@kube-bonsai/api-types/core/v1'
import {
  type NodeMatcher,
  NodeSelectorError,
  nodeSelector,
  preferredNodeAffinity,
  requiredNodeAffinity,
} from '@kube-bonsai/component-helpers'
import type { NodeAffinityArgs } from '../config/plugin-args.ts'
import type { StateKey } from '../framework/cycle-state.ts'
import type { NodeInfo } from '../framework/node-info.ts'
import { defaultNormalize } from '../framework/normalize.ts'
import { failure, skip, unresolvable } from '../framework/status.ts'
import type { Plugin } from './plugin.ts'

const requiredKey: StateKey<NodeMatcher> = { name: 'PreFilterNodeAffinity' }
const preferredKey: StateKey<{ score(node: Node): number }> = { name: 'PreScoreNodeAffinity' }
const conflict = unresolvable('pod affinity terms conflict')
const enforcedMismatch = unresolvable("node(s) didn't match scheduler-enforced node affinity")
const mismatch = unresolvable("node(s) didn't match Pod's node affinity/selector")

/**
 * Node selectors and node affinity, required and preferred, of pods and of the profile.
 * Throws NodeSelectorError for an added affinity that cannot be read.
 * @see pkg/scheduler/framework/plugins/nodeaffinity
 */
export function nodeAffinity({ addedAffinity }: NodeAffinityArgs = {}): Plugin {
  const { requiredDuringSchedulingIgnoredDuringExecution: required } = addedAffinity ?? {}
  const added = required === undefined ? undefined : nodeSelector(required)
  const wishes = addedAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
  const addedPreference = wishes.length === 0 ? undefined : preferredNodeAffinity(wishes)
  return {
    name: 'NodeAffinity',
    eventsToRegister: () => [
      {
        resource: 'Node',
        actions: ['Add', 'UpdateNodeLabel'],
        hint: ({ pod }, before, after) => {
          if (added?.matches(after as Node) === false) return 'Skip'
          const own = requiredNodeAffinity(pod)
          if (!own.matches(after as Node)) return 'Skip'
          return before !== undefined && own.matches(before as Node) ? 'Skip' : 'Queue'
        },
      },
    ],
    preFilter(state, { pod }) {
      const own = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
      if (own === undefined && added === undefined && pod.spec?.nodeSelector === undefined) return { status: skip }
      state.write(requiredKey, requiredNodeAffinity(pod))
      const names = pinnedNames(pod)
      if (names === undefined) return undefined
      return names.size === 0 ? { status: conflict } : { nodeNames: names }
    },
    filter(state, { pod }, { node }) {
      if (node === undefined) return failure('node not found')
      if (added?.matches(node) === false) return enforcedMismatch
      return matchesQuietly(state.read(requiredKey) ?? requiredNodeAffinity(pod), node) ? undefined : mismatch
    },
    preScore(state, { pod }) {
      const terms = pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
      if (terms.length === 0) return addedPreference === undefined ? skip : undefined
      try {
        state.write(preferredKey, preferredNodeAffinity(terms))
      } catch (error) {
        if (error instanceof NodeSelectorError) return failure(error)
        throw error
      }
      return undefined
    },
    score(state, _pod, { node }: NodeInfo) {
      if (node === undefined) return 0
      return (addedPreference?.score(node) ?? 0) + (state.read(preferredKey)?.score(node) ?? 0)
    },
    normalizeScore: (_state, _pod, scores) => defaultNormalize(scores, false),
  }
}

/** A selector that cannot be read matches nothing: validation keeps such pods out, and the pod waits otherwise. */
export function matchesQuietly(required: NodeMatcher, node: Node): boolean {
  try {
    return required.matches(node)
  } catch (error) {
    if (error instanceof NodeSelectorError) return false
    throw error
  }
}

/** The names that the terms pin by metadata.name; undefined when some term pins none. */
function pinnedNames(pod: Pod): ReadonlySet<string> | undefined {
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const terms = required?.nodeSelectorTerms ?? []
  if (terms.length === 0) return undefined
  const all = new Set<string>()
  for (const term of terms) {
    let names: ReadonlySet<string> | undefined
    for (const { key, operator, values } of term.matchFields ?? []) {
      if (key !== 'metadata.name' || operator !== 'In') continue
      const own = new Set(values)
      names = names === undefined ? own : new Set([...names].filter((name) => own.has(name)))
    }
    if (names === undefined) return undefined
    for (const name of names) all.add(name)
  }
  return all
}
