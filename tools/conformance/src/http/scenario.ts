import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'

/** A request of a step; texts may hold `${name}` of earlier captures. */
export interface StepRequest {
  readonly method?: string
  readonly path: string
  readonly query?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: unknown
  readonly bodyText?: string
  readonly bodyBase64?: string
  /** Who asks; `admin` unless it says otherwise, `anonymous` for nobody. */
  readonly as?: string
}

/** When a repeated request has got far enough. */
export interface Until {
  readonly status?: number
  readonly notStatus?: number
  readonly path?: string
  readonly equals?: unknown
}

/** How much of an answer is compared. */
export type CompareMode = 'full' | 'raw' | 'shape' | 'status' | 'none'

/** One step: a request, or the collection of a watch that an earlier step began in the background. */
export interface Step {
  readonly name: string
  readonly request?: StepRequest
  readonly capture?: Readonly<Record<string, string>>
  readonly until?: Until
  readonly withinMs?: number
  readonly everyMs?: number
  readonly sleepMs?: number
  readonly settleMs?: number
  readonly stream?: { readonly events?: number; readonly ms?: number }
  readonly background?: string
  readonly collect?: string
  readonly compare?: CompareMode
  readonly ignore?: readonly string[]
  readonly randomOrder?: readonly string[]
  readonly unordered?: boolean
  readonly headers?: readonly string[]
}

/** Requests that are played in order, in a namespace of their own unless `namespace` is false. */
export interface Scenario {
  readonly scenario: string
  readonly gates?: 'any' | 'all'
  readonly namespace?: boolean
  readonly namespaceLabels?: Readonly<Record<string, string>>
  readonly steps: readonly Step[]
}

/** The answer to one step. */
export interface StepAnswer {
  /** 0 for a watch that has only begun, -1 where there was no answer. */
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly text?: string
  readonly base64?: string
  readonly error?: string
}

/** What a server answered to a scenario. */
export interface Transcript {
  readonly scenario: string
  /** The part of all names that is different in each play. */
  readonly run: string
  readonly url?: string
  /** The resource version at which the play began. */
  readonly startRv: number
  readonly steps: readonly StepAnswer[]
}

const readText = (file: string): string => {
  const raw = readFileSync(file)
  return (raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw) : raw).toString('utf8')
}

/** Reads scenario files and all scenario files of folders: `.json`, gzipped or not. */
export function readScenarios(paths: readonly string[]): readonly Scenario[] {
  return paths.flatMap(filesOf).flatMap((file): readonly Scenario[] => {
    const read: unknown = JSON.parse(readText(file))
    const list: readonly unknown[] = Array.isArray(read) ? read : [read]
    const first = list[0]
    if (typeof first === 'object' && first !== null && 'request' in first) {
      return [{ scenario: basename(file).replace(/\.json(\.gz)?$/, ''), steps: list as readonly Step[] }]
    }
    return list as readonly Scenario[]
  })
}

function filesOf(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path]
  const entries = readdirSync(path, { recursive: true, encoding: 'utf8' })
  return entries
    .filter((name) => /\.json(\.gz)?$/.test(name))
    .sort()
    .map((name) => join(path, name))
}

/** Reads recorded transcripts, one a line, by the name of their scenario. */
export function readTranscripts(file: string): ReadonlyMap<string, Transcript> {
  const found = new Map<string, Transcript>()
  for (const line of readText(file).split('\n')) {
    if (line.trim() === '') continue
    const read = JSON.parse(line) as Partial<Transcript>
    if (typeof read.scenario === 'string' && read.steps !== undefined) found.set(read.scenario, read as Transcript)
  }
  return found
}

/** Writes transcripts as `readTranscripts` reads them, gzipped when the name ends in `.gz`. */
export function writeTranscripts(file: string, transcripts: readonly Transcript[]): void {
  const text = transcripts.map((transcript) => `${JSON.stringify(transcript)}\n`).join('')
  writeFileSync(file, file.endsWith('.gz') ? gzipSync(text, { level: 9 }) : text)
}
