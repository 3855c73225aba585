import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Scenario, Step, StepAnswer, StepRequest, Transcript, Until } from './scenario.ts'
import type { Incoming, Outgoing, Sender } from './send.ts'
import { fill, pick } from './template.ts'

/** The server under test. */
export interface Server {
  readonly url: string
  readonly sender: Sender
  /** Bearer tokens by the names that scenarios use. */
  readonly tokens: ReadonlyMap<string, string>
}

const agent = 'oracle-diff/1'
const keptHeaders = [
  'content-type',
  'warning',
  'retry-after',
  'location',
  'www-authenticate',
  'allow',
  'cache-control',
  'vary',
]

/** Plays a scenario; each play has names of its own, so that plays do not meet. Steps without an answer carry an `error`. */
export async function play(
  server: Server,
  scenario: Scenario,
  onStep?: (step: Step, answer: StepAnswer) => void,
): Promise<Transcript> {
  const run = newRun()
  const namespace = `ns-${run}`
  const player = new Player(
    server,
    new Map([
      ['run', run],
      ['ns', namespace],
    ]),
  )
  const ownNamespace = scenario.namespace !== false
  const startRv = ownNamespace ? await player.openNamespace(namespace, scenario) : await player.currentVersion()
  const steps: StepAnswer[] = []
  try {
    for (const step of scenario.steps) {
      const answer = await player.step(step).catch((error: unknown) => noAnswer(error))
      steps.push(answer)
      onStep?.(step, answer)
    }
  } finally {
    if (ownNamespace) await player.closeNamespace(namespace)
  }
  return { scenario: scenario.scenario, run, url: server.url, startRv, steps }
}

const noAnswer = (error: unknown): StepAnswer => ({
  status: -1,
  headers: {},
  text: '',
  error: error instanceof Error ? error.message : String(error),
})

/** Eight letters, the length that recorded plays have too: some answers cut long names. */
const newRun = (): string => `q${Array.from({ length: 7 }, () => 'bcdfghjkmnpqrstvwxz'[randomInt(19)]).join('')}`

class Player {
  readonly #server: Server
  readonly #variables: Map<string, string>
  readonly #watches = new Map<string, Promise<Incoming>>()

  constructor(server: Server, variables: Map<string, string>) {
    this.#server = server
    this.#variables = variables
  }

