import { ConnectionRefusedError, type ProgramResponse } from '../../../runtime/network.ts'
import { CommandError } from '../../shell/shell-error.ts'
import type { CommandContext } from '../../shell/world.ts'
import { addressOf } from './address.ts'

/** A request as a command makes it. Header names are in lower case. */
export interface HttpRequest {
  readonly url: Url
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Milliseconds; for ever when absent. */
  readonly timeout?: number | undefined
}

/** The parts of a URL that matter here. */
export interface Url {
  readonly scheme: string
  readonly host: string
  readonly port: number
  /** With its query. */
  readonly path: string
  /** `name:password`. */
  readonly user: string | undefined
}

/** What became of a request. */
export type HttpOutcome =
  | { readonly kind: 'answer'; readonly address: string; readonly answer: ProgramResponse }
  | { readonly kind: 'unknownHost' }
  | { readonly kind: 'refused'; readonly address: string }
  | { readonly kind: 'timeout'; readonly address: string }

const ports: Readonly<Record<string, number>> = { http: 80, https: 443 }

/** Reads a URL; without a scheme it is that of HTTP. Throws a CommandError for another scheme and for what is none. */
export function parseUrl(text: string): Url {
  const [, scheme = 'http', user, host = '', port, path = ''] =
    /^(?:([a-z][\w+.-]*):\/\/)?(?:([^/@]*)@)?(\[[^\]]*\]|[^/:?#]*)(?::(\d+))?([/?][^#]*)?/i.exec(text) ?? []
  const usual = ports[scheme.toLowerCase()]
  if (usual === undefined) throw new CommandError(`not an http or ftp url: ${text}`)
  if (host === '') throw new CommandError(`bad address '${text}'`)
  return {
    scheme: scheme.toLowerCase(),
    host: host.replace(/^\[|\]$/g, ''),
    port: port === undefined ? usual : Number(port),
    path: path.startsWith('/') ? path : `/${path}`,
    user,
  }
}

/** The URL that a redirection leads to. */
export function redirected(from: Url, location: string): Url {
  if (/^[a-z]+:\/\//i.test(location)) return parseUrl(location)
  return { ...from, path: location.startsWith('/') ? location : from.path.replace(/[^/]*$/, location) }
}

/** Asks whoever listens there. TLS is taken as given: nobody looks at certificates. */
export async function send(context: CommandContext, request: HttpRequest): Promise<HttpOutcome> {
  const { url, method, headers, body, timeout } = request
  const { task, world } = context
  await task.step(10)
  const address = addressOf(context, url.host)
  if (address === undefined) return { kind: 'unknownHost' }
  const { network } = world
  if (network === undefined) return { kind: 'refused', address }
  const usual = url.port === ports[url.scheme]
  const authorization = url.user === undefined ? {} : { authorization: `Basic ${btoa(url.user)}` }
  const full = { host: usual ? url.host : `${url.host}:${url.port}`, accept: '*/*', ...authorization, ...headers }
  const work = network.request(address, url.port, { method, path: url.path, headers: full, body }).then(
    (answer): HttpOutcome => ({ kind: 'answer', address, answer }),
    (error: unknown): HttpOutcome => {
      if (error instanceof ConnectionRefusedError) return { kind: 'refused', address }
      throw error
    },
  )
  return within(context, timeout, work, { kind: 'timeout', address })
}

/** What some work gives, or something else when it takes too long. */
export async function within<Result>(
  { task, world }: CommandContext,
  milliseconds: number | undefined,
  work: Promise<Result>,
  late: Result,
): Promise<Result> {
  if (milliseconds === undefined) return task.waitFor(work)
  let stop = () => {}
  const tooLate = new Promise<Result>((resolve) => {
    const timer = world.clock.schedule(world.clock.now() + milliseconds, () => resolve(late))
    stop = () => timer.cancel()
  })
  try {
    return await task.waitFor(Promise.race([work, tooLate]))
  } finally {
    stop()
  }
}

const words: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

/** `HTTP/1.1 404 Not Found` */
export function statusLine({ status }: ProgramResponse): string {
  return `HTTP/1.1 ${status} ${words[status] ?? ''}`.trimEnd()
}

/** The lines of the headers. */
export function headerLines({ headers = {} }: ProgramResponse): readonly string[] {
  return Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
}

export function locationOf({ status, headers = {} }: ProgramResponse): string | undefined {
  if (![301, 302, 303, 307, 308].includes(status)) return undefined
  return Object.entries(headers).find(([name]) => name.toLowerCase() === 'location')?.[1]
}

/** `name: value` as an entry of headers. */
export function headerOf(text: string): readonly [string, string] {
  const colon = text.indexOf(':')
  return colon < 0
    ? [text.toLowerCase(), '']
    : [text.slice(0, colon).trim().toLowerCase(), text.slice(colon + 1).trim()]
}
