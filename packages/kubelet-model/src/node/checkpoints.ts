/**
 * Small files that outlive a kubelet: what it must know after a restart. Names are those of the kubelet's own files, as
 * `allocated_pods_state` or `cpu_manager_state`.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/checkpointmanager/checkpoint_manager.go
 */
export interface CheckpointStore {
  /** The text that was written last; undefined where there is none. */
  read(name: string): string | undefined
  write(name: string, text: string): void
  remove(name: string): void
  /** The names of all checkpoints, sorted. */
  names(): readonly string[]
}

/** Checkpoints in memory, optionally beginning with some: give the same store to the kubelet that comes after. */
export class MemoryCheckpoints implements CheckpointStore {
  readonly #texts: Map<string, string>

  constructor(texts: Iterable<readonly [string, string]> = []) {
    this.#texts = new Map(texts)
  }

  read(name: string): string | undefined {
    return this.#texts.get(name)
  }

  write(name: string, text: string): void {
    this.#texts.set(name, text)
  }

  remove(name: string): void {
    this.#texts.delete(name)
  }

  names(): readonly string[] {
    return [...this.#texts.keys()].sort()
  }
}
