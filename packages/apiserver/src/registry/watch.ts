import {
  type CancelSignal,
  type KubeObject,
  newResourceExpired,
  StatusError,
  statusOf,
  type WatchEvent,
} from '@kube-bonsai/apimachinery'
import type { Timer } from '@kube-bonsai/clock'
import { CompactedError, type StorageEvent, type StorageWatch } from '@kube-bonsai/storage'
import type { RequestContext, Target } from '../context.ts'
import type { Query } from '../request/query.ts'
import { EventQueue } from './event-queue.ts'
import { fromStored, prefixOf, withMeta } from './objects.ts'
import type { Selection } from './selection.ts'
import { checkListOptions, readVersion, waitForRevision } from './versions.ts'

const bookmarkInterval = 60_000
const initialEventsEnd = 'k8s.io/initial-events-end'
/** A reader that lets this many events wait is cut off; it can resume from its last version. */
const tooSlow = 100_000

/**
 * Watches a resource. Throws only for bad parameters; what goes wrong later is an ERROR event.
 * @see staging/src/k8s.io/apiserver/pkg/storage/cacher/cacher.go Watch
 */
export function watchObjects(
  context: RequestContext,
  target: Target,
  namespace: string,
  query: Query,
  selection: Selection,
  signal: CancelSignal | undefined,
): AsyncIterable<WatchEvent<unknown>> {
  checkListOptions(query, true)
  const version = readVersion(query.text('resourceVersion'), 'watch') ?? 0
  const asked = query.has('sendInitialEvents')
  const watch = new ObjectWatch(context, target, selection, {
    prefix: prefixOf(target, namespace),
    bookmarks: query.flag('allowWatchBookmarks'),
    // Without a version a watch begins with what is there, whether or not it was asked for in words.
    initial: asked ? query.flag('sendInitialEvents') : version === 0,
    endMark: asked && query.flag('sendInitialEvents'),
    timeout: (query.integer('timeoutSeconds') ?? 1800 + context.server.random.int(1800)) * 1000,
  })
  watch.begin(version, signal)
  return watch.queue
}

interface WatchSettings {
  readonly prefix: string
  readonly bookmarks: boolean
  readonly initial: boolean
  readonly endMark: boolean
  readonly timeout: number
}

class ObjectWatch {
  readonly queue: EventQueue<WatchEvent<unknown>>
  readonly #context: RequestContext
  readonly #target: Target
  readonly #selection: Selection
  readonly #settings: WatchSettings
  readonly #cleanups: (() => void)[] = []
  #bookmark: Timer | undefined

  constructor(context: RequestContext, target: Target, selection: Selection, settings: WatchSettings) {
    this.#context = context
    this.#target = target
    this.#selection = selection
    this.#settings = settings
    this.queue = new EventQueue(() => this.#end())
  }

  begin(version: number, signal: CancelSignal | undefined): void {
    const { clock } = this.#context.server
    const stop = () => this.queue.close()
    if (signal?.aborted) {
      stop()
      return
    }
    signal?.addEventListener('abort', stop, { once: true })
    const deadline = clock.schedule(clock.now() + this.#settings.timeout, stop, { background: true })
    this.#cleanups.push(
      () => signal?.removeEventListener('abort', stop),
      () => deadline.cancel(),
      () => this.#bookmark?.cancel(),
    )
    this.#run(version).catch((error: unknown) => {
      this.queue.push({ type: 'ERROR', object: statusOf(error) ?? StatusError.from(error).status })
      this.queue.close()
    })
  }

  async #run(version: number): Promise<void> {
    const { server } = this.#context
    const { storage } = server
    const { prefix, initial, endMark, bookmarks } = this.#settings
    if (version > 0) await waitForRevision(server, version, this.#target.stored)
    let from = version > 0 && !initial ? version + 1 : undefined
    if (initial) {
      const page = await storage.range({ prefix })
      for (const { value } of page.items) if (this.#selection.matches(value)) this.#push('ADDED', value)
      if (endMark && bookmarks) this.#pushBookmark(page.revision, { [initialEventsEnd]: 'true' })
      from = page.revision + 1
    }
    try {
      const watch = this.#watchStore(from)
      this.#cleanups.push(() => watch.cancel())
    } catch (error) {
      if (!(error instanceof CompactedError)) throw error
      throw newResourceExpired(`too old resource version: ${version} (${storage.compactedRevision})`)
    }
    if (bookmarks) this.#armBookmark()
  }

  #watchStore(from: number | undefined): StorageWatch {
    const { podsByNode, storage } = this.#context.server
    const { prefix } = this.#settings
    const { group, resource, prefix: all } = this.#target.stored
    const node =
      group === '' && resource === 'pods' && prefix === all ? this.#selection.valueOf('spec.nodeName') : undefined
    const shared =
      node === undefined
        ? undefined
        : podsByNode.watch(node, from ?? storage.revision + 1, (event) => this.#observe(event))
    if (shared !== undefined) return shared
    return storage.watch({
      prefix,
      ...(from !== undefined && { fromRevision: from }),
      onEvents: (events) => {
        for (const event of events) this.#observe(event)
      },
    })
  }

  #observe({ type, kv, previous }: StorageEvent<KubeObject>): void {
    const was = previous !== undefined && this.#selection.matches(previous.value)
    const is = type === 'put' && this.#selection.matches(kv.value)
    if (is) this.#push(was ? 'MODIFIED' : 'ADDED', kv.value)
    else if (was && previous !== undefined) {
      // One that no longer matches is shown as it was last seen, at the version that took it away.
      const gone = type === 'delete' ? kv.value : withMeta(previous.value, { resourceVersion: String(kv.modRevision) })
      this.#push('DELETED', gone)
    }
    if (this.queue.length > tooSlow) this.queue.close()
  }

  #push(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): void {
    try {
      this.queue.push({ type, object: fromStored(this.#target, object) })
    } catch (error) {
      // An object that this version cannot show ends the watch, and must not end the store's round.
      this.queue.push({ type: 'ERROR', object: statusOf(error) ?? StatusError.from(error).status })
      this.queue.close()
    }
  }

  #pushBookmark(revision: number, annotations?: Readonly<Record<string, string>>): void {
    const { kind, group, version } = this.#target.info
    const apiVersion = group === '' ? version : `${group}/${version}`
    const metadata = { resourceVersion: String(revision), ...(annotations && { annotations }) }
    this.queue.push({ type: 'BOOKMARK', object: { kind, apiVersion, metadata } })
  }

  #armBookmark(): void {
    const { clock, storage } = this.#context.server
    const mark = () => {
      this.#pushBookmark(storage.revision)
      this.#armBookmark()
    }
    this.#bookmark = clock.schedule(clock.now() + bookmarkInterval, mark, { background: true })
  }

  #end(): void {
    for (const cleanup of this.#cleanups.splice(0)) cleanup()
  }
}
