import fc from 'fast-check'
import { test } from 'vitest'
import { applyDefaults } from '../../src/custom-resource/schema/defaults.ts'
import { compileSchema } from '../../src/custom-resource/schema/node.ts'
import { prune } from '../../src/custom-resource/schema/prune.ts'

const name = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor')

const { schema } = fc.letrec<{ schema: object }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small' },
    fc.record(
      { type: fc.constantFrom('string', 'integer'), default: fc.constantFrom('x', 1) },
      { requiredKeys: ['type'] },
    ),
    fc.record({ type: fc.constant('object'), properties: fc.dictionary(name, tie('schema'), { maxKeys: 3 }) }),
    fc.record({ type: fc.constant('object'), additionalProperties: tie('schema') }),
    fc.record({ type: fc.constant('array'), items: tie('schema') }),
    fc.constant({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true }),
  ),
}))
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('x', 1, null, true),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3 }),
  ),
}))

const text = (given: unknown) => JSON.stringify(given)

test('pruning and defaults never change what they are given, and find nothing to do when done again', () => {
  fc.assert(
    fc.property(schema, value, (source, given) => {
      const node = compileSchema(source)
      const before = text(given)
      const pruned = prune(given, node, false)
      const full = applyDefaults(pruned.value, node)
      return (
        text(given) === before &&
        prune(pruned.value, node, false).value === pruned.value &&
        applyDefaults(full, node) === full &&
        prune(full, node, false).dropped.length === 0
      )
    }),
  )
})
