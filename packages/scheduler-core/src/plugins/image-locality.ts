import type { StateKey } from '../framework/cycle-state.ts'
import type { PluginFactory } from '../framework/handle.ts'
import { maxNodeScore } from '../framework/normalize.ts'
import { imageIndexOf } from './image-index.ts'

/** One image of the pod, with the share of nodes that have it. */
interface Wanted {
  readonly name: string
  readonly share: number
}

const wantedKey: StateKey<readonly Wanted[]> = { name: 'PreScoreImageLocality' }
const mebibyte = 1024 * 1024
const least = 23 * mebibyte
const mostPerContainer = 1000 * mebibyte

/**
 * Prefers nodes that have the pod's images, the larger and the more widely spread the better.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/plugins/imagelocality/image_locality.go
 */
export const imageLocality: PluginFactory = (_args, handle) => ({
  name: 'ImageLocality',
  preScore(state, { pod }) {
    const { initContainers = [], containers = [] } = pod.spec ?? {}
    const snapshot = handle.snapshot()
    const index = imageIndexOf(handle, snapshot)
    const wanted = [...initContainers, ...containers].map(({ image }) => {
      const name = withTag(image ?? '')
      return { name, share: index.nodesWith(name) / snapshot.nodes.length }
    })
    state.write(wantedKey, wanted)
    return undefined
  },
  score(state, _pod, { images }) {
    const wanted = state.read(wantedKey)
    if (wanted === undefined || images.size === 0) return 0
    let sum = 0
    for (const { name, share } of wanted) {
      const size = images.get(name)
      if (size !== undefined) sum += Math.trunc(size * share)
    }
    const most = mostPerContainer * wanted.length
    const clamped = Math.min(Math.max(sum, least), most)
    return Math.trunc((maxNodeScore * (clamped - least)) / (most - least))
  },
})

/** The name with `:latest` where neither tag nor digest stands. */
function withTag(name: string): string {
  return name.lastIndexOf(':') <= name.lastIndexOf('/') ? `${name}:latest` : name
}
