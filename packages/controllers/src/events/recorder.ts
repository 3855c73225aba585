import { isNotFound, type KubeObject, type Stored } from '@kube-bonsai/apimachinery'
import type { Client } from '@kube-bonsai/client'
import type { Clock, Random } from '@kube-bonsai/clock'
import { timeText } from '../api/meta.ts'
import { clientOf, namespaced, type ResourceRef } from '../api/resources.ts'
import type { EventRecorder } from '../event-recorder.ts'
import { type Correlation, EventCorrelator } from './correlator.ts'

/** A core/v1 Event before it is stored. */
export interface EventDraft extends KubeObject {
  readonly involvedObject: {
    readonly apiVersion: string
    readonly kind: string
    readonly name?: string
    readonly namespace?: string
    readonly uid?: string
    readonly resourceVersion?: string
  }
  readonly reason: string
  readonly message: string
  readonly type: string
  readonly source: { readonly component: string; readonly host?: string }
  readonly reportingComponent: string
  readonly reportingInstance: string
  readonly firstTimestamp: string
  readonly lastTimestamp: string
  readonly count: number
}

const events: ResourceRef<EventDraft> = namespaced('', 'v1', 'events', 'Event')

/** What a recorder needs. */
export interface EventRecorderOptions {
  readonly client: Client
  readonly clock: Clock
  readonly random: Random
  /** The component that the Events name as their source. */
  readonly component: string
  /** The node that the component runs on, for those that run on each. */
  readonly host?: string
  /** Told of Events that could not be written. */
  readonly onError?: (error: unknown) => void
}

/**
 * Writes core/v1 Events about objects in the background, one after the other, with client-go's correlation.
 *
 * @see staging/src/k8s.io/client-go/tools/record/event.go
 */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { client, clock, component, host, onError } = options
  const random = options.random.fork(`events/${component}${host === undefined ? '' : `/${host}`}`)
  const correlator = new EventCorrelator<Stored<EventDraft>>()
  let tail: Promise<void> = Promise.resolve()
  let last = { at: Number.NEGATIVE_INFINITY, offset: 0 }

  /** Grows with every Event: those of one millisecond are listed in the order in which they happened. */
  const nanosecondsOf = (now: number): bigint => {
    const offset = last.at === now ? last.offset + 1 + random.int(100) : random.int(900_000)
    last = { at: now, offset }
    return BigInt(now) * 1_000_000n + BigInt(offset)
  }

  const create = async (draft: EventDraft, key: string): Promise<void> => {
    correlator.stored(key, await clientOf(client, events, draft.metadata.namespace).create(draft))
  }
  const write = async (draft: EventDraft, verdict: Correlation<Stored<EventDraft>>): Promise<void> => {
    if (verdict.action === 'drop') return
    if (verdict.action === 'create') return create(draft, verdict.key)
    const { count, key, message, stored } = verdict
    const { name } = stored.metadata
    try {
      const patch = { count, lastTimestamp: draft.lastTimestamp, message }
      correlator.stored(key, await clientOf(client, events, draft.metadata.namespace).patch(name, 'strategic', patch))
    } catch (error) {
      if (!isNotFound(error)) throw error
      await create({ ...draft, count, firstTimestamp: stored.firstTimestamp }, key)
    }
  }

  return {
    event(object, type, reason, message) {
      const now = clock.now()
      const { namespace = '', name = '', uid = '' } = object.metadata
      // Joined, not concatenated: these are kept as keys, and engines keep the pieces of a concatenation.
      const about = [component, object.kind, namespace, name, uid].join('\n')
      const nanoseconds = nanosecondsOf(now)
      tail = tail
        .then(() => {
          const verdict = correlator.correlate({ group: [about, type, reason].join('\n'), message, source: about }, now)
          const text = verdict.action === 'drop' ? message : verdict.message
          return write(draftOf(object, { component, host, type, reason, message: text, now, nanoseconds }), verdict)
        })
        .catch((error: unknown) => onError?.(error))
    },
  }
}

interface Happening {
  readonly component: string
  readonly host: string | undefined
  readonly type: string
  readonly reason: string
  readonly message: string
  readonly now: number
  readonly nanoseconds: bigint
}

function draftOf(object: KubeObject, happening: Happening): EventDraft {
  const { name = '', namespace = '', uid, resourceVersion } = object.metadata
  const { component, host, type, reason, message, now, nanoseconds } = happening
  const time = timeText(now)
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${nanoseconds.toString(16)}`, namespace: namespace === '' ? 'default' : namespace },
    involvedObject: {
      apiVersion: object.apiVersion,
      kind: object.kind,
      name,
      ...(namespace === '' ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    reason,
    message: message.length > 1024 ? `${message.slice(0, 1021)}...` : message,
    type,
    source: { component, ...(host !== undefined && { host }) },
    reportingComponent: component,
    reportingInstance: host ?? '',
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  }
}
