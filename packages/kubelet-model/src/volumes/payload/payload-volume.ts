import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { DirectoryEntry } from '../../files/file-tree.ts'
import { MountError } from '../mount-error.ts'
import type { MountedVolume } from '../mounted-volume.ts'
import { writeAtomically } from './atomic-writer.ts'
import type { Payload } from './payload.ts'

/** What a volume of the kubelet's own making needs. */
export interface PayloadVolumeOptions {
  readonly pod: Pod
  /** What it is to hold, as the API has it now. Throws a MountError when that cannot be told. */
  readonly collect: (pod: Pod) => Payload
  readonly directory: () => DirectoryEntry
  readonly now: () => number
  /** Tells of changes of what it is made of. Called once somebody has looked. Returns the way to stop. */
  readonly watch?: () => () => void
}

/**
 * A volume whose files the kubelet writes: config maps, secrets, fields of the pod. Nobody may write into it. It is written when
 * somebody looks for the first time.
 */
export class PayloadVolume implements MountedVolume {
  readonly readOnly = true
  readonly #options: PayloadVolumeOptions
  #pod: Pod
  #payload: Payload
  #root: DirectoryEntry | undefined
  #unwatch: (() => void) | undefined
  #writes = 0

  /** Throws a MountError when it cannot be told what the volume holds. */
  constructor(options: PayloadVolumeOptions) {
    this.#options = options
    this.#pod = options.pod
    this.#payload = options.collect(options.pod)
  }

  root(): DirectoryEntry {
    if (this.#root) return this.#root
    const root = this.#options.directory()
    this.#root = root
    this.#unwatch = this.#options.watch?.()
    this.#catchUp()
    const { fsGroup } = this.#pod.spec?.securityContext ?? {}
    root.mode = fsGroup === undefined ? 0o777 : 0o2777
    if (fsGroup !== undefined) root.gid = fsGroup
    this.#write(root)
    return root
  }

  refresh(pod: Pod): void {
    this.#pod = pod
    if (this.#root === undefined) return
    this.#payload = this.#options.collect(pod)
    this.#write(this.#root)
  }

  tearDown(): void {
    this.#unwatch?.()
  }

  /** Syncs did not bother as long as nobody looked; what has gone since stays as it was. */
  #catchUp(): void {
    try {
      this.#payload = this.#options.collect(this.#pod)
    } catch (error) {
      if (!(error instanceof MountError)) throw error
    }
  }

  #write(root: DirectoryEntry): void {
    const { fsGroup } = this.#pod.spec?.securityContext ?? {}
    const group = fsGroup === undefined ? {} : { fsGroup }
    const isNew = writeAtomically(root, this.#payload, { now: this.#options.now(), serial: this.#writes, ...group })
    if (isNew) this.#writes++
  }
}
