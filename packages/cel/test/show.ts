import { ObjectValue } from '../src/admission/constructed.ts'
import { typeName } from '../src/types/cel-type.ts'
import { goDouble } from '../src/values/go-format.ts'
import { formatTimestamp, goDuration } from '../src/values/time.ts'
import { typeNameOf } from '../src/values/traits.ts'
import {
  CelDuration,
  CelList,
  CelMap,
  CelOptional,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  type Value,
} from '../src/values/value.ts'

/** A value as the recorder of the golden answers shows it. */
export function show(value: Value): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'bigint') return { int: String(value) }
  if (typeof value === 'number') return { double: goDouble(value) }
  if (value instanceof CelUint) return { uint: String(value.value) }
  if (value instanceof Uint8Array) return { bytes: btoa(String.fromCharCode(...value)) }
  if (value instanceof CelDuration) return { duration: goDuration(value.nanos) }
  if (value instanceof CelTimestamp) return { timestamp: formatTimestamp(value.nanos) }
  if (value instanceof CelOptional) return { optional: value.value === undefined ? 'none' : show(value.value) }
  if (value instanceof ObjectValue) return { other: value.type.name }
  if (value instanceof CelMap)
    return {
      map: Object.fromEntries(
        Array.from(value.keys(), (key) => [JSON.stringify(show(key)), show(value.find(key) ?? null)]),
      ),
    }
  if (value instanceof CelList) return Array.from({ length: value.size }, (_, index) => show(value.at(index)))
  return value instanceof CelTypeValue ? { type: typeName(value.type) } : { other: typeNameOf(value) }
}
