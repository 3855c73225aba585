import { quote } from '@kube-bonsai/apimachinery'

/** The parts of a URL that checks look at, with Go's names. */
export interface UrlParts {
  readonly scheme: string
  /** Undefined where there is no `@`. */
  readonly user: string | undefined
  readonly host: string
  readonly query: string
  readonly fragment: string
}

/** A URL as Go's net/url reads it, or Go's words for what is wrong with it. */
export type ParsedUrl = { readonly url: UrlParts } | { readonly problem: string }

/** Reads a URL as Go's `url.Parse` does. Escapes are checked but not decoded. */
export function parseUrl(text: string): ParsedUrl {
  const mark = text.indexOf('#')
  const before = mark < 0 ? text : text.slice(0, mark)
  const fragment = mark < 0 ? '' : text.slice(mark + 1)
  const rest = parseRest(before)
  if (typeof rest === 'string') return { problem: `parse ${quote(before)}: ${rest}` }
  const wrong = badEscape(fragment)
  if (wrong !== undefined) return { problem: `parse ${quote(text)}: ${wrong}` }
  return { url: { ...rest, fragment } }
}

function parseRest(text: string): Omit<UrlParts, 'fragment'> | string {
  if (hasControl(text)) return 'net/url: invalid control character in URL'
  const match = /^([A-Za-z][A-Za-z0-9+\-.]*)?:/.exec(text)
  if (match !== null && match[1] === undefined) return 'missing protocol scheme'
  const scheme = match?.[1]?.toLowerCase() ?? ''
  const [beforeQuery = '', ...queries] = text.slice(match?.[0].length ?? 0).split('?')
  const parts = { scheme, user: undefined, host: '', query: queries.join('?') }
  if (!beforeQuery.startsWith('/')) {
    if (scheme !== '') return parts
    if ((beforeQuery.split('/')[0] ?? '').includes(':')) return 'first path segment in URL cannot contain colon'
  }
  if (!beforeQuery.startsWith('//') || (scheme === '' && beforeQuery.startsWith('///'))) {
    return badEscape(beforeQuery) ?? parts
  }
  const slash = beforeQuery.indexOf('/', 2)
  const authority = slash < 0 ? beforeQuery.slice(2) : beforeQuery.slice(2, slash)
  const at = authority.lastIndexOf('@')
  const host = authority.slice(at + 1)
  const user = at < 0 ? undefined : authority.slice(0, at)
  const problem =
    hostProblem(host) ?? userProblem(user) ?? (slash < 0 ? undefined : badEscape(beforeQuery.slice(slash)))
  return problem ?? { ...parts, user, host }
}

function hostProblem(host: string): string | undefined {
  if (host.startsWith('[')) {
    const close = host.lastIndexOf(']')
    return close < 0 ? "missing ']' in host" : portProblem(host.slice(close + 1))
  }
  const colon = host.indexOf(':')
  const port = colon < 0 ? undefined : portProblem(host.slice(colon))
  if (port !== undefined) return port
  for (let at = 0; at < host.length; at++) {
    const char = host[at] ?? ''
    if (char === '%') return badHostEscape(host.slice(at, at + 3))
    if (char.charCodeAt(0) < 0x80 && !inHost.test(char)) return `invalid character ${quote(char)} in host name`
  }
  return undefined
}

const inHost = /[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]/

/** Hosts may escape bytes beyond ASCII only. */
function badHostEscape(triple: string): string | undefined {
  const right = /^%[89a-fA-F][0-9a-fA-F]$/.test(triple) || triple === '%25'
  return right ? undefined : `invalid URL escape ${quote(triple)}`
}

const portProblem = (port: string): string | undefined =>
  port === '' || /^:[0-9]*$/.test(port) ? undefined : `invalid port ${quote(port)} after host`

function userProblem(user: string | undefined): string | undefined {
  if (user === undefined) return undefined
  return /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user) ? badEscape(user) : 'net/url: invalid userinfo'
}

function badEscape(text: string): string | undefined {
  const at = text.search(/%(?![0-9a-fA-F]{2})/)
  return at < 0 ? undefined : `invalid URL escape ${quote(text.slice(at, at + 3))}`
}

function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x20 || code === 0x7f) return true
  }
  return false
}
