import type { StateKey } from '../framework/cycle-state.ts'
import { maxNodeScore } from '../framework/normalize.ts'
import type { Plugin } from './plugin.ts'

const spreadKey: StateKey<ReadonlyMap<string, number>> = { name: 'PreScoreImageLocality' }
const mebibyte = 1024 * 1024
const least = 23 * mebibyte
const mostPerContainer = 1000 * mebibyte

/**
 * Prefers nodes that have the pod's images, the larger and the more widely spread the better.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/plugins/imagelocality/image_locality.go
 */
export const imageLocality: Plugin = {
  name: 'ImageLocality',
  preFilter(state, { pod }, snapshot) {
    const names = new Set(imagesOf(pod.spec ?? {}))
    const counts = new Map<string, number>()
    for (const node of snapshot.nodes) {
      if (node.images.size === 0) continue
      for (const name of names) if (node.images.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    const total = snapshot.nodes.length
    state.write(spreadKey, new Map([...counts].map(([name, count]) => [name, count / total])))
    return undefined
  },
  score(state, { pod }, node) {
    const spread = state.read(spreadKey)
    if (spread === undefined || node.images.size === 0) return 0
    const images = imagesOf(pod.spec ?? {})
    const sum = images.reduce((total, name) => {
      const size = node.images.get(name)
      return size === undefined ? total : total + Math.trunc(size * (spread.get(name) ?? 0))
    }, 0)
    const most = mostPerContainer * images.length
    const clamped = Math.min(Math.max(sum, least), most)
    return Math.trunc((maxNodeScore * (clamped - least)) / (most - least))
  },
}

function imagesOf(spec: { readonly containers?: readonly Imaged[]; readonly initContainers?: readonly Imaged[] }) {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? [])].map(({ image }) => withTag(image ?? ''))
}

interface Imaged {
  readonly image?: string
}

/** The name with `:latest` where neither tag nor digest stands. */
function withTag(name: string): string {
  return name.lastIndexOf(':') <= name.lastIndexOf('/') ? `${name}:latest` : name
}
