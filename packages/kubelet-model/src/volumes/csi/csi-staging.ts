/** The volumes that are staged on a node, each for as long as a pod of the node has it. */
export class CsiStaging {
  readonly #uses: Map<string, number> = new Map()

  /** One more pod has a volume; `stage` is called for the first one. Rejects as `stage` does. */
  async hold(volume: string, stage: () => Promise<void>): Promise<void> {
    const uses = this.#uses.get(volume) ?? 0
    this.#uses.set(volume, uses + 1)
    if (uses > 0) return
    try {
      await stage()
    } catch (error) {
      this.release(volume)
      throw error
    }
  }

  /** A pod has it no more. True when it was the last one. */
  release(volume: string): boolean {
    const uses = (this.#uses.get(volume) ?? 0) - 1
    if (uses > 0) this.#uses.set(volume, uses)
    else this.#uses.delete(volume)
    return uses === 0
  }
}
