import type { Construct } from '../interpreter/planner.ts'
import { type CelType, structType } from '../types/cel-type.ts'
import { jsonOf } from '../values/to-json.ts'
import { CelError, CelList, CelMap, EntriesMap, type Value } from '../values/value.ts'

/** What `Object.spec{...}` makes. */
export class ObjectValue extends EntriesMap {
  readonly type: CelType

  constructor(name: string, fields: ReadonlyMap<string, Value>) {
    super()
    this.type = structType(name)
    for (const [field, value] of fields) this.set(field, value)
  }

  /** Why the names of types do not fit their places; undefined when they do. */
  misplaced(): string | undefined {
    const problems: string[] = []
    check(this, this.type.name, problems)
    return problems.length === 0 ? undefined : problems.join('\n')
  }
}

function check(value: Value, path: string, problems: string[]): void {
  if (value instanceof ObjectValue) {
    if (value.type.name !== path)
      problems.push(
        `unexpected type name "${value.type.name}", expected "${path}", which matches field name path from root Object type`,
      )
    for (const key of value.keys()) check(value.find(key) ?? null, `${path}.${String(key)}`, problems)
  } else if (value instanceof CelList) {
    for (let index = 0; index < value.size; index++) check(value.at(index), path, problems)
  } else if (value instanceof CelMap) {
    for (const key of value.keys()) check(value.find(key) ?? null, path, problems)
  }
}

/** What `JSONPatch{...}` makes. */
export class PatchValue extends ObjectValue {
  /** The operation as JSON. */
  get operation(): Readonly<Record<string, unknown>> {
    const operation: Record<string, unknown> = {}
    for (const key of ['op', 'path', 'from', 'value']) {
      const value = this.find(key)
      if (value !== undefined && (key !== 'from' || value !== '')) operation[key] = jsonOf(value)
    }
    return operation
  }
}

const texts = ['op', 'path', 'from']

/** Makes the objects of mutations. */
export const constructObject: Construct = (name, fields) => {
  if (name !== 'JSONPatch') return new ObjectValue(name, fields)
  for (const key of texts) {
    const value = fields.get(key)
    if (value !== undefined && typeof value !== 'string')
      return new CelError(`unexpected type for JSONPatchType '${key}' field`)
  }
  return new PatchValue(name, fields)
}
