import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { constructObject } from '../src/admission/constructed.ts'
import { admissionEnvironment } from '../src/admission/environment.ts'
import { type CelEnvironment, createEnvironment } from '../src/checker/environment.ts'
import { declare, sizesOf, structsOf } from '../src/custom-resources/declared-type.ts'
import { type JsonSchema, Schema } from '../src/custom-resources/schema.ts'
import { schemaValue } from '../src/custom-resources/schema-value.ts'
import { compile } from '../src/engine.ts'
import type { SizeEstimator } from '../src/estimate/node.ts'
import { parseType } from '../src/functions/declarations.ts'
import { PlanError } from '../src/interpreter/planner.ts'
import { bindingMacros } from '../src/parser/macros.ts'
import { typeName } from '../src/types/cel-type.ts'
import { fromJson } from '../src/values/json.ts'
import { CelError, type Value } from '../src/values/value.ts'
import { show } from './show.ts'

interface Context {
  readonly env?: string
  readonly types?: Readonly<Record<string, string>>
  readonly vars?: Readonly<Record<string, unknown>>
  readonly schema?: JsonSchema
}

interface Case extends Context {
  readonly context: string
  readonly expr: string
  readonly limit?: number
  readonly out: object
}

const read = (name: string): string => readFileSync(new URL(`./golden/${name}`, import.meta.url), 'utf8')
const contexts = JSON.parse(read('contexts.json')) as Readonly<Record<string, Context>>
const cases = read('expressions.ndjson')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Case)

interface Setting {
  readonly environment: CelEnvironment
  readonly sizes: SizeEstimator
  readonly variable: (name: string) => Value | undefined
}

function settingOf({ env = '', types = {}, vars = {}, schema }: Context): Setting {
  const own = (name: string): unknown => (Object.hasOwn(vars, name) ? vars[name] : undefined)
  const plain = (name: string): Value | undefined => (Object.hasOwn(vars, name) ? fromJson(own(name)) : undefined)
  if (env === 'admission' || env === 'mutation') {
    const variables = { hasParams: true, hasAuthorizer: true, hasPatchTypes: env === 'mutation' }
    return { environment: admissionEnvironment(variables), sizes: () => undefined, variable: plain }
  }
  const variables = Object.fromEntries(
    Object.entries(types).map(([name, type]) => [name, parseType(type === 'x' ? 'dyn' : type)]),
  )
  if (!schema) {
    const environment = createEnvironment({ variables, ...(env === 'bindings' && { macros: bindingMacros }) })
    return { environment, sizes: () => undefined, variable: plain }
  }
  const known = new Schema(schema)
  const declared = declare(known, false, 'selfType')
  if (!declared) throw new Error('the schema has no type')
  const environment = createEnvironment({
    variables: { self: declared.type, oldSelf: declared.type },
    structs: structsOf(declared),
  })
  const sizes = sizesOf(declared)
  return {
    environment,
    sizes: (path) => (path[0] === 'self' || path[0] === 'oldSelf' ? sizes(path) : undefined),
    variable: (name) => (Object.hasOwn(vars, name) ? schemaValue(own(name), known) : undefined),
  }
}

function answer(given: Case): object {
  const { environment, sizes, variable } = settingOf({ ...contexts[given.context], ...given })
  const compiled = compile(given.expr, environment)
  if ('issues' in compiled) return { issues: compiled.issues }
  const { checked } = compiled
  const { min, max } = checked.estimate(sizes)
  const known = { type: typeName(checked.type), min: String(min), max: String(max) }
  try {
    const { value, cost } = checked.program(constructObject).evaluate(variable, given.limit)
    const result = value instanceof CelError ? { error: value.message } : { value: show(value) }
    return { ...known, ...result, cost: String(cost) }
  } catch (error) {
    if (error instanceof PlanError) return { ...known, programError: error.message }
    throw error
  }
}

describe('expressions are checked, estimated and evaluated as v1.35.4 does', () => {
  it.each(cases)('$context: $expr', (given) => {
    expect(answer(given)).toEqual(given.out)
  })
})
