import { RE2JS } from 're2js'
import { ArrayList, CelError, type Value } from '../values/value.ts'
import type { CelFunction } from './dispatch.ts'
import { on } from './typed.ts'

const kept = new Map<string, RE2JS | CelError>()

/** A compiled pattern (RE2 syntax), or an error with Go's text. The last ones are kept. */
export function compilePattern(pattern: string): RE2JS | CelError {
  const known = kept.get(pattern)
  if (known) return known
  let compiled: RE2JS | CelError
  try {
    compiled = RE2JS.compile(pattern)
  } catch (error) {
    compiled = new CelError(error instanceof Error ? error.message : String(error))
  }
  if (kept.size >= 256) kept.clear()
  kept.set(pattern, compiled)
  return compiled
}

const illegal = (error: CelError): CelError => new CelError(`Illegal regex: ${error.message}`)

function find(text: string, pattern: string): Value {
  const compiled = compilePattern(pattern)
  if (compiled instanceof CelError) return illegal(compiled)
  const matcher = compiled.matcher(text)
  return matcher.find() ? (matcher.group() ?? '') : ''
}

function findAll(text: string, pattern: string, limit: bigint): Value {
  const compiled = compilePattern(pattern)
  if (compiled instanceof CelError) return illegal(compiled)
  const found: string[] = []
  const matcher = compiled.matcher(text)
  while ((limit < 0n || found.length < limit) && matcher.find()) found.push(matcher.group() ?? '')
  return new ArrayList(found)
}

/** `matches`: also called as a function. */
export const matches: CelFunction = on(['string', 'string'], (text, pattern) => {
  const compiled = compilePattern(pattern)
  return compiled instanceof CelError ? compiled : compiled.matcher(text).find()
})

/** @see apiserver/pkg/cel/library/regex.go */
export const regexFunctions: readonly (readonly [string, CelFunction])[] = [
  ['string_find_string', on(['string', 'string'], find)],
  ['string_find_all_string', on(['string', 'string'], (text, pattern) => findAll(text, pattern, -1n))],
  ['string_find_all_string_int', on(['string', 'string', 'int'], findAll)],
]
