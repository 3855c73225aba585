import { type Fields, isFields, listOf } from '../../meta/json.ts'

const single = ['not', 'additionalProperties', 'additionalItems'] as const
const lists = ['allOf', 'anyOf', 'oneOf'] as const
const maps = ['properties', 'patternProperties', 'definitions', 'dependencies'] as const

/** Calls back for a schema and every schema inside of it, each before those inside of it. */
export function walkSchema(schema: unknown, visit: (schema: Fields) => void): void {
  const waiting: unknown[] = [schema]
  while (waiting.length > 0) {
    const next = waiting.pop()
    if (!isFields(next)) continue
    visit(next)
    const inside: unknown[] = []
    inside.push(...(Array.isArray(next['items']) ? next['items'] : [next['items']]))
    for (const name of lists) inside.push(...listOf(next[name]))
    for (const name of single) inside.push(next[name])
    for (const name of maps) if (isFields(next[name])) inside.push(...Object.values(next[name]))
    waiting.push(...inside.reverse())
  }
}

/** Whether a schema, or one inside of it, has something. */
export function anySchema(schema: unknown, has: (schema: Fields) => boolean): boolean {
  let found = false
  walkSchema(schema, (one) => {
    found ||= has(one)
  })
  return found
}
