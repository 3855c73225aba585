import { isBracketedHost } from './uri-host.ts'

/**
 * Whether a text is a URI as a request line has it: absolute, or a path from the root.
 *
 * @see net/url.ParseRequestURI of Go
 */
export function isRequestURI(text: string): boolean {
  if (text === '' || hasControl(text)) return false
  if (text === '*') return true
  const [, scheme = ''] = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text) ?? []
  if (scheme === '' && text.startsWith(':')) return false
  const rest = text.slice(scheme === '' ? 0 : scheme.length + 1).split('?')[0] ?? ''
  if (!rest.startsWith('/')) return scheme !== ''
  if (rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'))) {
    const slash = rest.indexOf('/', 2)
    const authority = slash < 0 ? rest.slice(2) : rest.slice(2, slash)
    if (!isAuthority(scheme === '' ? '' : authority)) return false
    return slash < 0 || wellEscaped(rest.slice(slash))
  }
  return wellEscaped(rest)
}

function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x20 || code === 0x7f) return true
  }
  return false
}

function wellEscaped(text: string): boolean {
  return !/%(?![0-9a-fA-F]{2})/.test(text)
}

function isAuthority(authority: string): boolean {
  const at = authority.lastIndexOf('@')
  const user = at < 0 ? '' : authority.slice(0, at)
  const host = authority.slice(at + 1)
  if (at >= 0 && !(/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user) && wellEscaped(user))) return false
  return host.startsWith('[') ? isBracketedHost(host) : isNamedHost(host)
}

function isNamedHost(host: string): boolean {
  const colon = host.lastIndexOf(':')
  if (colon >= 0 && !/^[0-9]*$/.test(host.slice(colon + 1))) return false
  return wellEscaped(host) && !/[\s"<>\\^`{|}]/.test(host.replaceAll(/[<>"]/g, ''))
}
