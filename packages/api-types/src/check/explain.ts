import type { TLocalizedValidationError } from 'typebox/error'
import { isRecord, jsonKind } from '../decode/json-kind.ts'
import type { CheckError } from './check.ts'

/** Says what a validation error means for the object, in upstream's spelling of paths. */
export function explain(object: unknown, error: TLocalizedValidationError): readonly CheckError[] {
  const keys = error.instancePath.split('/').slice(1).map(unescapePointer)
  const { path, value } = follow(object, keys)
  const below = (key: string): string => (path === '' ? key : `${path}.${key}`)
  switch (error.keyword) {
    case 'required':
      return error.params.requiredProperties.map((key) => ({
        path: below(key),
        expected: 'a value',
        actual: 'nothing',
      }))
    case 'additionalProperties':
      return error.params.additionalProperties.map((key) => ({
        path: below(key),
        expected: 'no such field',
        actual: isRecord(value) && Object.hasOwn(value, key) ? jsonKind(value[key]) : 'a field',
      }))
    case 'type':
      return [{ path, expected: [error.params.type].flat().join(' or '), actual: jsonKind(value) }]
    case 'boolean':
      return []
    default:
      return [{ path, expected: error.message.replace(/^must /, 'to '), actual: text(value) }]
  }
}

const unescapePointer = (key: string): string => key.replaceAll('~1', '/').replaceAll('~0', '~')

function follow(object: unknown, keys: readonly string[]): { readonly path: string; readonly value: unknown } {
  let path = ''
  let value = object
  for (const key of keys) {
    if (Array.isArray(value)) {
      path += `[${key}]`
      value = value[Number(key)]
    } else {
      path += path === '' ? key : `.${key}`
      value = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined
    }
  }
  return { path, value }
}

const text = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 100)
