import { jsonSyntaxError, newBadRequest } from '@kube-bonsai/apimachinery'

/** Where the next page of a list begins. */
export interface ContinueToken {
  /** The revision of the first page; -1 for the newest, after an expiry. */
  readonly revision: number
  /** The first key of the page, without the list's prefix. */
  readonly start: string
}

/** Unpadded base64url of upstream's JSON. @see staging/src/k8s.io/apiserver/pkg/storage/continue.go */
export function encodeContinue({ revision, start }: ContinueToken): string {
  const json = JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start })
  const binary = String.fromCharCode(...new TextEncoder().encode(json))
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** Throws a 400 with upstream's text for what it did not make. */
export function decodeContinue(text: string): ContinueToken {
  const token = parse(text)
  const { v, rv, start } = token
  if (v !== 'meta.k8s.io/v1') {
    throw newBadRequest(
      `continue key is not valid: server does not recognize this encoded version "${typeof v === 'string' ? v : ''}"`,
    )
  }
  if (rv === undefined || rv === 0 || typeof rv !== 'number') {
    throw newBadRequest(
      `invalid continue token: continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)`,
    )
  }
  if (typeof start !== 'string' || start === '') {
    throw newBadRequest(
      'invalid continue token: continue key is not valid: encoded start key empty (version meta.k8s.io/v1)',
    )
  }
  if (`/${start}`.split('/').includes('..') || start.startsWith('/')) {
    throw newBadRequest(`invalid continue token: continue key is not valid: ${start}`)
  }
  return { revision: rv, start }
}

function parse(text: string): { readonly v?: unknown; readonly rv?: unknown; readonly start?: unknown } {
  const bytes = decodeBase64(text)
  const json = new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)))
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // Go shows the first byte of what it cannot read, not the character that it belongs to.
    throw newBadRequest(`invalid continue token: continue key is not valid: ${jsonSyntaxError(bytes, 'bytes') ?? ''}`)
  }
  throw newBadRequest('invalid continue token: continue key is not valid: it holds no object')
}

/** The bytes of unpadded base64url, a character each. Throws a 400 that names the first byte that is none, as Go does. */
function decodeBase64(text: string): string {
  const wrong = text.search(/[^\w-]/)
  const at = wrong >= 0 ? wrong : text.length % 4 === 1 ? text.length - 1 : -1
  if (at >= 0)
    throw newBadRequest(`invalid continue token: continue key is not valid: illegal base64 data at input byte ${at}`)
  return atob(text.replaceAll('-', '+').replaceAll('_', '/'))
}
