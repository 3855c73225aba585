import { semanticEqual } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isAbsent, objectsOf, textOf } from '../meta/json.ts'
import { caBundleOf, isInvalidCABundle, isRecognized, reviewVersionsOf } from './conversion.ts'
import { hoistSpec, schemasOf } from './hoisted.ts'
import { presenceErrors, setErrors } from './schema/list-rules.ts'
import { hasUnknownType } from './schema/standard.ts'
import { hasSchema } from './schema/version-schema.ts'
import { anySchema } from './schema/walk.ts'
import type { SpecOptions } from './spec.ts'
import { structuralProblem } from './structural/convertible.ts'
import { hasUnprunedDefaults } from './structural/default-values.ts'
import { nowhere } from './structural/nowhere.ts'
import { structuralErrors } from './structural/validate.ts'

/** How strict a new definition is checked. */
export const strict: SpecOptions = {
  requireValidPropertyType: true,
  requireStructuralSchema: true,
  requirePrunedDefaults: true,
  requireAtomicSetType: true,
  requireMapListKeys: true,
  requireRecognizedVersion: true,
  requireOpenAPISchema: true,
  // Certificates count once the definition is established.
  allowInvalidCABundle: true,
  allowTooManySelectable: new Set(),
}

/** Whether a definition is established. */
export function isEstablished(crd: Fields): boolean {
  const conditions = objectsOf(fieldsOf(crd['status'])['conditions'])
  return conditions.some((condition) => condition['type'] === 'Established' && condition['status'] === 'True')
}

/** How strict an update is checked: what the stored definition has already may stay. */
export function optionsFor(crd: Fields, old: Fields): SpecOptions {
  const spec = fieldsOf(old['spec'])
  const hoisted = hoistSpec(spec)
  const schemas = schemasOf(hoisted)
  const some = (has: (schema: Fields) => boolean) => schemas.some((schema) => anySchema(schema, has))
  const versions = reviewVersionsOf(spec)
  return {
    requireValidPropertyType: !some(hasUnknownType),
    requireStructuralSchema: !schemas.some((schema) => !isStructural(schema)),
    requirePrunedDefaults: !schemas.some(
      (schema) =>
        anySchema(schema, (one) => !isAbsent(one['default'])) && isStructural(schema) && hasUnprunedDefaults(schema),
    ),
    requireAtomicSetType: !some((schema) => setErrors(schema, nowhere).length > 0),
    requireMapListKeys: !some((schema) => presenceErrors(schema, nowhere).length > 0),
    requireRecognizedVersion: versions.length === 0 || isRecognized(versions),
    requireOpenAPISchema: objectsOf(spec['versions']).every(hasSchema),
    allowInvalidCABundle: !isEstablished(old) || isInvalidCABundle(caBundleOf(spec)),
    allowTooManySelectable: tooManyBefore(crd, old),
    unchangedSchemas: unchangedSchemas(crd, old),
  }
}

/** The versions whose schema is as it was. */
function unchangedSchemas(crd: Fields, old: Fields): ReadonlySet<string> {
  const before = objectsOf(fieldsOf(old['spec'])['versions'])
  const now = objectsOf(fieldsOf(crd['spec'])['versions'])
  const same = now.filter(({ name, schema }) =>
    before.some((version) => version['name'] === name && semanticEqual(version['schema'], schema)),
  )
  return new Set(same.map(({ name }) => textOf(name)))
}

function isStructural(schema: Fields): boolean {
  return structuralProblem(schema) === '' && structuralErrors(nowhere, schema).length === 0
}

function tooManyBefore(crd: Fields, old: Fields): ReadonlySet<string> {
  const [now, before] = [hoistSpec(crd['spec']), hoistSpec(old['spec'])]
  const result = new Set<string>()
  const keeps = (fields: readonly Fields[], own: readonly Fields[]) => own.length > 8 && semanticEqual(fields, own)
  if (keeps(now.selectableFields, before.selectableFields)) result.add('')
  for (const version of now.versions) {
    const name = textOf(version['name'])
    const known = before.versions.find((one) => one['name'] === name)
    if (known && keeps(objectsOf(version['selectableFields']), objectsOf(known['selectableFields']))) result.add(name)
  }
  return result
}
