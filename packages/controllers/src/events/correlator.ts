/** An Event before it is correlated. */
export interface Occurrence {
  /** Who tells, about whom, of what kind: all but the text. */
  readonly group: string
  readonly message: string
  /** Who tells, about whom. */
  readonly source: string
}

/** What to do with an occurrence. */
export type Correlation<T> =
  | { readonly action: 'drop' }
  | { readonly action: 'create'; readonly message: string; readonly key: string }
  | {
      readonly action: 'count'
      readonly message: string
      readonly key: string
      readonly count: number
      readonly stored: T
    }

interface Recorded<T> {
  count: number
  stored: T | undefined
}
interface Group {
  /** Different ones, the oldest first; never more than a few. */
  messages: string[]
  last: number
}
interface Bucket {
  tokens: number
  last: number
}

const cacheSize = 4096
const similarLimit = 10
const similarInterval = 600_000
const burst = 25
const refill = 300_000

/**
 * client-go's correlation of Events: the same one again raises a count, more than ten texts of one kind in ten minutes
 * become one, and a source has 25 Events about an object, then one more each five minutes.
 *
 * @see staging/src/k8s.io/client-go/tools/record/events_cache.go
 */
export class EventCorrelator<T> {
  readonly #recorded = new Map<string, Recorded<T>>()
  readonly #groups = new Map<string, Group>()
  readonly #buckets = new Map<string, Bucket>()

  /** Decides; `now` is in milliseconds since the epoch. */
  correlate(occurrence: Occurrence, now: number): Correlation<T> {
    const aggregated = this.#isAggregated(occurrence, now)
    const message = aggregated ? `(combined from similar events): ${occurrence.message}` : occurrence.message
    const key = aggregated ? occurrence.group : [occurrence.group, occurrence.message].join('\n')
    const before = this.#recorded.get(key)
    const count = (before?.count ?? 0) + 1
    remember(this.#recorded, key, { count, stored: before?.stored })
    if (!this.#takeToken(occurrence.source, now)) return { action: 'drop' }
    const stored = before?.stored
    return stored === undefined ? { action: 'create', message, key } : { action: 'count', message, key, count, stored }
  }

  /** Remembers what the server made of an occurrence. */
  stored(key: string, stored: T): void {
    const recorded = this.#recorded.get(key)
    if (recorded !== undefined) recorded.stored = stored
  }

  #isAggregated({ group, message }: Occurrence, now: number): boolean {
    const known = this.#groups.get(group)
    const fresh = known === undefined || now - known.last > similarInterval
    const entry = fresh ? { messages: [], last: now } : known
    entry.last = now
    if (!entry.messages.includes(message)) entry.messages.push(message)
    remember(this.#groups, group, entry)
    if (entry.messages.length < similarLimit) return false
    if (entry.messages.length > similarLimit) entry.messages.shift()
    return true
  }

  #takeToken(source: string, now: number): boolean {
    const bucket = this.#buckets.get(source) ?? { tokens: burst, last: now }
    bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.last) / refill)
    bucket.last = now
    remember(this.#buckets, source, bucket)
    if (bucket.tokens < 1) return false
    bucket.tokens -= 1
    return true
  }
}

/** Keeps the most recently used entries. */
function remember<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= cacheSize) return
  const oldest = map.keys().next()
  if (oldest.done !== true) map.delete(oldest.value)
}
