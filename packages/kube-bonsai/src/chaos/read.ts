import { parseDurationMs } from '@kube-bonsai/clock'
import type { HostRuntime } from '@kube-bonsai/kubelet-model'
import type { ReadDocument } from '@kube-bonsai/kyaml'
import { Quantity } from '@kube-bonsai/quantity'
import { fillable } from '../kubelet/node-fill.ts'
import { ChaosScriptError } from './error.ts'
import { actions, type ChaosAction, type ChaosEntry, type ChaosScript } from './script.ts'

const flags = ['ignoreDaemonSets', 'deleteEmptyDirData', 'force'] as const
const versions = ['kubeletVersion', 'kernelVersion', 'osImage'] as const
const common = ['at', 'every', 'until', 'node', 'do', 'for']
const extra: Readonly<Partial<Record<ChaosAction, readonly string[]>>> = {
  drain: flags,
  upgrade: ['runtime', ...versions],
  fill: fillable,
  writeManifest: ['file', 'text'],
  removeManifest: ['file'],
}

type Fields = Readonly<Record<string, unknown>>

/** What a script is read with. */
export interface ChaosReadOptions {
  /** What errors call the text; `chaos` by default. */
  readonly file?: string
  /** The nodes there are; names are not checked when absent. */
  readonly nodes?: readonly string[]
}

/**
 * Reads a chaos script: a YAML or JSON document with a list `events`. Throws a ChaosScriptError with file, line, column and field
 * for the first thing that is wrong with it.
 */
export async function readChaosScript(text: string, options: ChaosReadOptions = {}): Promise<ChaosScript> {
  const { readDocuments } = await import('@kube-bonsai/kyaml')
  const { file = 'chaos', nodes } = options
  const documents = readDocuments(text, { strict: true, file })
  for (const { errors } of documents) {
    const [error] = errors
    if (error)
      throw new ChaosScriptError({ file, line: error.line, column: error.column, field: '' }, plain(error.message))
  }
  const [document, second] = documents.filter(({ value }) => value !== null && value !== undefined)
  const start = { file, line: 1, column: 1, field: '' }
  if (document === undefined) throw new ChaosScriptError(start, 'the script is empty; write a list of events')
  if (second !== undefined) throw new ChaosScriptError(start, 'one document is expected, there are several')
  return new Reader(document, file, nodes).script()
}

/** Without the place, which comes before it anyhow. */
const plain = (message: string): string => message.replace(/^[^\s]*:\d+:\d+: /, '')

class Reader {
  readonly #document: ReadDocument
  readonly #file: string
  readonly #nodes: readonly string[] | undefined

  constructor(document: ReadDocument, file: string, nodes: readonly string[] | undefined) {
    this.#document = document
    this.#file = file
    this.#nodes = nodes
  }

  script(): ChaosScript {
    const { value } = this.#document
    if (!isFields(value)) this.#fail('', 'an object with a list "events" is expected')
    this.#known(value, '', ['events'])
    const { events } = value
    if (!Array.isArray(events)) this.#fail('events', 'a list of events is expected')
    return { events: events.map((entry: unknown, index) => this.#entry(entry, `events[${index}]`)) }
  }

  #entry(entry: unknown, path: string): ChaosEntry {
    if (!isFields(entry)) this.#fail(path, 'an object such as {at: 90s, node: node-1, do: kill} is expected')
    const action = this.#action(entry['do'], `${path}.do`)
    this.#known(entry, path, [...common, ...(extra[action] ?? [])])
    const time = (name: string) => this.#time(entry[name], `${path}.${name}`)
    const [at, every, until, lasts] = [time('at'), time('every'), time('until'), time('for')]
    const first = at ?? every
    if (first === undefined) this.#fail(path, 'say when: "at" (90s), or "every" (10m) for what repeats')
    if (every === 0) this.#fail(`${path}.every`, 'more than no time is expected')
    if (until !== undefined && every === undefined)
      this.#fail(`${path}.until`, 'only what repeats has an end; give "every" too')
    if (lasts !== undefined && actions[action] === '')
      this.#fail(`${path}.for`, `nothing undoes ${action}; leave "for" out`)
    const details = this.#details(action, entry, path)
    return {
      at: first,
      ...(every !== undefined && { every }),
      ...(until !== undefined && { until }),
      ...(lasts !== undefined && { for: lasts }),
      nodes: this.#nodesOf(entry['node'], `${path}.node`),
      do: action,
      ...details,
    }
  }

  #details(action: ChaosAction, entry: Fields, path: string): Partial<ChaosEntry> {
    const given = <N extends string>(names: readonly N[], check: (value: unknown, field: string) => void) =>
      Object.fromEntries(
        names.flatMap((name) => {
          if (entry[name] === undefined) return []
          check(entry[name], `${path}.${name}`)
          return [[name, entry[name]]]
        }),
      )
    if (action === 'drain') {
      return {
        drain: given(
          flags,
          (value, field) => typeof value === 'boolean' || this.#fail(field, 'true or false is expected'),
        ),
      }
    }
    if (action === 'fill') {
      const fill = given(fillable, (value, field) =>
        isAmount(value) ? true : this.#fail(field, `an amount such as 15Gi is expected, not ${show(value)}`),
      )
      if (Object.keys(fill).length > 0) return { fill }
      return this.#fail(path, `say what is used up: ${fillable.join(', ')}, with an amount such as 15Gi`)
    }
    if (action === 'writeManifest' || action === 'removeManifest') return this.#manifest(action, entry, path)
    if (action !== 'upgrade') return {}
    const text = (value: unknown, field: string) => typeof value === 'string' || this.#fail(field, 'a text is expected')
    const { runtime } = entry
    if (runtime !== undefined) {
      if (!isFields(runtime)) this.#fail(`${path}.runtime`, 'an object such as {version: 2.3.0} is expected')
      this.#known(runtime, `${path}.runtime`, ['name', 'version'])
      for (const [name, value] of Object.entries(runtime)) text(value, `${path}.runtime.${name}`)
    }
    return { upgrade: { ...given(versions, text), ...(isFields(runtime) && { runtime: runtime as HostRuntime }) } }
  }

