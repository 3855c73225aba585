import { goQuote } from '../values/go-format.ts'
import { AddressError, parseAddress } from './netip.ts'

/** A text that Go's `net/url` refuses; the message names no URL. */
export class UrlError extends Error {}

/** The parts of a URL as Go has them. */
export interface GoUrl {
  readonly scheme: string
  readonly opaque: string
  readonly user: string | undefined
  readonly host: string
  readonly path: string
  readonly rawPath: string
  readonly query: string
  readonly forceQuery: boolean
  readonly fragment: string
  readonly omitHost: boolean
}

const inHost = /[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]/
const inPath = /[A-Za-z0-9\-_.~$&+,/:;=@]/
const inRawPath = /[A-Za-z0-9\-_.~$&+,/:;=@!'()*[\]%]/

type Where = 'path' | 'host' | 'zone' | 'user' | 'query'

/** @throws UrlError */
function unescapeUrl(text: string, where: Where): string {
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? ''
    if (char === '%') {
      const triple = text.slice(at, at + 3)
      if (!/^%[0-9a-fA-F]{2}$/.test(triple)) throw new UrlError(`invalid URL escape ${goQuote(triple)}`)
      const value = Number.parseInt(triple.slice(1), 16)
      const plain = String.fromCharCode(value)
      if (where === 'host' && value < 0x80 && triple !== '%25')
        throw new UrlError(`invalid URL escape ${goQuote(triple)}`)
      if (where === 'zone' && triple !== '%25' && plain !== ' ' && !inHost.test(plain))
        throw new UrlError(`invalid URL escape ${goQuote(triple)}`)
      at += 2
    } else if ((where === 'host' || where === 'zone') && char.charCodeAt(0) < 0x80 && !inHost.test(char))
      throw new UrlError(`invalid character ${goQuote(char)} in host name`)
  }
  const spaced = where === 'query' ? text.replaceAll('+', ' ') : text
  return spaced.includes('%') ? percentDecode(spaced) : spaced
}

function percentDecode(text: string): string {
  const bytes: number[] = []
  const encoder = new TextEncoder()
  for (const piece of text.split(/(%[0-9a-fA-F]{2})/))
    if (/^%[0-9a-fA-F]{2}$/.test(piece)) bytes.push(Number.parseInt(piece.slice(1), 16))
    else for (const byte of encoder.encode(piece)) bytes.push(byte)
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(new Uint8Array(bytes))
}

function escapeUrl(text: string, kept: RegExp): string {
  return Array.from(text, (point) => {
    if (point.length === 1 && point.charCodeAt(0) < 0x80 && kept.test(point)) return point
    return Array.from(
      new TextEncoder().encode(point),
      (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    ).join('')
  }).join('')
}

function schemeOf(text: string): readonly [string, string] {
  const match = /^([A-Za-z][A-Za-z0-9+\-.]*)?:/.exec(text)
  if (!match) return ['', text]
  if (match[1] === undefined) throw new UrlError('missing protocol scheme')
  return [match[1].toLowerCase(), text.slice(match[0].length)]
}

const validPort = (text: string): boolean => text === '' || /^:[0-9]*$/.test(text)

function hostOf(scheme: string, host: string): string {
  const open = host.lastIndexOf('[')
  if (open > 0) throw new UrlError('invalid IP-literal')
  if (open === 0) return bracketed(host)
  const colon = host.indexOf(':')
  if (colon >= 0) {
    const port = host.slice(scheme === 'http' || scheme === 'https' ? colon : host.lastIndexOf(':'))
    if (!validPort(port)) throw new UrlError(`invalid port ${goQuote(port)} after host`)
  }
  return unescapeUrl(host, 'host')
}

function bracketed(host: string): string {
  const close = host.lastIndexOf(']')
  if (close < 0) throw new UrlError("missing ']' in host")
  const port = host.slice(close + 1)
  if (!validPort(port)) throw new UrlError(`invalid port ${goQuote(port)} after host`)
  const name = host.slice(1, close)
  const zone = name.indexOf('%25')
  const plain =
    zone < 0
      ? unescapeUrl(name, 'host')
      : unescapeUrl(name.slice(0, zone), 'host') + unescapeUrl(name.slice(zone), 'zone')
  try {
    if (parseAddress(plain).family === 4) throw new UrlError('invalid IP-literal')
  } catch (error) {
    if (error instanceof AddressError) throw new UrlError(`invalid host: ${error.message}`)
    throw error
  }
  return `[${plain}]${port}`
}

function authorityOf(scheme: string, authority: string): readonly [string | undefined, string] {
  const at = authority.lastIndexOf('@')
  const host = hostOf(scheme, authority.slice(at + 1))
  if (at < 0) return [undefined, host]
  const user = authority.slice(0, at)
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user)) throw new UrlError('net/url: invalid userinfo')
  return [
    user
      .split(':')
      .map((part) => unescapeUrl(part, 'user'))
      .join(':'),
    host,
  ]
}

