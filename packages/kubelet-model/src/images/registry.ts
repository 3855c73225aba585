import { repositoryOf, withDefaultTag } from './image-reference.ts'

/** Who asks a registry. */
export interface RegistryLogin {
  readonly username: string
  readonly password: string
}

/** An image as a registry has it. */
export interface RegistryImage {
  /** 50 MB by default. */
  readonly sizeBytes?: number
  /** What is in it, by absolute path. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  /** How long a pull takes; by its size when absent. */
  readonly pullMilliseconds?: number
}

/** What a registry answers. */
export type RegistryAnswer =
  | { readonly ok: true; readonly image: RegistryImage }
  | { readonly ok: false; readonly message: string }

/** How a registry begins. */
export interface RegistryOptions {
  /** Images by reference, with their tags. */
  readonly images?: Readonly<Record<string, RegistryImage>>
  /** Repositories that only some may read, and who. */
  readonly access?: Readonly<Record<string, readonly RegistryLogin[]>>
  /** True refuses images that nobody has published; by default they are there, as if everything were public. */
  readonly isStrict?: boolean
}

/**
 * The registries of a simulated world: which images there are, who may read them, and what is broken. It can change while
 * clusters run.
 */
export class SimulatedRegistry {
  readonly #images: Map<string, RegistryImage>
  readonly #access: Map<string, readonly RegistryLogin[]>
  readonly #broken: Map<string, string> = new Map()
  readonly #withdrawn: Set<string> = new Set()
  readonly #isStrict: boolean
  #calls = 0

  constructor({ images = {}, access = {}, isStrict = false }: RegistryOptions = {}) {
    this.#images = new Map(Object.entries(images).map(([name, image]) => [withDefaultTag(name), image]))
    this.#access = new Map(Object.entries(access))
    this.#isStrict = isStrict
  }

  /** How often anybody has asked. */
  get calls(): number {
    return this.#calls
  }

  publish(reference: string, image: RegistryImage = {}): void {
    this.#withdrawn.delete(withDefaultTag(reference))
    this.#images.set(withDefaultTag(reference), image)
  }

  /** Nobody finds the image any more; nodes that have it keep it. */
  withdraw(reference: string): void {
    this.#images.delete(withDefaultTag(reference))
    this.#withdrawn.add(withDefaultTag(reference))
  }

  /** Only these may read a repository from now on; undefined lets everybody. */
  restrict(repository: string, logins: readonly RegistryLogin[] | undefined): void {
    if (logins === undefined) this.#access.delete(repository)
    else this.#access.set(repository, logins)
  }

  /** Pulls from a repository fail with a message; undefined repairs it. A message that begins with `RegistryUnavailable` is told so. */
  breakDown(repository: string, message: string | undefined): void {
    if (message === undefined) this.#broken.delete(repository)
    else this.#broken.set(repository, message)
  }

  /** What is in an image; undefined where nobody has said so. */
  files(reference: string): Readonly<Record<string, string | Uint8Array>> | undefined {
    return this.#images.get(withDefaultTag(reference))?.files
  }

  /** Asks for an image. Messages are those of containerd. */
  ask(reference: string, login: RegistryLogin | undefined): RegistryAnswer {
    this.#calls++
    const image = withDefaultTag(reference)
    const repository = repositoryOf(image)
    const broken = this.#broken.get(repository)
    if (broken !== undefined) return { ok: false, message: broken }
    const failed = (code: string, why: string): RegistryAnswer => ({
      ok: false,
      message: `rpc error: code = ${code} desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${why}`,
    })
    const logins = this.#access.get(repository)
    const isKnown = (one: RegistryLogin) => one.username === login?.username && one.password === login?.password
    if (logins !== undefined && !logins.some(isKnown)) {
      const cause = login === undefined ? 'no basic auth credentials' : '401 Unauthorized'
      return failed('Unknown', `pull access denied, repository does not exist or may require authorization: ${cause}`)
    }
    const found = this.#images.get(image)
    if (found !== undefined) return { ok: true, image: found }
    if (this.#isStrict || this.#withdrawn.has(image)) return failed('NotFound', `${image}: not found`)
    return { ok: true, image: {} }
  }
}
