import { semanticEqual } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isAbsent, isEmpty, objectsOf, textOf, withField } from '../meta/json.ts'

/**
 * A definition's spec as upstream's internal type has it: what is the same in every version stands once at the top, and
 * messages name it there.
 */
export interface HoistedSpec {
  readonly spec: Fields
  readonly versions: readonly Fields[]
  /** `schema` of all versions. */
  readonly validation: Fields | undefined
  readonly subresources: Fields | undefined
  readonly additionalPrinterColumns: readonly Fields[]
  readonly selectableFields: readonly Fields[]
  readonly version: string
  readonly preserveUnknownFields: boolean
}

const shared = ['subresources', 'schema', 'additionalPrinterColumns', 'selectableFields'] as const

/** @see staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/conversion.go */
export function hoistSpec(given: unknown): HoistedSpec {
  const spec = fieldsOf(given)
  let versions = objectsOf(spec['versions'])
  const top: Record<string, unknown> = {}
  const [first] = versions
  for (const name of first === undefined ? [] : shared) {
    const value = known(first?.[name])
    if (!versions.every((version) => semanticEqual(known(version[name]), value))) continue
    top[name] = value
    versions = versions.map((version) => withField(version, name, undefined))
  }
  const optional = (value: unknown) => (isAbsent(value) ? undefined : fieldsOf(value))
  return {
    spec,
    versions,
    validation: optional(top['schema']),
    subresources: optional(top['subresources']),
    additionalPrinterColumns: objectsOf(top['additionalPrinterColumns']),
    selectableFields: objectsOf(top['selectableFields']),
    version: textOf(first?.['name']),
    preserveUnknownFields: spec['preserveUnknownFields'] === true,
  }
}

/** Go holds nothing in place of an empty list. */
function known(value: unknown): unknown {
  return isAbsent(value) || (Array.isArray(value) && isEmpty(value)) ? null : value
}

/** Every schema of a spec, hoisted or not. */
export function schemasOf({ validation, versions }: HoistedSpec): readonly Fields[] {
  return [validation, ...versions.map((version) => version['schema'])]
    .map((schema) => fieldsOf(schema)['openAPIV3Schema'])
    .filter((schema) => !isAbsent(schema))
    .map(fieldsOf)
}
