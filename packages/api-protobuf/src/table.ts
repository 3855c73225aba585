/**
 * One field: its number, its JSON name, the kind of its value and flags. The kind is a scalar, a type with its own rules (`time`,
 * `quantity`, …), the name of a message, or `items:NAME` for a message that is a list in JSON.
 * Flags: `l` list, `k` map with string keys, `p` pointer, `e` omitempty, `z` omitzero, `n` inlined in JSON.
 */
export type FieldRow = readonly [number: number, name: string, kind: string, flags: string]

/** The fields of a message, by ascending number. */
export type MessageTable = readonly FieldRow[]

/** A field as the codec uses it. */
export interface Field {
  readonly number: number
  readonly name: string
  readonly kind: string
  readonly list: boolean
  readonly map: boolean
  readonly pointer: boolean
  readonly omitEmpty: boolean
  readonly omitZero: boolean
  readonly inline: boolean
  /** Whether nothing is written where there is no value. */
  readonly mayBeAbsent: boolean
}

/** Spells out a row. */
export function fieldOf([number, name, kind, flags]: FieldRow): Field {
  return {
    number,
    name,
    kind,
    list: flags.includes('l'),
    map: flags.includes('k'),
    pointer: flags.includes('p'),
    omitEmpty: flags.includes('e'),
    omitZero: flags.includes('z'),
    inline: flags.includes('n'),
    mayBeAbsent: /[lkp]/.test(flags) || kind === 'bytes',
  }
}
