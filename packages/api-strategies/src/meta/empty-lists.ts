import { type Fields, withField } from './json.ts'

/** The object with nothing instead of an empty list, which the store does not keep. */
export function withoutEmptyList(object: Fields, name: string): Fields {
  const list = object[name]
  return Array.isArray(list) && list.length === 0 ? withField(object, name, null) : object
}
