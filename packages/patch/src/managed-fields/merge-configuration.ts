import type { JsonValue, KubeObject } from '@kube-bonsai/apimachinery'
import { fieldElement, formatElement } from './fields/path-element.ts'
import { fieldType, type ValueType } from './schema/atom.ts'
import { TypedError } from './typed/errors.ts'
import { mergeTyped } from './typed/merge.ts'
import { fieldsOf, formOf, itemsOf } from './typed/typed-value.ts'
import { checkTyped } from './typed/validate.ts'

/** A configuration that cannot be laid over an object; the message is upstream's. */
export class ConfigurationMergeError extends Error {
  override readonly name = 'ConfigurationMergeError'
}

/**
 * Lays an apply configuration over an object as a mutating policy does: nobody owns what it sets, nothing is removed, and
 * it may not touch lists and objects that are owned as a whole.
 *
 * @throws ConfigurationMergeError
 * @see apiserver/pkg/admission/plugin/policy/mutating/patch/smd.go
 */
export function mergeConfiguration(type: ValueType, object: KubeObject, configuration: JsonValue): KubeObject {
  const attempt = <T>(context: string, run: () => T): T => {
    try {
      return run()
    } catch (error) {
      if (error instanceof TypedError) throw new ConfigurationMergeError(`${context}: ${error.message}`)
      throw error
    }
  }
  const live = object as unknown as JsonValue
  attempt('failed to convert patch object to typed object', () => checkTyped(type, configuration, false))
  const atomic = atomicPaths(type, configuration, '')
  if (atomic.length > 0)
    throw new ConfigurationMergeError(
      `invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${atomic.join(', ')}`,
    )
  attempt('failed to convert original object to typed object', () => checkTyped(type, live, true))
  const merged = attempt('failed to merge patch', () => mergeTyped(type, live, configuration))
  return (merged ?? live) as unknown as KubeObject
}

/** The places of a value that are owned as a whole. */
function atomicPaths(type: ValueType, value: JsonValue | undefined, path: string): readonly string[] {
  if (value === null || value === undefined) return []
  const form = formOf(type, value)
  if (form.kind === 'map') {
    if (Array.isArray(value)) return []
    const { map } = form
    const below = Object.entries(fieldsOf(value)).flatMap(([name, field]) => {
      // Fields of maps that have no names of their own are not looked into.
      const known = map.fields.has(name) ? fieldType(map, name) : undefined
      return known ? atomicPaths(known(), field, path + formatElement(fieldElement(name))) : []
    })
    return map.atomic ? [path, ...below] : below
  }
  if (form.kind !== 'list' || !Array.isArray(value)) return []
  const { list } = form
  const below = itemsOf(value).flatMap((item, index) => atomicPaths(list.items(), item, `${path}[${index}]`))
  return list.atomic ? [path, ...below] : below
}
