/** Turns the resource versions of one play into labels that keep which is which, and which is newer. */
export class Versions {
  readonly #start: number
  readonly #seen = new Map<string, string>()
  #newest: number
  #newestBefore: number
  /** The step whose answer is being read. */
  step: string = ''

  constructor(start: number) {
    this.#start = start
    this.#newest = start
    this.#newestBefore = start
  }

  /** Begins an answer, or an event: what is newer than all before it is new. */
  begin(step: string): void {
    this.step = step
    this.#newestBefore = this.#newest
  }

  ofObject(version: string, path: string): string {
    if (!/^[1-9]\d*$/.test(version)) return version
    const known = this.#seen.get(version)
    if (known !== undefined) return known
    const number = Number(version)
    if (number <= this.#start) return '<version from before>'
    this.#seen.set(version, `<version of ${this.step} ${path}>`)
    this.#newest = Math.max(this.#newest, number)
    return number > this.#newestBefore ? '<new version>' : '<unseen version>'
  }

  /** Versions of lists and bookmarks belong to nobody; they must not be older than what was seen. */
  ofList(version: string): string {
    if (!/^[1-9]\d*$/.test(version)) return version
    return Number(version) >= this.#newest ? '<list version>' : (this.#seen.get(version) ?? '<old list version>')
  }
}
