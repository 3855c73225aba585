import { deepEqual, type JsonValue, newRequestEntityTooLarge } from '@kube-bonsai/apimachinery'
import { PatchError } from '../util/errors.ts'
import { asJson, isMap } from '../util/json.ts'
import { Documents } from './documents.ts'
import { decodeOperations, type Operation } from './operation.ts'

/** How many operations the API server takes in one JSON patch. */
export const maxJsonPatchOperations = 10_000

/**
 * Applies a JSON patch as the API server does, which is RFC 6902 with the ways of evanphx/json-patch v4: `replace`
 * makes a key that is not there, an index may be negative or have leading zeros, `copy` of what is not there is null.
 * The document stays as it is, and what did not change is shared with the result.
 *
 * @param document an object or a list
 * @param patch the operations, decoded
 * @throws PatchError with upstream's message; StatusError (413) for more than 10000 operations
 * @see https://github.com/evanphx/json-patch/blob/v4.13.0/patch.go
 */
export function applyJsonPatch(document: unknown, patch: unknown): JsonValue {
  const operations = decodeOperations(patch)
  if (operations.length > maxJsonPatchOperations) {
    throw newRequestEntityTooLarge(
      `The allowed maximum operations in a JSON patch is ${maxJsonPatchOperations}, got ${operations.length}`,
    )
  }
  if (!isMap(document) && !Array.isArray(document)) {
    throw new PatchError('malformed', 'json: cannot unmarshal the document: it is neither an object nor a list')
  }
  const documents = new Documents(document)
  for (const operation of operations) {
    const apply = appliers.get(operation.kind)
    if (apply === undefined) throw new PatchError('malformed', `Unexpected kind: ${operation.kind}`)
    apply(documents, operation)
  }
  return asJson(documents.root)
}

const appliers: ReadonlyMap<string, (documents: Documents, operation: Operation) => void> = new Map([
  ['add', add],
  ['remove', remove],
  ['replace', replace],
  ['move', move],
  ['copy', copy],
  ['test', test],
])

function add(documents: Documents, { path, value }: Operation): void {
  if (path === undefined) throw new PatchError('malformed', 'add operation failed to decode path: missing value')
  const target = documents.find(path)
  if (target === undefined) throw missing(`add operation does not apply: doc is missing path: "${path}"`)
  attempt(`error in add for path: '${path}'`, () => target.add(value ?? null))
}

function remove(documents: Documents, { path }: Operation): void {
  if (path === undefined) throw new PatchError('malformed', 'remove operation failed to decode path: missing value')
  const target = documents.find(path)
  if (target === undefined) throw missing(`remove operation does not apply: doc is missing path: "${path}"`)
  attempt(`error in remove for path: '${path}'`, () => target.remove())
}

function replace(documents: Documents, operation: Operation): void {
  const path = pathOf(operation)
  const value = operation.value ?? null
  if (path === '') {
    if (!isMap(value) && !Array.isArray(value)) {
      throw new PatchError('malformed', 'replace operation value must be object or array: %!w(<nil>)')
    }
    documents.replaceRoot(value)
    return
  }
  const target = documents.find(path)
  if (target === undefined) throw missing(`replace operation does not apply: doc is missing path: ${path}`)
  if (!target.isReachable()) throw missing(`replace operation does not apply: doc is missing key: ${path}`)
  target.set(value)
}

function move(documents: Documents, operation: Operation): void {
  const from = fromOf(operation)
  const source = documents.find(from)
  if (source === undefined) throw missing(`move operation does not apply: doc is missing from path: ${from}`)
  const label = `error in move for path: '${source.key}'`
  const value = attempt(label, () => source.get())
  attempt(label, () => source.remove())
  const path = pathOf(operation)
  const target = documents.find(path)
  if (target === undefined) throw missing(`move operation does not apply: doc is missing destination path: ${path}`)
  attempt(`error in move for path: '${path}'`, () => target.add(value ?? null))
}

function copy(documents: Documents, operation: Operation): void {
  const from = fromOf(operation)
  const source = documents.find(from)
  if (source === undefined) throw missing(`copy operation does not apply: doc is missing from path: ${from}`)
  const value = attempt(`error in copy for from: '${from}'`, () => source.get())
  const { path } = operation
  if (path === undefined) throw new PatchError('malformed', 'copy operation failed to decode path: missing value')
  documents.share()
  const target = documents.find(path)
  if (target === undefined) throw missing(`copy operation does not apply: doc is missing destination path: ${path}`)
  attempt('error while adding value during copy', () => target.add(value ?? null))
}

function test(documents: Documents, operation: Operation): void {
  const path = pathOf(operation)
  const failed = new PatchError('test-failed', `testing value ${path} failed: test failed`)
  if (path === '') {
    if (operation.value === undefined || !deepEqual(documents.root, operation.value)) throw failed
    return
  }
  const target = documents.find(path)
  if (target === undefined) throw missing(`test operation does not apply: is missing path: ${path}`)
  const actual = attempt(`error in test for path: '${path}'`, () => target.get())
  if (actual === undefined || actual === null) {
    if ((operation.value ?? null) !== null) throw failed
  } else if (!deepEqual(actual, operation.value)) {
    throw failed
  }
}

function pathOf({ kind, path }: Operation): string {
  if (path !== undefined) return path
  throw missing(`${kind} operation failed to decode path: operation missing path field`)
}

function fromOf({ kind, from }: Operation): string {
  if (from !== undefined) return from
  throw missing(`${kind} operation failed to decode from: operation, missing from field`)
}

function missing(message: string): PatchError {
  return new PatchError('does-not-apply', `${message}: missing value`)
}

function attempt<T>(label: string, step: () => T): T {
  try {
    return step()
  } catch (error) {
    if (error instanceof PatchError) throw new PatchError(error.kind, `${label}: ${error.message}`)
    throw error
  }
}
