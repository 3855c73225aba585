import type { CelFunction } from '../functions/dispatch.ts'
import { on } from '../functions/typed.ts'
import { type CelType, structType } from '../types/cel-type.ts'
import { ArrayList, CelError, CelObject, EntriesMap, type Value } from '../values/value.ts'
import { checkRequestUri, escapedPath, type GoUrl, parseUrl, queryOf, splitHost, UrlError, urlText } from './go-url.ts'

/** `kubernetes.URL`. */
export class UrlValue extends CelObject {
  readonly url: GoUrl
  readonly type: CelType = structType('kubernetes.URL')

  constructor(url: GoUrl) {
    super()
    this.url = url
  }

  equals(other: Value): boolean {
    return other instanceof UrlValue && urlText(this.url) === urlText(other.url)
  }

  toString(): string {
    return urlText(this.url)
  }
}

function parse(text: string): Value {
  try {
    checkRequestUri(text)
    return new UrlValue(parseUrl(text))
  } catch (error) {
    if (error instanceof UrlError)
      return new CelError(`URL parse error during conversion from string: ${error.message}`)
    throw error
  }
}

/** Why a text is no request URI, or undefined. */
export function uriProblem(text: string): string | undefined {
  try {
    checkRequestUri(text)
    return undefined
  } catch (error) {
    if (error instanceof UrlError) return error.message
    throw error
  }
}

function query(url: GoUrl): Value {
  const map = new EntriesMap()
  for (const [key, values] of queryOf(url)) map.set(key, new ArrayList(values))
  return map
}

const part = (read: (url: GoUrl) => Value): CelFunction => on([UrlValue], ({ url }) => read(url))

/** @see apiserver/pkg/cel/library/urls.go */
export const urlFunctions: readonly (readonly [string, CelFunction])[] = [
  ['string_to_url', on(['string'], parse)],
  ['is_url_string', on(['string'], (text) => uriProblem(text) === undefined)],
  ['url_get_scheme', part(({ scheme }) => scheme)],
  ['url_get_host', part(({ host }) => host)],
  ['url_get_hostname', part(({ host }) => splitHost(host)[0])],
  ['url_get_port', part(({ host }) => splitHost(host)[1])],
  ['url_get_escaped_path', part(escapedPath)],
  ['url_get_query', part(query)],
]
