import { deepEqual } from '@kube-bonsai/apimachinery'
import { PatchError } from '../util/errors.ts'
import { goType } from '../util/go-text.ts'
import { entriesOf, fromWork, isMap, type JsonMap, own } from '../util/json.ts'
import { diffLists } from './diff-list.ts'
import type { DiffOptions } from './diff-options.ts'
import { deletePrefix, orderPrefix, patchDirective, retainKeysDirective } from './directives.ts'
import type { FieldPatch, PatchSchema } from './schema.ts'
import { sortScalars } from './sort.ts'

/** Makes the strategic merge patch that turns one object into another. */
export function diffMaps(original: JsonMap, modified: JsonMap, schema: PatchSchema, options: DiffOptions): JsonMap {
  const patch = new Map<string, unknown>()
  for (const [key, value] of entriesOf(modified)) {
    const before = own(original, key)
    if (before === undefined) {
      if (!options.ignoreChangesAndAdditions) patch.set(key, value)
    } else if (key === patchDirective) {
      diffDirective(before, value, patch)
    } else {
      diffField(patch, key, before, value, schema, options)
    }
  }
  const gone = entriesOf(original).filter(([key]) => own(modified, key) === undefined)
  if (!options.ignoreDeletions) for (const [key] of gone) patch.set(key, null)
  if (options.buildRetainKeys) {
    const retained = entriesOf(modified).filter(([, value]) => value !== null)
    const needed = patch.size > 0 || gone.some(([, value]) => value !== null)
    if (retained.length > 0 && needed) patch.set(retainKeysDirective, sortScalars(retained.map(([key]) => key)))
  }
  return fromWork(patch)
}

function diffDirective(before: unknown, value: unknown, patch: Map<string, unknown>): void {
  if (typeof before !== 'string' || typeof value !== 'string') {
    throw new PatchError('malformed', `invalid value for special key: ${patchDirective}`)
  }
  if (before !== value) patch.set(patchDirective, value)
}

function diffField(
  patch: Map<string, unknown>,
  key: string,
  before: unknown,
  value: unknown,
  schema: PatchSchema,
  options: DiffOptions,
): void {
  if (isMap(before) && isMap(value)) {
    const field = lookUp(() => schema.field(key), before, value)
    if (field !== undefined) diffMapField(patch, key, before, value, field, options)
  } else if (Array.isArray(before) && Array.isArray(value)) {
    const field = lookUp(() => schema.listField(key), before, value)
    if (field !== undefined) diffListField(patch, key, before, value, field, options)
  } else if (goType(before) !== goType(value) || !deepEqual(before, value)) {
    if (!options.ignoreChangesAndAdditions) patch.set(key, value)
  }
}

/** An unknown field does no harm where nothing changes. */
function lookUp(find: () => FieldPatch, before: unknown, value: unknown): FieldPatch | undefined {
  try {
    return find()
  } catch (error) {
    if (error instanceof PatchError && deepEqual(before, value)) return undefined
    throw error
  }
}

function diffMapField(
  patch: Map<string, unknown>,
  key: string,
  before: JsonMap,
  value: JsonMap,
  field: FieldPatch,
  options: DiffOptions,
): void {
  if (field.strategy === 'replace') {
    if (!options.ignoreChangesAndAdditions) patch.set(key, value)
    return
  }
  const inner = diffMaps(before, value, field.schema, { ...options, buildRetainKeys: field.retainKeys })
  if (Object.keys(inner).length > 0) patch.set(key, inner)
}

function diffListField(
  patch: Map<string, unknown>,
  key: string,
  before: readonly unknown[],
  value: readonly unknown[],
  field: FieldPatch,
  options: DiffOptions,
): void {
  if (field.strategy !== 'merge') {
    if (!options.ignoreChangesAndAdditions && !deepEqual(before, value)) patch.set(key, value)
    return
  }
  const { changes, deletions, order } = diffLists(before, value, field, {
    ...options,
    buildRetainKeys: field.retainKeys,
  })
  if (changes.length > 0) patch.set(key, changes)
  if (deletions.length > 0) patch.set(`${deletePrefix}/${key}`, deletions)
  if (order.length > 0) patch.set(`${orderPrefix}/${key}`, order)
}
