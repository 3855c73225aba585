import { type Fields, objectsOf, withField } from '../meta/json.ts'
import type { Room } from '../room.ts'

/** Keeps only the names of secrets: where they are and which they are goes without saying. */
function cleanSecrets(account: Fields): Fields {
  if (!Array.isArray(account['secrets'])) return account
  const secrets = objectsOf(account['secrets']).map(({ name }) => (name === undefined ? {} : { name }))
  return withField(account, 'secrets', secrets)
}

/** @see pkg/registry/core/serviceaccount/strategy.go */
export const serviceAccountRoom: Room = {
  group: '',
  kind: 'ServiceAccount',
  prepareForCreate: cleanSecrets,
  update: { prepare: cleanSecrets },
}
