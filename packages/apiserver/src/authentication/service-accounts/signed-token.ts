import { AuthenticationError } from '../authenticator.ts'
import type { TokenKeys } from './token-keys.ts'

/** What a token says, whoever signed it. */
export interface ParsedToken {
  readonly keyId: string
  readonly claims: Readonly<Record<string, unknown>>
}

/** Takes a token apart without trusting it; undefined for what is no signed token of three parts. */
export function parseToken(token: string): ParsedToken | undefined {
  const parts = token.split('.')
  const [header = '', payload = '', signature = ''] = parts
  if (parts.length !== 3 || !isBase64Url(signature)) return undefined
  const head = decodeObject(header)
  const claims = decodeObject(payload)
  if (head === undefined || claims === undefined) return undefined
  return { keyId: typeof head['kid'] === 'string' ? head['kid'] : '', claims }
}

/** Throws an AuthenticationError unless one of the keys signed the token. @see pkg/serviceaccount/jwt.go AuthenticateToken */
export async function checkSignature(keys: TokenKeys, token: string, { keyId }: ParsedToken): Promise<void> {
  const fitting = keys.verification.filter(({ id }) => keyId === '' || id === keyId)
  if (fitting.length === 0) throw new AuthenticationError('invalid signature, no keys found')
  for (const key of fitting) if ((await keys.verify(token, key)) !== undefined) return
  throw new AuthenticationError('go-jose/go-jose: error in cryptographic primitive')
}

const isBase64Url = (text: string): boolean => /^[\w-]*$/.test(text) && text.length % 4 !== 1

function decodeObject(part: string): Readonly<Record<string, unknown>> | undefined {
  if (!isBase64Url(part)) return undefined
  try {
    const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0))
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined
  } catch {
    return undefined
  }
}
