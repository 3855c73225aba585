import type { SyntaxNode } from '../syntax/node.ts'
import { FormatFault } from './fault.ts'

const mostNodes = 1_000_000

/**
 * Refuses documents that aliases would blow up, without expanding them: those that contain themselves, and those
 * with more than a million nodes once every alias is replaced.
 *
 * @throws FormatFault
 */
export function checkExpansion(root: SyntaxNode): void {
  const sizes = new Map<SyntaxNode, number>()
  const open = new Set<SyntaxNode>()
  let aliases = 0
  const size = (node: SyntaxNode): number => {
    if (node.kind === 'scalar') return 1
    const known = sizes.get(node)
    if (known !== undefined) return known
    if (open.has(node)) throw new FormatFault('recursive-alias', 'an anchor contains itself', node.start)
    open.add(node)
    let total = 1
    if (node.kind === 'alias') {
      aliases++
      total += size(node.target)
    } else if (node.kind === 'sequence') for (const item of node.items) total += size(item)
    else for (const { key, value } of node.entries) total += size(key) + size(value)
    open.delete(node)
    sizes.set(node, total)
    return total
  }
  if (size(root) > mostNodes && aliases > 0) {
    throw new FormatFault('excessive-aliasing', 'document contains excessive aliasing', root.start)
  }
}
