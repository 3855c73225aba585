/** The object identifiers of parts of a subject, as DER has them. */
const identifiers = { commonName: [0x06, 0x03, 0x55, 0x04, 0x03], organization: [0x06, 0x03, 0x55, 0x04, 0x0a] }

/** The organizations in the subject of a certificate request: PEM in base64. */
export function organizationsOf(request: string): readonly string[] {
  return valuesOf(derOf(request) ?? new Uint8Array(), identifiers.organization)
}

/** The common name in the subject of a certificate request, which may be empty; undefined for what is no request. */
export function commonNameOf(request: string): string | undefined {
  const der = derOf(request)
  return der && (valuesOf(der, identifiers.commonName)[0] ?? '')
}

function derOf(request: string): Uint8Array | undefined {
  const body = /-----BEGIN CERTIFICATE REQUEST-----([\s\S]*?)-----END/.exec(binary(request))?.[1]
  if (body === undefined) return undefined
  return Uint8Array.from(binary(body.replace(/\s+/g, '')), (character) => character.charCodeAt(0))
}

function valuesOf(der: Uint8Array, identifier: readonly number[]): readonly string[] {
  const found: string[] = []
  for (let at = 0; at + identifier.length + 2 <= der.length; at++) {
    if (!identifier.every((byte, index) => der[at + index] === byte)) continue
    const start = at + identifier.length + 2
    found.push(new TextDecoder().decode(der.subarray(start, start + (der[start - 1] ?? 0))))
  }
  return found
}

function binary(base64: string): string {
  try {
    return atob(base64)
  } catch {
    return ''
  }
}