  #manifest(action: ChaosAction, { file, text = '' }: Fields, path: string): Partial<ChaosEntry> {
    if (typeof file !== 'string' || file === '')
      return this.#fail(`${path}.file`, `the name of a file such as web.yaml is expected, not ${show(file)}`)
    if (typeof text !== 'string' || (action === 'writeManifest' && text === ''))
      return this.#fail(`${path}.text`, 'a manifest is expected; write "text: |" and the manifest below it')
    return { manifest: { file, text } }
  }

  #action(value: unknown, path: string): ChaosAction {
    if (typeof value === 'string' && isAction(value)) return value
    const names = Object.keys(actions).join(', ')
    return this.#fail(path, value === undefined ? `say what to do: ${names}` : `${show(value)} is none of ${names}`)
  }

  #time(value: unknown, path: string): number | undefined {
    if (value === undefined) return undefined
    if (typeof value !== 'string')
      return this.#fail(path, `a duration such as 90s, 5m or 1h30m is expected, not ${show(value)}`)
    try {
      const time = Math.ceil(parseDurationMs(value))
      return time >= 0 ? time : this.#fail(path, `${show(value)} is in the past`)
    } catch (error) {
      if (error instanceof ChaosScriptError) throw error
      return this.#fail(path, `a duration such as 90s, 5m or 1h30m is expected, not ${show(value)}`)
    }
  }

  #nodesOf(value: unknown, path: string): readonly string[] {
    if (value === undefined) this.#fail(path, 'say which node: a name, a list of names, or any')
    if (value === 'any') return []
    const names: readonly unknown[] = Array.isArray(value) ? value : [value]
    if (names.length === 0) this.#fail(path, 'the list is empty; write any for all nodes')
    return names.map((name, index) => {
      const own = Array.isArray(value) ? `${path}[${index}]` : path
      if (typeof name !== 'string') return this.#fail(own, `a node's name is expected, not ${show(name)}`)
      if (this.#nodes !== undefined && !this.#nodes.includes(name))
        return this.#fail(own, `there is no node ${show(name)}; there are ${this.#nodes.join(', ') || 'none'}`)
      return name
    })
  }

  #known(value: Fields, path: string, known: readonly string[]): void {
    for (const name of Object.keys(value)) {
      if (known.includes(name)) continue
      const field = path === '' ? name : `${path}.${name}`
      this.#fail(field, `unknown field; known are ${known.join(', ')}`)
    }
  }

  #fail(field: string, why: string): never {
    const { line, column } = this.#document.positionOf(field)
    throw new ChaosScriptError({ file: this.#file, line, column, field }, why)
  }
}

function isAmount(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0
  try {
    return typeof value === 'string' && Quantity.parse(value).value() >= 0n
  } catch {
    return false
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isAction = (name: string): name is ChaosAction => Object.hasOwn(actions, name)
const show = (value: unknown): string => JSON.stringify(value) ?? String(value)
