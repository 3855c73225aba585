import type { Container, Pod } from '@kube-bonsai/api-types/core/v1'
import type { EnsuredImage } from '../../images/image-manager.ts'
import type { WorkerContext } from '../../pod/worker-context.ts'

/** An image that a container cannot have. */
export type MissingImage = Extract<EnsuredImage, { readonly ok: false }>

/** How messages of a runtime begin that could not mount an image. */
export const imageMountFailed = 'ImageVolumeMountFailed'

/**
 * The images that one pod mounts as volumes: looked after at each sync of the pod, once it has a sandbox. One that is not there keeps
 * only those containers from starting that mount it.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/kuberuntime/kuberuntime_manager.go getImageVolumes
 */
export class ImageVolumes {
  readonly #context: Pick<WorkerContext, 'images' | 'metrics'>
  /** What came of each volume's image; undefined for pods that have none. */
  #ensured: Map<string, EnsuredImage> | undefined

  constructor(context: Pick<WorkerContext, 'images' | 'metrics'>) {
    this.#context = context
  }

  /** Sees to it that the images are there; undefined where the pod has no such volumes. Never rejects. */
  ensure(pod: Pod): Promise<void> | undefined {
    const volumes = pod.spec?.volumes?.filter(({ image }) => image !== undefined) ?? []
    return volumes.length === 0 ? undefined : this.#ensureAll(pod, volumes)
  }

  async #ensureAll(pod: Pod, volumes: NonNullable<NonNullable<Pod['spec']>['volumes']>): Promise<void> {
    const ensured = new Map<string, EnsuredImage>()
    for (const { name, image } of volumes) {
      const { reference = '', pullPolicy = 'IfNotPresent' } = image ?? {}
      ensured.set(name, await this.#context.images.ensure(pod, { image: reference, policy: pullPolicy }))
    }
    this.#ensured = ensured
  }

  /** The images that a container mounts and cannot have. */
  missing(container: Container): readonly MissingImage[] {
    return this.#of(container).filter((image): image is MissingImage => !image.ok)
  }

  /** Counts a container that was started, or why that failed. */
  count(container: Container, problem?: { readonly reason: string; readonly message: string }): void {
    if (this.#ensured === undefined) return
    const { metrics } = this.#context
    const mounts = this.#of(container).length
    const names = new Set(container.volumeMounts?.map(({ name }) => name).filter((name) => this.#ensured?.has(name)))
    metrics.counter('image_volume_requested_total').add(names.size)
    const failed = problem?.reason === 'CreateContainerError' && problem.message.startsWith(imageMountFailed)
    metrics.counter(`image_volume_mounted_${failed ? 'errors' : 'succeed'}_total`).add(mounts)
  }

  #of({ volumeMounts = [] }: Container): readonly EnsuredImage[] {
    return volumeMounts.flatMap(({ name }) => this.#ensured?.get(name) ?? [])
  }
}
