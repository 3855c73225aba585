import {
  type Condition,
  type FieldError,
  FieldPath,
  fieldImmutableMessage,
  invalid,
  isDNS1035Label,
  isDNS1123Subdomain,
  required,
  semanticEqual,
  validateConditions,
} from '@kube-bonsai/apimachinery'
import { internalList, internalValue } from '../internal-form/internal-value.ts'
import { type Fields, fieldsOf, listOf, objectsOf, textOf } from '../meta/json.ts'
import type { Room } from '../room.ts'

const specPath = FieldPath.of('spec')
const statusPath = FieldPath.of('status')
const wellFormed = /^[1-9]\d*$/

function migrationErrors(migration: Fields): readonly FieldError[] {
  const wanted = fieldsOf(fieldsOf(migration['spec'])['resource'])
  const [resource, group] = [textOf(wanted['resource']), textOf(wanted['group'])]
  const path = specPath.child('resource')
  const joined = (name: string, value: string, messages: readonly string[]): readonly FieldError[] =>
    messages.length === 0 ? [] : [invalid(path.child(name), value, messages.join(','))]
  return [
    ...(resource === ''
      ? [required(path.child('resource'), 'resource is required to be set')]
      : joined('resource', resource, isDNS1035Label(resource))),
    ...(group === '' ? [] : joined('group', group, isDNS1123Subdomain(group))),
  ]
}

function changeErrors(migration: Fields, old: Fields): readonly FieldError[] {
  const { spec } = migration
  if (semanticEqual(spec ?? {}, old['spec'] ?? {})) return []
  const value = internalValue('storagemigration.StorageVersionMigrationSpec', spec)
  return [invalid(specPath, value, fieldImmutableMessage)]
}

function statusErrors(migration: Fields, old: Fields): readonly FieldError[] {
  const status = fieldsOf(migration['status'])
  const stored = fieldsOf(old['status'])
  const version = textOf(status['resourceVersion'])
  const before = textOf(stored['resourceVersion'])
  const conditions = listOf(status['conditions'])
  const path = statusPath.child('conditions')
  const at = statusPath.child('resourceVersion')
  const [now, then] = [stateOf(status), stateOf(stored)]
  const wrong = (why: string): FieldError => invalid(path, internalList('Condition', status['conditions']), why)
  const running = (why: string): FieldError => wrong(`Running condition cannot be true when ${why} condition is true`)
  const errors: FieldError[] = []
  if (!wellFormed.test(version)) errors.push(invalid(at, version, `resource version is not well formed: ${version}`))
  errors.push(...validateConditions(conditions as readonly Condition[], path))
  if (before !== '' && before !== version) errors.push(invalid(at, version, 'field is immutable'))
  if (now.succeeded && now.failed) {
    errors.push(wrong('Both success and failed conditions cannot be true at the same time'))
  }
  if (now.succeeded && now.running) errors.push(running('success'))
  if (now.failed && now.running) errors.push(running('failed'))
  if (then.succeeded && !now.succeeded) errors.push(wrong('Success condition cannot be set to false once it is true'))
  if (then.failed && !now.failed) errors.push(wrong('Failed condition cannot be set to false once it is true'))
  return errors
}

function stateOf(status: Fields) {
  const has = (type: string): boolean =>
    objectsOf(status['conditions']).find((condition) => condition['type'] === type)?.['status'] === 'True'
  return { succeeded: has('Succeeded'), failed: has('Failed'), running: has('Running') }
}

/** @see pkg/registry/storagemigration/storagemigration/strategy.go */
export const storageVersionMigrationRoom: Room = {
  group: 'storagemigration.k8s.io',
  kind: 'StorageVersionMigration',
  validate: migrationErrors,
  update: { validate: (migration, old) => [...migrationErrors(migration), ...changeErrors(migration, old)] },
  status: { validate: statusErrors },
}
