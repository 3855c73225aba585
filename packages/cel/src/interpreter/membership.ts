import { CelList, CelUint, mapKey, type Value } from '../values/value.ts'

/**
 * Membership in a list of constants, which upstream looks up in a set, at no cost. Undefined when the list has anything but
 * scalars: then `in` is a call like others.
 */
export function constantSet(list: Value): 'empty' | ((value: Value) => boolean) | undefined {
  if (!(list instanceof CelList)) return undefined
  if (list.size === 0) return 'empty'
  const keys = new Set<unknown>()
  for (let index = 0; index < list.size; index++) {
    const value = list.at(index)
    const scalar = value === null || typeof value !== 'object' || value instanceof CelUint
    if (!scalar) return undefined
    keys.add(value === null ? null : mapKey(value))
  }
  return (value) => keys.has(value === null ? null : (mapKey(value) ?? absent))
}

const absent = Symbol('no scalar')
