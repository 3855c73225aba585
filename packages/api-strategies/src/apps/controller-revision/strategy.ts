import {
  type FieldError,
  FieldPath,
  fieldImmutableMessage,
  invalid,
  required,
  semanticEqual,
} from '@kube-bonsai/apimachinery'
import { rawValue } from '../../internal-form/internal-value.ts'
import { negativeErrors } from '../../meta/checks.ts'
import { type Fields, isAbsent, isFields } from '../../meta/json.ts'
import type { Room } from '../../room.ts'

const dataPath = FieldPath.of('data')
const revisionErrors = (object: Fields): readonly FieldError[] =>
  negativeErrors(object['revision'], FieldPath.of('revision'))

function dataErrors({ data }: Fields): readonly FieldError[] {
  if (isAbsent(data)) return [required(dataPath, 'data is mandatory')]
  return isFields(data) ? [] : [required(dataPath, 'data must be a valid JSON object')]
}

function changeErrors({ data }: Fields, old: Fields): readonly FieldError[] {
  if (semanticEqual(data ?? null, old['data'] ?? null)) return []
  return [invalid(dataPath, rawValue(data), fieldImmutableMessage)]
}

/** @see pkg/registry/apps/controllerrevision/strategy.go */
export const controllerRevisionRoom: Room = {
  group: 'apps',
  kind: 'ControllerRevision',
  validate: (object) => [...revisionErrors(object), ...dataErrors(object)],
  update: { validate: (object, old) => [...revisionErrors(object), ...changeErrors(object, old)] },
}
