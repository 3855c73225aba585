import fc from 'fast-check'
import { formatPlace, type Place, placesOf, withValueAt } from './places.ts'

/** A valid object after one change, which may or may not make it invalid. */
export interface NearlyValid<T> {
  readonly object: unknown
  /** The object as it was. */
  readonly original: T
  readonly mutation: { readonly kind: string; readonly path: string }
}

type Change = (part: unknown) => unknown

const changesOf = (part: unknown): readonly (readonly [kind: string, change: Change])[] => [
  ['remove', () => undefined],
  ['null', () => null],
  ...(typeof part === 'string' ? texts : []),
  ...(typeof part === 'number' ? numbers : []),
  ...(typeof part === 'boolean' ? booleans : []),
  ...(Array.isArray(part) ? lists : typeof part === 'object' && part !== null ? objects : []),
]

const texts: readonly (readonly [string, Change])[] = [
  ['empty', () => ''],
  ['upper case', (part) => String(part).toUpperCase()],
  ['a blank at the end', (part) => `${part} `],
  ['too long', (part) => String(part).padEnd(300, 'x')],
  ['a number', () => 7],
]
const numbers: readonly (readonly [string, Change])[] = [
  ['negative', (part) => -1 - Math.abs(Number(part))],
  ['too large', () => 2 ** 31],
  ['a fraction', (part) => Number(part) + 0.5],
  ['a text', String],
]
const booleans: readonly (readonly [string, Change])[] = [
  ['the opposite', (part) => part !== true],
  ['a text', String],
]
const lists: readonly (readonly [string, Change])[] = [
  ['empty', () => []],
  ['the first twice', (part) => (Array.isArray(part) && part.length > 0 ? [part[0], ...part] : [])],
  ['an object', () => ({})],
]
const objects: readonly (readonly [string, Change])[] = [
  ['an unknown field', (part) => ({ ...Object(part), noSuchField: 1 })],
  ['empty', () => ({})],
  ['a list', (part) => [part]],
]

/**
 * Objects with one change each: a field taken away, a value out of range or of another type, an item twice, a field
 * that does not exist. `mutation` says what and where; apiVersion and kind stay.
 */
export function arbitraryNearlyValid<T extends object>(valid: fc.Arbitrary<T>): fc.Arbitrary<NearlyValid<T>> {
  return fc.tuple(valid, fc.nat(), fc.nat()).map(([original, where, how]) => {
    const places = placesOf(original).filter(
      (place) => place.length > 0 && place[0] !== 'kind' && place[0] !== 'apiVersion',
    )
    const place: Place = places[where % Math.max(1, places.length)] ?? []
    let kind = 'none'
    const object = withValueAt(original, place, (part) => {
      const changes = changesOf(part)
      const [name, change] = changes[how % changes.length] ?? ['none', (same: unknown) => same]
      kind = name
      return change(part)
    })
    return { object, original, mutation: { kind, path: formatPlace(place) } }
  })
}
