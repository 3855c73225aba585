import { formatFieldErrors } from '@kube-bonsai/apimachinery'
import { describe, expect, it } from 'vitest'
import { compileRules, evaluateRules, resolveFieldPath } from '../src/index.ts'

const rule = (text: string, more: object = {}): object => ({ rule: text, ...more })
const schemaOf = (...rules: readonly object[]): Record<string, unknown> => ({
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        replicas: { type: 'integer' },
        names: { type: 'array', items: { type: 'string' } },
        limits: { type: 'object', additionalProperties: { type: 'integer' } },
      },
      'x-kubernetes-validations': rules,
    },
  },
})
const check = (schema: Record<string, unknown>, spec: object): string =>
  formatFieldErrors(evaluateRules(schema, { spec }))

describe('rules of custom resources', () => {
  it('say what is wrong, and where', () => {
    expect(check(schemaOf(rule('self.replicas < 3')), { replicas: 5 })).toBe(
      'spec: Invalid value: failed rule: self.replicas < 3',
    )
    const named = rule('self.replicas < 3', {
      message: 'too many',
      fieldPath: '.replicas',
      reason: 'FieldValueForbidden',
    })
    expect(check(schemaOf(named), { replicas: 5 })).toBe('spec.replicas: Forbidden: too many')
  })

  it('have no path at the root', () => {
    const schema = { type: 'object', 'x-kubernetes-validations': [rule("self.metadata.name != 'a'")] }
    expect(evaluateRules(schema, { metadata: { name: 'a' } })).toMatchObject([{ field: '<nil>' }])
  })

  it('take their message from an expression', () => {
    const spoken = rule('self.replicas < 3', { messageExpression: "'not ' + string(self.replicas)" })
    expect(check(schemaOf(spoken), { replicas: 5 })).toBe('spec: Invalid value: not 5')
  })

  it('report what fails while they run', () => {
    expect(check(schemaOf(rule('self.replicas / 0 == 1')), { replicas: 5 })).toBe(
      'spec: Invalid value: "object": division by zero evaluating rule: self.replicas / 0 == 1',
    )
  })

  it('compare with what was before only on updates, unless they say otherwise', () => {
    const schema = schemaOf(rule('self.replicas >= oldSelf.replicas'))
    const before = (old: object) => ({
      old: { spec: old },
      unchanged: false,
      key: () => undefined,
      index: () => undefined,
    })
    expect(evaluateRules(schema, { spec: { replicas: 1 } })).toEqual([])
    expect(evaluateRules(schema, { spec: { replicas: 1 } }, before({ replicas: 2 }))).toHaveLength(1)
    const optional = schemaOf(rule('!oldSelf.hasValue()', { optionalOldSelf: true }))
    expect(evaluateRules(optional, { spec: { replicas: 1 } })).toEqual([])
  })

  it('leave alone what an update has not changed', () => {
    const schema = schemaOf(rule('self.replicas < 3'))
    const same = { old: { replicas: 5 }, unchanged: true, key: () => undefined, index: () => undefined }
    const before = { old: { spec: { replicas: 5 } }, unchanged: false, key: () => same, index: () => undefined }
    expect(evaluateRules(schema, { spec: { replicas: 5 } }, before)).toEqual([])
  })

  it('compile with estimates and the number of places where they may apply', () => {
    const [compiled] =
      compileRules({ type: 'string', 'x-kubernetes-validations': [rule("self.contains('a')")] }, false) ?? []
    expect(compiled?.maxCardinality).toBe(1_048_576n)
    expect(compiled?.rule && 'maxCost' in compiled.rule && compiled.rule.maxCost).toBe(314_574n)
    const [wrong] = compileRules({ type: 'integer', 'x-kubernetes-validations': [rule('self')] }, false) ?? []
    expect(wrong?.rule).toEqual({ error: 'cel expression must evaluate to a bool' })
  })

  it('name fields by paths that the schema must know', () => {
    const schema = {
      type: 'object',
      properties: { 'a.b': { type: 'object', additionalProperties: { type: 'string' } } },
    }
    const found = resolveFieldPath("['a.b'].c", schema)
    expect('path' in found && String(found.path)).toBe('a.b[c]')
    expect(resolveFieldPath('.x', schema)).toEqual({ error: 'does not refer to a valid field' })
  })
})
