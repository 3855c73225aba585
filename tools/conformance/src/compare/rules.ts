import { crashPrefix } from '../protocol/answer.ts'
import { printExact } from '../protocol/exact-json.ts'

/** Functions of which only whether there is an error is compared: texts of YAML's syntax errors are the parser's own. */
const looseFunctions = /^(?:yaml|kyaml)\./

/** Errors of Go's own decoding; only that there is one is compared, whatever the function. */
const looseErrors = /json: cannot unmarshal|json: invalid|invalid character|unexpected end of JSON/

/** Keys under which `out` carries an error of the kinds above. */
const looseKeys: Readonly<Record<string, readonly string[]>> = { 'kyaml.roundTrip': ['parseError'] }

/** True when two error texts say the same, as far as texts of this kind are compared. */
export function sameError(fn: string, expected: string, actual: string): boolean {
  if (expected === actual) return true
  if (actual.startsWith(crashPrefix)) return false
  return looseFunctions.test(fn) || looseErrors.test(expected)
}

/** An answer in the form in which it is compared: lists whose order means nothing sorted, loose texts replaced. */
export function normalised(fn: string, out: unknown): unknown {
  if (typeof out !== 'object' || out === null || Array.isArray(out)) return out
  const changed: Record<string, unknown> = { ...out }
  for (const key of looseKeys[fn] ?? []) if (key in changed) changed[key] = '(an error)'
  // The text of a table is kubectl's, not the server's.
  if (fn === 'printers.table') delete changed.text
  // What Go returns beside ok=false is left over, not an answer.
  if (isFalse(changed.asInt64)) changed.asInt64 = { ok: false }
  if (fn === 'object.validate' && Array.isArray(changed.errors)) {
    changed.errors = [...changed.errors].sort((a, b) => order(sortKey(a), sortKey(b)))
  }
  return changed
}

const isFalse = (view: unknown): boolean =>
  typeof view === 'object' && view !== null && 'ok' in view && view.ok === false

const order = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

/** Errors sort by what they say first, so that one that differs in a detail does not shift the others. */
function sortKey(error: unknown): string {
  const message: unknown = Reflect.get(Object(error), 'message')
  return `${typeof message === 'string' ? message : ''} ${printExact(error)}`
}
