import { kinds, messages } from './generated/tables.ts'
import { type Field, fieldOf } from './table.ts'

/** A message as the codec uses it. */
export interface Message {
  readonly fields: readonly Field[]
  readonly byNumber: ReadonlyMap<number, Field>
}

const known = new Map<string, Message>()

/** The message of that name; spelled out once. Throws a RangeError for a name that no table has. */
export function messageNamed(name: string): Message {
  const found = known.get(name)
  if (found) return found
  const rows = Object.hasOwn(messages, name) ? messages[name] : undefined
  if (rows === undefined) throw new RangeError(`no message is named ${name}`)
  const fields = rows.map(fieldOf)
  const message = { fields, byNumber: new Map(fields.map((field) => [field.number, field])) }
  known.set(name, message)
  return message
}

/** The name of the message that a kind is; undefined for kinds without a protobuf form, such as custom resources. */
export function messageOfKind(apiVersion: string, kind: string): string | undefined {
  const group = Object.hasOwn(kinds, apiVersion) ? kinds[apiVersion] : undefined
  return group !== undefined && Object.hasOwn(group, kind) ? group[kind] : undefined
}
