import { type Fields, fieldsOf, objectsOf, withField } from '../meta/json.ts'
import type { Room } from '../room.ts'

/** Keeps only the names of secrets: where they are and which they are goes without saying. */
function cleanSecrets(account: Fields): Fields {
  if (!Array.isArray(account['secrets'])) return account
  const secrets = objectsOf(account['secrets']).map(({ name }) => (name === undefined ? {} : { name }))
  return withField(account, 'secrets', secrets)
}

const enforceKey = 'kubernetes.io/enforce-mountable-secrets'

/** Warns of an annotation that is going, unless it was there before. */
function annotationWarnings(account: Fields, old?: Fields): readonly string[] {
  const has = (object: Fields): boolean =>
    Object.hasOwn(fieldsOf(fieldsOf(object['metadata'])['annotations']), enforceKey)
  if (!has(account) || (old !== undefined && has(old))) return []
  const why = 'prefer separate namespaces to isolate access to mounted secrets'
  return [`metadata.annotations[${enforceKey}]: deprecated in v1.32+; ${why}`]
}

/** @see pkg/registry/core/serviceaccount/strategy.go */
export const serviceAccountRoom: Room = {
  group: '',
  kind: 'ServiceAccount',
  prepareForCreate: cleanSecrets,
  warningsOnCreate: (account) => annotationWarnings(account),
  update: { prepare: cleanSecrets, warnings: annotationWarnings },
}
