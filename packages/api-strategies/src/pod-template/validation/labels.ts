import { isFields, textOf } from '../../meta/json.ts'

/** A map of texts, as labels and annotations are; undefined where there is none. */
export function labelsOf(value: unknown): Readonly<Record<string, string>> | undefined {
  if (!isFields(value)) return undefined
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, textOf(text)]))
}
