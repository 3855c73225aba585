import { type ApiRequest, formatTime, instantOfMillis, newNotAcceptable, StatusError } from '@kube-bonsai/apimachinery'
import type { Clock, Random } from '@kube-bonsai/clock'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { negotiate, objectTypes } from '../codec/negotiation.ts'
import { json, type Page, text } from './page.ts'
import { version } from './version.ts'

/** What the pages are made of. */
export interface ZPageSources {
  readonly gates: FeatureGates
  readonly clock: Clock
  readonly random: Random
  /** When the server began, in milliseconds since the epoch. */
  readonly started: number
  /** The flags that the server was given or takes by default, as they would be written. */
  readonly flags: Readonly<Record<string, string>>
  /** Every path that is listed. */
  readonly paths: () => readonly string[]
}

const types = [...objectTypes, 'text/plain']
const apiVersion = 'config.k8s.io/v1alpha1'
const warning =
  'Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is for debugging purposes only.'
const delimiters = [':', ': ', '=', ' ']

/**
 * `/flagz` and `/statusz`, where their gates are on; undefined for other paths.
 * Throws a 406 for every form but text and the one structured version, which has to be named in full.
 *
 * @see https://kep.k8s.io/4828 and https://kep.k8s.io/4827
 */
export function zPage(sources: ZPageSources, request: ApiRequest): Page | undefined {
  const { gates } = sources
  if (request.path === '/flagz' && gates.enabled('ComponentFlagz'))
    return answer(
      request,
      'Flagz',
      () => flagz(sources),
      () => flagzText(sources),
    )
  if (request.path === '/statusz' && gates.enabled('ComponentStatusz'))
    return answer(
      request,
      'Statusz',
      () => statusz(sources),
      () => statuszText(sources),
    )
  return undefined
}

function answer(request: ApiRequest, kind: string, structured: () => object, plain: () => string): Page {
  const accept = (request.headers?.accept ?? '').trim()
  if (accept === '') return text(plain())
  const wanted = negotiate(accept, types, (type, as) =>
    type === 'text/plain' ? as === undefined : as?.kind === kind && `${as.group}/${as.version}` === apiVersion,
  )
  if (wanted === undefined) throw newNotAcceptable(types)
  if (wanted.type === 'text/plain') return text(plain(), kind === 'Flagz' ? undefined : 'text/plain')
  if (wanted.type !== 'application/json') throw unsupportedType(wanted.type)
  return json(structured(), { 'content-type': `application/json;g=config.k8s.io;v=v1alpha1;as=${kind}` })
}

function unsupportedType(type: string): StatusError {
  const message = `content negotiation failed: unsupported media type '${type}'`
  return new StatusError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 })
}

function flagz({ flags }: ZPageSources): object {
  return { kind: 'Flagz', apiVersion, metadata: { name: 'kube-apiserver' }, flags }
}

function flagzText({ flags, random }: ZPageSources): string {
  const delimiter = delimiters[random.int(delimiters.length)] ?? ':'
  const lines = Object.keys(flags)
    .sort()
    .map((name) => `${name}${delimiter}${flags[name]}\n`)
  return `\nkube-apiserver flagz\n${warning}\n${lines.join('')}`
}

const apart = new Set(['', 'api', 'apis', 'openid', 'openapi', '.well-known'])

/** The first parts of all paths but those of the API. */
function foldersOf(paths: readonly string[]): readonly string[] {
  const folders = new Set(paths.map((path) => path.split('/')[1] ?? ''))
  return [...folders]
    .filter((folder) => !apart.has(folder))
    .map((folder) => `/${folder}`)
    .sort()
}

function statusz(sources: ZPageSources): object {
  return {
    kind: 'Statusz',
    apiVersion,
    metadata: { name: 'apiserver' },
    startTime: formatTime(instantOfMillis(sources.started)),
    uptimeSeconds: uptime(sources),
    goVersion: version['goVersion'],
    binaryVersion: '1.35.4',
    emulationVersion: '1.35',
    paths: foldersOf(sources.paths()),
  }
}

const uptime = ({ clock, started }: ZPageSources): number => Math.max(0, Math.floor((clock.now() - started) / 1000))

function statuszText(sources: ZPageSources): string {
  const delimiter = delimiters[sources.random.int(delimiters.length)] ?? ':'
  const up = uptime(sources)
  const two = (value: number) => String(value).padStart(2, '0')
  const lines = [
    ['Started', unixDate(formatTime(instantOfMillis(sources.started)))],
    ['Up', `${Math.floor(up / 3600)} hr ${two(Math.floor(up / 60) % 60)} min ${two(up % 60)} sec`],
    ['Go version', version['goVersion']],
    ['Binary version', '1.35.4'],
    ['Emulation version', '1.35'],
    ['Paths', foldersOf(sources.paths()).join(' ')],
  ]
  return `\napiserver statusz\n${warning}\n\n${lines.map(([label, value]) => `${label}${delimiter} ${value}\n`).join('')}`
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `2026-11-23T03:15:01Z` as `Mon Nov 23 03:15:01 UTC 2026`. */
function unixDate(time: string): string {
  const date = new Date(time)
  const day = String(date.getUTCDate()).padStart(2, ' ')
  return `${days[date.getUTCDay()]} ${months[date.getUTCMonth()]} ${day} ${time.slice(11, 19)} UTC ${date.getUTCFullYear()}`
}
