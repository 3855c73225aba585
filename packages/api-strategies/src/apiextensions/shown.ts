import { compactJson, compareUtf8, jsonString, RenderedValue } from '@kube-bonsai/apimachinery'
import { type Fields, isAbsent, isFields, textOf } from '../meta/json.ts'

/** How Go prints a field: the zero value of texts, flags and numbers shows, nothing else does. */
type Shape =
  | 'text'
  | 'flag'
  | 'number'
  | 'any'
  | 'items'
  | 'orBool'
  | Struct
  | { readonly list: Struct | 'any' }
  | { readonly map: () => Struct }

/** The fields of a Go struct: `GoName=jsonName` with their shapes. */
interface Struct {
  readonly fields: () => readonly (readonly [string, string, Shape])[]
}

const schema: Struct = { fields: () => schemaFields }
const schemas: Shape = { list: schema }
const schemaMap: Shape = { map: () => schema }
const struct = (...fields: readonly (readonly [string, string, Shape])[]): Struct => ({ fields: () => fields })

const rule: Struct = struct(
  ['Rule', 'rule', 'text'],
  ['Message', 'message', 'text'],
  ['MessageExpression', 'messageExpression', 'text'],
  ['Reason', 'reason', 'any'],
  ['FieldPath', 'fieldPath', 'text'],
  ['OptionalOldSelf', 'optionalOldSelf', 'any'],
)
const docs: Struct = struct(['Description', 'description', 'text'], ['URL', 'url', 'text'])

/** @see staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/types_jsonschema.go */
const schemaFields: readonly (readonly [string, string, Shape])[] = [
  ['ID', 'id', 'text'],
  ['Schema', '$schema', 'text'],
  ['Ref', '$ref', 'any'],
  ['Description', 'description', 'text'],
  ['Type', 'type', 'text'],
  ['Nullable', 'nullable', 'flag'],
  ['Format', 'format', 'text'],
  ['Title', 'title', 'text'],
  ['Default', 'default', 'any'],
  ['Maximum', 'maximum', 'any'],
  ['ExclusiveMaximum', 'exclusiveMaximum', 'flag'],
  ['Minimum', 'minimum', 'any'],
  ['ExclusiveMinimum', 'exclusiveMinimum', 'flag'],
  ['MaxLength', 'maxLength', 'any'],
  ['MinLength', 'minLength', 'any'],
  ['Pattern', 'pattern', 'text'],
  ['MaxItems', 'maxItems', 'any'],
  ['MinItems', 'minItems', 'any'],
  ['UniqueItems', 'uniqueItems', 'flag'],
  ['MultipleOf', 'multipleOf', 'any'],
  ['Enum', 'enum', { list: 'any' }],
  ['MaxProperties', 'maxProperties', 'any'],
  ['MinProperties', 'minProperties', 'any'],
  ['Required', 'required', { list: 'any' }],
  ['Items', 'items', 'items'],
  ['AllOf', 'allOf', schemas],
  ['OneOf', 'oneOf', schemas],
  ['AnyOf', 'anyOf', schemas],
  ['Not', 'not', schema],
  ['Properties', 'properties', schemaMap],
  ['AdditionalProperties', 'additionalProperties', 'orBool'],
  ['PatternProperties', 'patternProperties', schemaMap],
  ['Dependencies', 'dependencies', 'any'],
  ['AdditionalItems', 'additionalItems', 'orBool'],
  ['Definitions', 'definitions', schemaMap],
  ['ExternalDocs', 'externalDocs', docs],
  ['Example', 'example', 'any'],
  ['XPreserveUnknownFields', 'x-kubernetes-preserve-unknown-fields', 'any'],
  ['XEmbeddedResource', 'x-kubernetes-embedded-resource', 'flag'],
  ['XIntOrString', 'x-kubernetes-int-or-string', 'flag'],
  ['XListMapKeys', 'x-kubernetes-list-map-keys', { list: 'any' }],
  ['XListType', 'x-kubernetes-list-type', 'any'],
  ['XMapType', 'x-kubernetes-map-type', 'any'],
  ['XValidations', 'x-kubernetes-validations', { list: rule }],
]

const column: Struct = struct(
  ['Name', 'name', 'text'],
  ['Type', 'type', 'text'],
  ['Format', 'format', 'text'],
  ['Description', 'description', 'text'],
  ['Priority', 'priority', 'number'],
  ['JSONPath', 'jsonPath', 'text'],
)
const scale: Struct = struct(
  ['SpecReplicasPath', 'specReplicasPath', 'text'],
  ['StatusReplicasPath', 'statusReplicasPath', 'text'],
  ['LabelSelectorPath', 'labelSelectorPath', 'any'],
)
const version: Struct = struct(
  ['Name', 'name', 'text'],
  ['Served', 'served', 'flag'],
  ['Storage', 'storage', 'flag'],
  ['Deprecated', 'deprecated', 'flag'],
  ['DeprecationWarning', 'deprecationWarning', 'any'],
  ['Schema', 'schema', struct(['OpenAPIV3Schema', 'openAPIV3Schema', schema])],
  ['Subresources', 'subresources', struct(['Status', 'status', struct()], ['Scale', 'scale', scale])],
  ['AdditionalPrinterColumns', 'additionalPrinterColumns', { list: column }],
  ['SelectableFields', 'selectableFields', { list: struct(['JSONPath', 'jsonPath', 'text']) }],
)

/** A schema as Go's JSON of upstream's internal type shows it in messages. */
export function shownSchema(value: unknown): RenderedValue {
  return new RenderedValue(value, text(schema, value))
}

/** The same for the versions of a definition; null for none. */
export function shownVersions(value: readonly Fields[] | undefined): RenderedValue {
  return new RenderedValue(value, text({ list: version }, value))
}

function text(shape: Shape, value: unknown): string {
  if (shape === 'text') return jsonString(textOf(value))
  if (shape === 'flag') return value === true ? 'true' : 'false'
  if (shape === 'number') return typeof value === 'number' ? String(value) : '0'
  if (isAbsent(value)) return 'null'
  if (shape === 'any') return compactJson(value)
  if (shape === 'items') {
    const one = isFields(value) ? text(schema, value) : 'null'
    return `{"Schema":${one},"JSONSchemas":${Array.isArray(value) ? text(schemas, value) : 'null'}}`
  }
  if (shape === 'orBool')
    return `{"Allows":${value === false ? 'false' : 'true'},"Schema":${isFields(value) ? text(schema, value) : 'null'}}`
  if ('list' in shape) {
    const { list } = shape
    return Array.isArray(value) ? `[${value.map((item) => text(list, item)).join(',')}]` : 'null'
  }
  if (!isFields(value)) return 'null'
  if ('map' in shape) {
    const of = shape.map()
    const names = Object.keys(value).sort(compareUtf8)
    return `{${names.map((name) => `${jsonString(name)}:${text(of, value[name])}`).join(',')}}`
  }
  const parts = shape.fields().map(([goName, name, of]) => `${jsonString(goName)}:${text(of, value[name])}`)
  return `{${parts.join(',')}}`
}

/** A rule as Go prints upstream's internal type. */
export function shownRule(value: Fields): RenderedValue {
  return new RenderedValue(value, text(rule, value))
}
