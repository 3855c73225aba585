import { noSuchOverload } from '../values/traits.ts'
import { CelDuration, CelList, CelMap, CelOptional, CelTimestamp, CelUint, type Value } from '../values/value.ts'
import type { CelFunction } from './dispatch.ts'

interface Plain {
  any: Value
  bool: boolean
  bytes: Uint8Array
  double: number
  duration: CelDuration
  int: bigint
  list: CelList
  map: CelMap
  optional: CelOptional
  string: string
  timestamp: CelTimestamp
  uint: CelUint
}

type Kind = keyof Plain | (abstract new (...args: never[]) => Value)

type ValueOf<K> = K extends keyof Plain ? Plain[K] : K extends abstract new (...args: never[]) => infer T ? T : never

const classes = {
  bytes: Uint8Array,
  duration: CelDuration,
  list: CelList,
  map: CelMap,
  optional: CelOptional,
  timestamp: CelTimestamp,
  uint: CelUint,
}

function is(kind: Kind, value: Value | undefined): boolean {
  if (value === undefined) return false
  switch (kind) {
    case 'any':
      return true
    case 'bool':
      return typeof value === 'boolean'
    case 'double':
      return typeof value === 'number'
    case 'int':
      return typeof value === 'bigint'
    case 'string':
      return typeof value === 'string'
    default:
      return value instanceof (typeof kind === 'string' ? classes[kind] : kind)
  }
}

/** A function of arguments of these kinds; others are `no such overload`. */
export function on<const Kinds extends readonly Kind[]>(
  kinds: Kinds,
  run: (...args: { [K in keyof Kinds]: ValueOf<Kinds[K]> }) => Value,
): CelFunction {
  return (...args) => {
    for (let index = 0; index < kinds.length; index++)
      if (!is(kinds[index] as Kind, args[index])) return noSuchOverload()
    return (run as CelFunction)(...args)
  }
}
