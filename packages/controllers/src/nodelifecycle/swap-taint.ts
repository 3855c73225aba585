import type { Node, Taint } from '@kube-bonsai/api-types/core/v1'
import { isConflict, isNotFound } from '@kube-bonsai/apimachinery'
import type { Client } from '@kube-bonsai/client'
import { timeText } from '../api/meta.ts'
import { readyOf } from './unknown-status.ts'

const attempts = 5

/** The NoExecute taints of a node that is not ready, by the status of its Ready condition. A node has at most one of them. */
const executeTaints: Readonly<Record<string, string>> = {
  False: 'node.kubernetes.io/not-ready',
  Unknown: 'node.kubernetes.io/unreachable',
}
const own: ReadonlySet<string> = new Set(Object.values(executeTaints))

const isOwn = ({ key, effect }: Taint): boolean => effect === 'NoExecute' && own.has(key)

/** The key of the taint that drives pods away from a node; undefined when it has none. */
export function executeTaintOf(node: Node): string | undefined {
  return node.spec?.taints?.find(isOwn)?.key
}

/** The key of the taint that a node should have; undefined for one that is ready or has not reported. */
export function wantedExecuteTaint(node: Node): string | undefined {
  return executeTaints[readyOf(node)?.status ?? 'True']
}

/**
 * Gives a node the NoExecute taint that `wanted` says, and no other of its kind. Does nothing where it has that already, or
 * is gone. Rejects when the server refuses.
 */
export async function setExecuteTaint(
  client: Client,
  name: string,
  now: number,
  wanted: (node: Node) => string | undefined = wantedExecuteTaint,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      const node = await client.nodes().get(name)
      const key = wanted(node)
      if (executeTaintOf(node) === key) return
      const others = (node.spec?.taints ?? []).filter((taint) => !isOwn(taint))
      const taints = key ? [...others, { key, effect: 'NoExecute', timeAdded: timeText(now) }] : others
      await client.nodes().update({ ...node, spec: { ...node.spec, taints } })
      return
    } catch (error) {
      if (isNotFound(error)) return
      if (!isConflict(error) || attempt === attempts) throw error
    }
  }
}