  async step(step: Step): Promise<StepAnswer> {
    if (step.sleepMs) await sleep(step.sleepMs)
    if (step.collect !== undefined) {
      const watch = this.#watches.get(step.collect)
      if (watch === undefined) throw new Error(`no watch ${step.collect} was begun`)
      return kept(await watch, step)
    }
    if (step.request === undefined) throw new Error('a step needs a request or something to collect')
    const outgoing = this.#outgoing(step.request, step.stream)
    if (step.background !== undefined) {
      const watch = this.#server.sender.send(outgoing)
      watch.catch(() => {})
      this.#watches.set(step.background, watch)
      await sleep(step.settleMs ?? 150)
      return { status: 0, headers: {}, text: '' }
    }
    const answer = await this.#untilReached(outgoing, step)
    for (const [name, path] of Object.entries(step.capture ?? {})) {
      const value = pick(json(answer.body), path)
      this.#variables.set(
        name,
        value === undefined ? `missing-${name}` : typeof value === 'string' ? value : JSON.stringify(value),
      )
    }
    return kept(answer, step)
  }

  async openNamespace(name: string, { namespaceLabels }: Scenario): Promise<number> {
    const metadata = { name, ...(namespaceLabels === undefined ? {} : { labels: namespaceLabels }) }
    const made = await this.#admin('POST', '/api/v1/namespaces', { metadata })
    if (made.status !== 201) throw new Error(`no namespace could be made: ${made.status} ${made.body}`)
    const account = await this.#admin('POST', `/api/v1/namespaces/${name}/serviceaccounts`, {
      metadata: { name: 'default' },
    })
    if (account.status !== 201 && account.status !== 409) {
      throw new Error(`no ServiceAccount could be made: ${account.status} ${account.body}`)
    }
    return Number(pick(json(made.body), 'metadata.resourceVersion'))
  }

  async currentVersion(): Promise<number> {
    const list = await this.#admin('GET', '/api/v1/namespaces?limit=1')
    return Number(pick(json(list.body), 'metadata.resourceVersion') ?? 0)
  }

  /** Nothing waits for it: a server without a namespace controller needs the second request to let the name go. */
  async closeNamespace(name: string): Promise<void> {
    const finalized = { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: { finalizers: [] } }
    await this.#admin('DELETE', `/api/v1/namespaces/${name}`).catch(() => undefined)
    await this.#admin('PUT', `/api/v1/namespaces/${name}/finalize`, finalized).catch(() => undefined)
  }

  #admin(method: string, path: string, body?: unknown): Promise<Incoming> {
    return this.#server.sender.send(this.#outgoing({ method, path, ...(body === undefined ? {} : { body }) }))
  }

  async #untilReached(outgoing: Outgoing, { until, withinMs = 15_000, everyMs = 50 }: Step): Promise<Incoming> {
    const end = Date.now() + withinMs
    for (;;) {
      const answer = await this.#server.sender.send(outgoing)
      if (until === undefined || reached(answer, until) || Date.now() >= end) return answer
      await sleep(everyMs)
    }
  }

  #outgoing(request: StepRequest, stream?: Step['stream']): Outgoing {
    const filled = (text: string): string => fill(text, this.#variables)
    const as = request.as ?? 'admin'
    const headers: Record<string, string | readonly string[]> = { accept: 'application/json', 'user-agent': agent }
    for (const [name, value] of Object.entries(request.headers ?? {})) {
      headers[name.toLowerCase()] = typeof value === 'string' ? filled(value) : value
    }
    if (as !== 'anonymous' && headers.authorization === undefined) {
      const token = this.#server.tokens.get(as)
      if (token === undefined) throw new Error(`no token was given for ${as}`)
      headers.authorization = `Bearer ${token}`
    }
    const body = bodyOf(request, filled)
    if (body !== undefined) headers['content-type'] ??= 'application/json'
    const query = Object.entries(request.query ?? {}).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map(
        (one) => `${encodeURIComponent(name)}=${encodeURIComponent(filled(String(one)))}`,
      ),
    )
    const path = filled(request.path)
    const mark = query.length === 0 ? '' : path.includes('?') ? '&' : '?'
    return {
      method: request.method ?? 'GET',
      path: path + mark + query.join('&'),
      headers,
      ...(body === undefined ? {} : { body }),
      ...(stream === undefined ? {} : { stream }),
    }
  }
}

function bodyOf({ body, bodyText, bodyBase64 }: StepRequest, filled: (text: string) => string): Uint8Array | undefined {
  if (bodyText !== undefined) return Buffer.from(filled(bodyText))
  if (bodyBase64 !== undefined) return Buffer.from(bodyBase64, 'base64')
  return body === undefined ? undefined : Buffer.from(filled(JSON.stringify(body)))
}

function json(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

function reached({ status, body }: Incoming, until: Until): boolean {
  if (until.status !== undefined && status !== until.status) return false
  if (until.notStatus !== undefined && status === until.notStatus) return false
  if (until.path === undefined) return true
  const value = pick(json(body), until.path)
  return until.equals === undefined ? value !== undefined : JSON.stringify(value) === JSON.stringify(until.equals)
}

/** What a transcript keeps of an answer. */
function kept({ status, headers, body }: Incoming, { stream }: Step): StepAnswer {
  const found = keptHeaders.flatMap((name) => {
    const value = headers[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  const answer = { status, headers: Object.fromEntries(found) }
  if (String(headers['content-type']).includes('protobuf')) return { ...answer, base64: body.toString('base64') }
  const text = body.toString('utf8')
  if (stream?.events === undefined || status >= 400) return { ...answer, text }
  return { ...answer, text: `${text.split('\n').slice(0, stream.events).join('\n')}\n` }
}
