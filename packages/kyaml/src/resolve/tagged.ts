import type { ScalarNode } from '../syntax/node.ts'
import { type Resolved, resolvePlain } from './scalar.ts'

const resolvable = new Set(['!!bool', '!!int', '!!float', '!!null', '!!timestamp'])

/**
 * Reads a scalar with its tag, as Kubernetes does.
 *
 * @returns the value, or the reason why text and tag do not go together
 */
export function resolveScalar(node: ScalarNode): Resolved | { readonly type: 'error'; readonly message: string } {
  const { tag, text } = node
  if (tag === '') return node.plain ? resolvePlain(text) : { type: 'string', value: text }
  if (tag === '!!binary') return decodeBinary(text)
  if (!resolvable.has(tag)) return { type: 'string', value: text }
  const found = resolvePlain(text, tag === '!!timestamp')
  if (`!!${found.type}` === tag) return found
  if (tag === '!!float' && found.type === 'int') return { type: 'float', value: Number(found.value) }
  const shown = found.type === 'string' ? 'str' : found.type
  return { type: 'error', message: `cannot decode !!${shown} \`${text}\` as a ${tag}` }
}

function decodeBinary(text: string): Resolved | { readonly type: 'error'; readonly message: string } {
  const compact = text.replaceAll(/[\r\n]/g, '')
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) {
    return { type: 'error', message: '!!binary value contains invalid base64 data' }
  }
  const bytes = Uint8Array.from(atob(compact), (c) => c.charCodeAt(0))
  return { type: 'string', value: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) }
}
