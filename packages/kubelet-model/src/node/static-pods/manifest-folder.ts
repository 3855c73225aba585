import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { type ManifestError, type ManifestRules, staticPodOf } from './manifest.ts'

/** Where manifests come from, and what is to be done with them. */
export interface ManifestFolderOptions {
  /** A directory, or one file. */
  readonly path: string
  readonly nodeName: string
  readonly rules: ManifestRules
  /** Every file of the machine by its absolute path. */
  readonly files: () => Readonly<Record<string, string>>
  /** A file is no static pod. */
  failed(error: ManifestError): void
}

/**
 * The pods of a folder of manifests. Files that begin with a dot, and folders within it, do not count; of two pods of one name the
 * one of the later file does.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/config/file.go
 */
export class ManifestFolder {
  readonly #options: ManifestFolderOptions
  readonly #path: string
  readonly #keyOf: Map<string, string> = new Map()
  #pods: Map<string, Pod> = new Map()

  constructor(options: ManifestFolderOptions) {
    this.#options = options
    this.#path = options.path.replace(/(?<=.)\/+$/, '')
  }

  get pods(): readonly Pod[] {
    return [...this.#pods.values()]
  }

  /** Reads everything anew: only what can be read now counts. */
  list(): void {
    const { files } = this.#options
    const paths = Object.keys(files())
      .filter((path) => this.#belongs(path))
      .sort()
    this.#pods = new Map(
      paths.flatMap((path) => {
        const pod = this.#read(path)
        return pod === undefined ? [] : [[keyOf(pod), pod] as const]
      }),
    )
  }

  /**
   * One file has changed. What it says counts; a file that cannot be read changes nothing for now. Returns true when the folder
   * should be read anew soon.
   */
  changed(path: string): boolean {
    if (!this.#belongs(path)) return false
    const before = this.#keyOf.get(path)
    if (!Object.hasOwn(this.#options.files(), path)) {
      this.#keyOf.delete(path)
      if (before !== undefined) this.#pods.delete(before)
      return before !== undefined && [...this.#keyOf.values()].includes(before)
    }
    const pod = this.#read(path)
    if (pod === undefined) return true
    this.#pods.set(keyOf(pod), pod)
    return before !== undefined && before !== keyOf(pod)
  }

  #belongs(path: string): boolean {
    if (path === this.#path) return true
    const rest = path.startsWith(`${this.#path}/`) ? path.slice(this.#path.length + 1) : ''
    return rest !== '' && !rest.includes('/') && !rest.startsWith('.')
  }

  #read(path: string): Pod | undefined {
    const { files, nodeName, rules, failed } = this.#options
    try {
      const pod = staticPodOf(path, files()[path] ?? '', nodeName, rules)
      this.#keyOf.set(path, keyOf(pod))
      return pod
    } catch (error) {
      failed(error as ManifestError)
      return undefined
    }
  }
}

/** By which pods are told apart. */
export const keyOf = ({ metadata: { namespace, name } }: Pod): string => `${namespace}/${name}`
