import type { ApiRequest, KubeObject } from '@kube-bonsai/apimachinery'
import type { Storage } from '@kube-bonsai/storage'
import { type Page, text } from '../discovery/page.ts'
import { version } from '../discovery/version.ts'
import type { FlowControl } from '../flow-control/flow-control.ts'
import type { Catalog } from '../registry/catalog.ts'
import type { RequestCounts } from './request-counts.ts'
import { type MetricFamily, metricsText } from './text.ts'

/** What metrics are taken of. */
export interface MetricSources {
  readonly storage: Storage<KubeObject>
  readonly catalog: Catalog
  readonly requests: RequestCounts
  readonly flowControl: FlowControl
  /** When the server began, in milliseconds since the epoch. */
  readonly started: number
}

const contentType = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores'

/** `/metrics` and `/metrics/slis`; undefined for other paths. */
export async function metricsPage(sources: MetricSources, { path, method }: ApiRequest): Promise<Page | undefined> {
  const headers = { 'process-start-time-unix': String(Math.floor(sources.started / 1000)) }
  if (path === '/metrics/slis') return text('', contentType, headers)
  if (path !== '/metrics') return undefined
  if (method === 'DELETE') {
    sources.requests.reset()
    return text('metrics reset\n')
  }
  const families = [...invariants, ...requestFamilies(sources), ...flowFamilies(sources), await objectFamily(sources)]
  return text(metricsText(families), contentType, headers)
}

/**
 * Declared and hand-written rules are the same thing here, so that they cannot disagree; and a rule that fails fails its
 * request. They are there from the start, because a missing one counts as a failure.
 *
 * @see https://kep.k8s.io/5468
 */
const invariants: readonly MetricFamily[] = [
  {
    name: 'apiserver_validation_declarative_validation_mismatch_total',
    stability: 'BETA',
    help: 'Validations whose declared rules did not say what the hand-written ones said.',
    type: 'counter',
    samples: [{ value: 0 }],
  },
  {
    name: 'apiserver_validation_declarative_validation_panic_total',
    stability: 'BETA',
    help: 'Validations in which declared rules failed.',
    type: 'counter',
    samples: [{ value: 0 }],
  },
]

function requestFamilies({ requests, started }: MetricSources): readonly MetricFamily[] {
  const { mutating, readOnly } = requests.running
  return [
    {
      name: 'apiserver_request_total',
      stability: 'STABLE',
      help: 'Requests over HTTP by verb, dry run, resource, scope and status.',
      type: 'counter',
      samples: requests.samples,
    },
    {
      name: 'apiserver_current_inflight_requests',
      stability: 'STABLE',
      help: 'Requests over HTTP that are being answered now.',
      type: 'gauge',
      samples: [
        { labels: { request_kind: 'mutating' }, value: mutating },
        { labels: { request_kind: 'readOnly' }, value: readOnly },
      ],
    },
    {
      name: 'kubernetes_build_info',
      stability: 'ALPHA',
      help: 'Always 1; its labels say what the server stands for.',
      type: 'gauge',
      samples: [{ labels: buildLabels, value: 1 }],
    },
    {
      name: 'process_start_time_seconds',
      stability: '',
      help: 'When the server began, in seconds since the epoch.',
      type: 'gauge',
      samples: [{ value: started / 1000 }],
    },
  ]
}

const labelNames = {
  build_date: 'buildDate',
  compiler: 'compiler',
  git_commit: 'gitCommit',
  git_tree_state: 'gitTreeState',
  git_version: 'gitVersion',
  go_version: 'goVersion',
  major: 'major',
  minor: 'minor',
  platform: 'platform',
}
const buildLabels = Object.fromEntries(Object.entries(labelNames).map(([label, name]) => [label, version[name] ?? '']))

function flowFamilies({ flowControl }: MetricSources): readonly MetricFamily[] {
  const { levels } = flowControl
  const family = (
    name: string,
    type: MetricFamily['type'],
    help: string,
    take: (counts: (typeof levels)[number][1]) => number,
    more: Readonly<Record<string, string>> = {},
  ): MetricFamily => ({
    name: `apiserver_flowcontrol_${name}`,
    stability: 'BETA',
    help,
    type,
    samples: levels.map(([level, counts]) => ({ labels: { priority_level: level, ...more }, value: take(counts) })),
  })
  return [
    family('dispatched_requests_total', 'counter', 'Requests that got a seat.', (counts) => counts.dispatched),
    family('current_executing_requests', 'gauge', 'Requests that have a seat.', (counts) => counts.executing),
    family('current_executing_seats', 'gauge', 'Seats that are taken.', (counts) => counts.executing),
    family('current_inqueue_requests', 'gauge', 'Requests that wait for a seat.', (counts) => counts.waiting),
    family('nominal_limit_seats', 'gauge', 'Seats of a level.', (counts) => counts.seats),
    family(
      'rejected_requests_total',
      'counter',
      'Requests that found no room, or waited too long.',
      (counts) => counts.rejected + counts.timedOut,
    ),
  ]
}

async function objectFamily({ storage, catalog }: MetricSources): Promise<MetricFamily> {
  const kinds = new Map<string, { readonly group: string; readonly resource: string }>()
  for (const info of catalog.served) {
    // What cannot be watched is not kept: component statuses, and metrics of nodes and pods.
    if (!info.verbs.includes('list') || !info.verbs.includes('watch')) continue
    const { group, resource, prefix } = catalog.stored(info)
    kinds.set(prefix, { group, resource })
  }
  const samples = await Promise.all(
    [...kinds].map(async ([prefix, labels]) => ({ labels, value: (await storage.range({ prefix, limit: 1 })).count })),
  )
  return {
    name: 'apiserver_resource_objects',
    stability: 'ALPHA',
    help: 'Objects that are stored, by resource.',
    type: 'gauge',
    samples,
  }
}
