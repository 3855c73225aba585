import type { CustomResourceDefinition } from '@kube-bonsai/api-types/apiextensions/v1'
import {
  type ApiRequest,
  type ApiResponse,
  formatTime,
  instantOfMillis,
  type KubeObject,
} from '@kube-bonsai/apimachinery'
import type { Clock } from '@kube-bonsai/clock'
import type { CustomResources } from '../custom-resources.ts'
import {
  asDefinition,
  cleanupFinalizer,
  definitionPath,
  holds,
  type NewCondition,
  withCondition,
} from '../definition.ts'
import { withApproval, withEstablished, withStructural } from './conditions.ts'
import { withAcceptedNames } from './naming.ts'

/** What the controllers of definitions work with. */
export interface DefinitionControllersOptions {
  readonly customResources: CustomResources
  readonly clock: Clock
  /** Writes through the API, as the server itself. */
  request(request: ApiRequest): Promise<ApiResponse>
  /** Deletes every object of a custom resource that nothing holds, and tells how many are left. */
  deleteObjects(crd: CustomResourceDefinition): Promise<number>
}

const again = 5000

/**
 * The controllers that the API server itself runs for definitions: they accept names, establish, and clean up behind those
 * that are deleted. One definition is looked at after the other, each until there is nothing to say about it.
 */
export class DefinitionControllers {
  readonly #options: DefinitionControllersOptions
  readonly #waiting: Set<string> = new Set()
  #running = false

  constructor(options: DefinitionControllersOptions) {
    this.#options = options
    options.customResources.subscribe((name, crd) => {
      this.#waiting.add(name)
      if (crd === undefined) this.#addGroup(name)
      this.#start()
    })
  }

  /** Names that a definition gives up may be what others of its group wait for. */
  #addGroup(name: string): void {
    const group = name.slice(name.indexOf('.') + 1)
    for (const { metadata, spec } of this.#options.customResources.definitions())
      if (spec.group === group && metadata.name !== undefined) this.#waiting.add(metadata.name)
  }

  #start(): void {
    if (this.#running) return
    this.#running = true
    const release = this.#options.clock.hold()
    this.#run().finally(() => {
      this.#running = false
      release()
      if (this.#waiting.size > 0) this.#start()
    })
  }

  async #run(): Promise<void> {
    for (const name of this.#waiting) {
      this.#waiting.delete(name)
      const crd = this.#options.customResources.definition(name)
      if (crd === undefined) continue
      try {
        await this.#sync(name, crd)
      } catch (error) {
        await this.#failed(name, error)
      }
    }
  }

  /** What fails is tried again; the definition says so meanwhile. */
  async #failed(name: string, error: unknown): Promise<void> {
    const crd = this.#options.customResources.definition(name)
    this.#lookAgain(name)
    if (crd?.metadata.deletionTimestamp === undefined) return
    const message = `could not issue all deletes: ${error instanceof Error ? error.message : String(error)}`
    const failed = { type: 'Terminating', status: 'True', reason: 'InstanceDeletionFailed', message } as const
    await this.#write(name, withCondition(crd, failed, this.#now))
  }

  get #now(): string {
    return formatTime(instantOfMillis(this.#options.clock.now()))
  }

  async #sync(name: string, crd: CustomResourceDefinition): Promise<void> {
    const { customResources } = this.#options
    if (crd.metadata.deletionTimestamp !== undefined && crd.metadata.finalizers?.includes(cleanupFinalizer))
      return this.#cleanUp(name, crd)
    const others = customResources.definitions().filter((other) => other.metadata.name !== name)
    // Each has a write of its own, as upstream's controllers have; the next looks at what came of it.
    for (const step of [withStructural, withApproval]) {
      const next = step(crd, this.#now)
      if (next !== crd) return void (await this.#write(name, next))
    }
    const named = withAcceptedNames(crd, others, this.#now)
    if (named !== crd) {
      const written = await this.#write(name, named)
      if (written) this.#addGroup(name)
      return
    }
    const established = withEstablished(crd, this.#now)
    if (established !== crd) await this.#write(name, established)
  }

  /** @see staging/src/k8s.io/apiextensions-apiserver/pkg/controller/finalizer/crd_finalizer.go */
  async #cleanUp(name: string, crd: CustomResourceDefinition): Promise<void> {
    const begun = await this.#write(name, withCondition(crd, inProgress, this.#now))
    if (begun === undefined) return
    let end = neverEstablished
    if (holds(begun, 'Established')) {
      const left = await this.#options.deleteObjects(begun)
      if (left > 0) return this.#lookAgain(name)
      end = completed
    }
    const finalizers = (begun.metadata.finalizers ?? []).filter((one) => one !== cleanupFinalizer)
    const { finalizers: _, ...rest } = begun.metadata
    const metadata = finalizers.length > 0 ? { ...rest, finalizers } : rest
    await this.#write(name, { ...withCondition(begun, end, this.#now), metadata })
  }

  #lookAgain(name: string): void {
    const { clock } = this.#options
    const look = () => {
      this.#waiting.add(name)
      this.#start()
    }
    clock.schedule(clock.now() + again, look, { background: true })
  }

  /** Undefined when another write came first: its event brings the definition back here. */
  async #write(name: string, crd: CustomResourceDefinition): Promise<CustomResourceDefinition | undefined> {
    const response = await this.#options.request({
      method: 'PUT',
      path: `${definitionPath}/${name}/status`,
      query: { fieldManager: 'kube-apiserver' },
      body: crd as unknown as KubeObject,
    })
    return response.status < 300 ? asDefinition(response.body as KubeObject) : undefined
  }
}

const inProgress: NewCondition = {
  type: 'Terminating',
  status: 'True',
  reason: 'InstanceDeletionInProgress',
  message: 'CustomResource deletion is in progress',
}
const neverEstablished: NewCondition = {
  type: 'Terminating',
  status: 'False',
  reason: 'NeverEstablished',
  message: 'resource was never established',
}
const completed: NewCondition = {
  type: 'Terminating',
  status: 'False',
  reason: 'InstanceDeletionCompleted',
  message: 'removed all instances',
}
