import type { PathStep } from '../errors.ts'
import type { SyntaxNode } from '../syntax/node.ts'

/**
 * Reads the path form of Kubernetes field errors: `spec.containers[0].image`, `metadata.annotations[a.b/c]`.
 * Inside brackets, digits are an index, anything else (with or without double quotes) a key.
 */
export function parseFieldPath(path: string): PathStep[] {
  const steps: PathStep[] = []
  for (const [, bracket, name] of path.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)) {
    if (bracket === undefined) steps.push(name ?? '')
    else if (/^[0-9]+$/.test(bracket)) steps.push(Number(bracket))
    else steps.push(bracket.replace(/^"(.*)"$/s, '$1'))
  }
  return steps
}

/** Where a path leads: the node, its key if it is a map entry, and whether all steps were found. */
export interface Located {
  readonly node: SyntaxNode
  readonly key: SyntaxNode | undefined
  readonly complete: boolean
}

/** Follows a path through a tree, as far as it goes. */
export function locate(root: SyntaxNode, path: readonly PathStep[]): Located {
  let node = root
  let key: SyntaxNode | undefined
  for (const step of path) {
    let from = node
    while (from.kind === 'alias') from = from.target
    if (from.kind === 'sequence') {
      const item = from.items[Number(step)]
      if (item === undefined) return { node, key, complete: false }
      node = item
      key = undefined
    } else if (from.kind === 'mapping') {
      const entry = from.entries.findLast(({ key: k }) => k.kind === 'scalar' && k.text === String(step))
      if (entry === undefined) return { node, key, complete: false }
      node = entry.value
      key = entry.key
    } else return { node, key, complete: false }
  }
  return { node, key, complete: true }
}
