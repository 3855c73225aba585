import { FieldPath } from '@kube-bonsai/apimachinery'
import { type JsonSchema, Schema } from './schema.ts'

/** What a field path leads to, or why it leads nowhere. */
export type ResolvedFieldPath = { readonly path: FieldPath; readonly schema: JsonSchema } | { readonly error: string }

const escapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  "'": "'",
  '\\': '\\',
}

class Wrong extends Error {}

function tokens(text: string): readonly string[] {
  const found: string[] = []
  let rest = text
  while (rest !== '') {
    const quoted = /^'(?:[^']|(?<=\\)')*'/.exec(rest)
    const token =
      quoted?.[0] ?? (/^[.[\]]/.exec(rest) ?? (rest.startsWith("'") ? /^.+/s : /^[^.[\]]+/).exec(rest))?.[0] ?? rest
    found.push(token)
    rest = rest.slice(token.length)
  }
  return found
}

function unquoted(token: string): string {
  return token.slice(1, -1).replace(/\\./g, (pair) => {
    const plain = escapes[pair[1] ?? '']
    if (plain === undefined) throw new Wrong(`invalid string literal: invalid escape char ${pair}`)
    return plain
  })
}

/**
 * Follows a JSON path of fields and map keys through a schema: `.spec['a.b'].c`.
 *
 * @see apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go ValidFieldPath
 */
export function resolveFieldPath(text: string, schema: JsonSchema): ResolvedFieldPath {
  const list = tokens(text)
  let path = FieldPath.root
  let current = new Schema(schema)
  const step = (name: string): void => {
    if (current.hasProperties) {
      path = path.child(name)
      const next = current.properties.get(name)
      if (!next) throw new Wrong('does not refer to a valid field')
      current = next
    } else if (current.additional) {
      path = path.key(name)
      current = current.additional
    } else throw new Wrong('does not refer to a valid field')
  }
  let at = 0
  const next = (): string => {
    const token = list[at++]
    if (token === undefined) throw new Wrong('unexpected end of JSON path')
    return token
  }
  try {
    while (at < list.length) {
      const token = next()
      if (token === '.') step(next())
      else if (token === '[') {
        const key = next()
        if (key.length < 2 || !key.startsWith("'") || !key.endsWith("'"))
          throw new Wrong(`expected single quoted string but got ${key}`)
        step(unquoted(key))
        const close = next()
        if (close !== ']') throw new Wrong(`expected ] but got ${close}`)
      } else throw new Wrong(`expected [ or . but got: ${token}`)
    }
  } catch (error) {
    if (error instanceof Wrong) return { error: error.message }
    throw error
  }
  return { path, schema: current.source }
}