function parseRest(text: string, request: boolean): Omit<GoUrl, 'fragment'> {
  if (/[\u0000-\u001f\u007f]/.test(text)) throw new UrlError('net/url: invalid control character in URL')
  if (text === '' && request) throw new UrlError('empty url')
  const nothing = {
    scheme: '',
    opaque: '',
    user: undefined,
    host: '',
    path: '',
    rawPath: '',
    query: '',
    forceQuery: false,
    omitHost: false,
  }
  if (text === '*') return { ...nothing, path: '*' }
  const [scheme, afterScheme] = schemeOf(text)
  const forceQuery = afterScheme.endsWith('?') && afterScheme.indexOf('?') === afterScheme.length - 1
  const mark = afterScheme.indexOf('?')
  let rest = mark < 0 ? afterScheme : afterScheme.slice(0, mark)
  const base = { ...nothing, scheme, forceQuery, query: mark < 0 || forceQuery ? '' : afterScheme.slice(mark + 1) }
  if (!rest.startsWith('/')) {
    if (scheme !== '') return { ...base, opaque: rest }
    if (request) throw new UrlError('invalid URI for request')
    if ((rest.split('/')[0] ?? '').includes(':')) throw new UrlError('first path segment in URL cannot contain colon')
  }
  let user: string | undefined
  let host = ''
  let omitHost = false
  if ((scheme !== '' || (!request && !rest.startsWith('///'))) && rest.startsWith('//')) {
    const slash = rest.indexOf('/', 2)
    const authority = slash < 0 ? rest.slice(2) : rest.slice(2, slash)
    rest = slash < 0 ? '' : rest.slice(slash)
    ;[user, host] = authorityOf(scheme, authority)
  } else if (scheme !== '' && rest.startsWith('/')) omitHost = true
  const path = unescapeUrl(rest, 'path')
  return { ...base, user, host, omitHost, path, rawPath: escapeUrl(path, inPath) === rest ? '' : rest }
}

const described = (text: string, error: unknown): unknown =>
  error instanceof UrlError ? new UrlError(`parse ${goQuote(text)}: ${error.message}`) : error

/** Go's `url.ParseRequestURI`. @throws UrlError */
export function checkRequestUri(text: string): void {
  try {
    parseRest(text, true)
  } catch (error) {
    throw described(text, error)
  }
}

/** Go's `url.Parse`. @throws UrlError */
export function parseUrl(text: string): GoUrl {
  const mark = text.indexOf('#')
  const before = mark < 0 ? text : text.slice(0, mark)
  const fragment = mark < 0 ? '' : text.slice(mark + 1)
  let parsed: Omit<GoUrl, 'fragment'>
  try {
    parsed = parseRest(before, false)
  } catch (error) {
    throw described(before, error)
  }
  try {
    unescapeUrl(fragment, 'path')
  } catch (error) {
    throw described(text, error)
  }
  return { ...parsed, fragment }
}

/** Go's `URL.EscapedPath`. */
export function escapedPath({ path, rawPath }: GoUrl): string {
  if (rawPath !== '' && Array.from(rawPath).every((point) => point.length === 1 && inRawPath.test(point)))
    return rawPath
  return path === '*' ? '*' : escapeUrl(path, inPath)
}

/** Go's `URL.String`, for comparison. */
export function urlText(url: GoUrl): string {
  const query = url.forceQuery || url.query !== '' ? `?${url.query}` : ''
  const fragment = url.fragment === '' ? '' : `#${url.fragment}`
  const scheme = url.scheme === '' ? '' : `${url.scheme}:`
  if (url.opaque !== '') return scheme + url.opaque + query + fragment
  const bare = url.host === '' && url.user === undefined
  const slashes = (scheme === '' && bare) || (url.omitHost && bare) || (bare && url.path === '') ? '' : '//'
  const user = url.user === undefined ? '' : `${escapeUrl(url.user, /[A-Za-z0-9\-_.~$&+,;=:]/)}@`
  return scheme + slashes + user + escapeUrl(url.host, inHost) + escapedPath(url) + query + fragment
}

/** Host and port of `host:port`, brackets taken off. */
export function splitHost(text: string): readonly [string, string] {
  const colon = text.lastIndexOf(':')
  const hasPort = colon >= 0 && validPort(text.slice(colon))
  const host = hasPort ? text.slice(0, colon) : text
  return [host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host, hasPort ? text.slice(colon + 1) : '']
}

/** Go's `URL.Query`: wrong pairs are left out. */
export function queryOf({ query }: GoUrl): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const pair of query.split('&')) {
    if (pair === '' || pair.includes(';')) continue
    const at = pair.indexOf('=')
    try {
      const key = unescapeUrl(at < 0 ? pair : pair.slice(0, at), 'query')
      const value = unescapeUrl(at < 0 ? '' : pair.slice(at + 1), 'query')
      found.set(key, [...(found.get(key) ?? []), value])
    } catch (error) {
      if (!(error instanceof UrlError)) throw error
    }
  }
  return found
}
