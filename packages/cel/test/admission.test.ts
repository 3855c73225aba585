import { describe, expect, it } from 'vitest'
import {
  AdmissionEvaluation,
  type AdmissionInput,
  CelList,
  expressionChecker,
  PatchValue,
  PolicyCompiler,
} from '../src/index.ts'

const uses = { hasParams: true, hasAuthorizer: true }
const input: AdmissionInput = {
  object: { spec: { replicas: 7 } },
  request: { operation: 'CREATE' },
  params: { max: 5 },
}

describe('expressions of policies', () => {
  it('use variables that were declared before them', () => {
    const compiler = new PolicyCompiler(true)
    const variables = new Map([['n', compiler.declare('n', 'object.spec.replicas', uses)]])
    const validation = compiler.compile('variables.n <= params.max', 'validation', uses)
    const evaluation = new AdmissionEvaluation(input, undefined, variables)
    expect(evaluation.evaluate(validation)).toBe(false)
  })

  it('fail with the words of v1.35', () => {
    const compiler = new PolicyCompiler(true)
    const wrong = compiler.compile('object.spec.missing > 1', 'validation', uses)
    expect(new AdmissionEvaluation(input).evaluate(wrong)).toEqual({
      message: "expression 'object.spec.missing > 1' resulted in error: no such key: missing",
    })
  })

  it('stop at their budget', () => {
    const compiler = new PolicyCompiler(false)
    const validation = compiler.compile('object.spec.replicas > 1', 'validation', uses)
    expect(() => new AdmissionEvaluation(input, 1).evaluate(validation)).toThrow('running out of cost budget')
  })

  it('ask the authorizer of the request', () => {
    const compiler = new PolicyCompiler(false)
    const asked: unknown[] = []
    const authorized = compiler.compile(
      "authorizer.group('').resource('pods').namespace('a').check('get').allowed()",
      'validation',
      uses,
    )
    const authorize: AdmissionInput['authorize'] = (question) => {
      asked.push(question)
      return { allowed: true, reason: '' }
    }
    expect(new AdmissionEvaluation({ ...input, authorize }).evaluate(authorized)).toBe(true)
    expect(asked).toMatchObject([{ verb: 'get', resource: 'pods', namespace: 'a', subject: { kind: 'user' } }])
  })

  it('make patches', () => {
    const compiler = new PolicyCompiler(false)
    const patch = compiler.compile(
      "[JSONPatch{op: 'add', path: '/metadata/labels/' + jsonpatch.escapeKey('a/b'), value: Object.x{y: 1}}]",
      'jsonPatch',
      { ...uses, hasPatchTypes: true },
    )
    const value = new AdmissionEvaluation(input).evaluate(patch)
    const first = value instanceof CelList ? value.at(0) : undefined
    expect(first instanceof PatchValue && first.operation).toEqual({
      op: 'add',
      path: '/metadata/labels/a~1b',
      value: { y: 1 },
    })
  })

  it('are checked for strategies', () => {
    expect(expressionChecker.admission('1', { kind: 'matchCondition' })).toEqual({
      type: 'invalid',
      detail: 'must evaluate to bool but got int',
    })
    expect(expressionChecker.policy(true).check('variables.x', { kind: 'validation' })?.detail).toContain(
      "undefined field 'x'",
    )
    expect(
      expressionChecker.deviceSelector("device.driver == 'a'", { stored: false, consumableCapacity: false }),
    ).toMatchObject({
      maxCost: 3n,
    })
  })
})
