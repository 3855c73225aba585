import {
  CsiError,
  type CsiNodeDriver,
  type NodePublishRequest,
  type NodeStageRequest,
  type NodeUnpublishRequest,
  type NodeUnstageRequest,
} from './csi-driver.ts'
import { tokensKey } from './csi-tokens.ts'

/** How a simulated driver behaves. */
export interface SimulatedCsiDriverOptions {
  /** Where it looks for tokens of service accounts, without which it refuses to mount; it wants none by default. */
  readonly tokensFrom?: 'secrets' | 'context' | 'both'
  /** What it puts into a volume, by path; nothing by default. */
  readonly files?: (request: NodePublishRequest) => Readonly<Record<string, string>>
  readonly stages?: boolean
  readonly mountsGroups?: boolean
}

/** A driver that remembers what it was asked. */
export class SimulatedCsiDriver implements CsiNodeDriver {
  readonly stages: boolean
  readonly mountsGroups: boolean
  readonly published: NodePublishRequest[] = []
  readonly unpublished: NodeUnpublishRequest[] = []
  readonly staged: NodeStageRequest[] = []
  readonly unstaged: NodeUnstageRequest[] = []
  readonly #options: SimulatedCsiDriverOptions
  #problem: CsiError | undefined

  constructor(options: SimulatedCsiDriverOptions = {}) {
    this.#options = options
    this.stages = options.stages === true
    this.mountsGroups = options.mountsGroups === true
  }

  /** It refuses to mount from now on; undefined repairs it. */
  breakDown(problem: CsiError | undefined): void {
    this.#problem = problem
  }

  publish(request: NodePublishRequest): void {
    this.published.push(request)
    if (this.#problem) throw this.#problem
    const { tokensFrom, files } = this.#options
    const { secrets, volumeContext } = request
    const places = { secrets: [secrets], context: [volumeContext], both: [secrets, volumeContext] }
    const found = tokensFrom === undefined || places[tokensFrom].some((place) => place[tokensKey] !== undefined)
    if (!found) throw new CsiError('InvalidArgument', `${tokensKey} is not in the request`)
    for (const [path, text] of Object.entries(files?.(request) ?? {})) {
      const directory = path.slice(0, path.lastIndexOf('/'))
      if (directory !== '') request.files.makeDirectory(directory, { parents: true })
      request.files.write(path, text)
    }
  }

  stage(request: NodeStageRequest): void {
    this.staged.push(request)
  }

  unstage(request: NodeUnstageRequest): void {
    this.unstaged.push(request)
  }

  unpublish(request: NodeUnpublishRequest): void {
    this.unpublished.push(request)
  }
}
