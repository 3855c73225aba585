import {
  type FieldError,
  type FieldErrorType,
  FieldPath,
  formatApiVersion,
  invalid,
  type KubeObject,
  nameIsDNSSubdomain,
  semanticEqual,
  type Unstructured,
} from '@kube-bonsai/apimachinery'
import { newMetadataErrors } from '../generic/metadata-errors.ts'
import { type Fields, fieldsOf, textOf } from '../meta/json.ts'
import type { Strategy, StrategyContext, TableStrategy, UpdateStrategy } from '../strategy.ts'
import { finalizerWarnings } from './finalizers.ts'
import { findJsonPath } from './json-path/evaluate.ts'
import { parseJsonPath, type Step } from './json-path/parse.ts'
import { type RuleEvaluator, refuseRules } from './rules.ts'
import { type ScalePaths, scaleSpecErrors, scaleStatusErrors } from './scale.ts'
import { correlate, schemaErrors } from './schema/check.ts'
import type { Correlation } from './schema/correlation.ts'
import { applyDefaults } from './schema/defaults.ts'
import { listTypeErrors } from './schema/list-types.ts'
import { embeddedErrors } from './schema/metadata.ts'
import { emptySchema, type SchemaNode } from './schema/node.ts'

/** One version of a custom resource, ready to be served. */
export interface CustomResourceVersion {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly namespaced: boolean
  /** Undefined for a version without a schema. */
  readonly schema: SchemaNode | undefined
  readonly hasStatus: boolean
  readonly scale: ScalePaths | undefined
  /** JSON paths of the fields that selectors may name: `.spec.color`. */
  readonly selectableFields: readonly string[]
  readonly table: TableStrategy
}

/**
 * The rules of one version of a custom resource. Its objects come and go in that version.
 *
 * @param evaluate what evaluates `x-kubernetes-validations`; without it what rules are about is refused
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresource/strategy.go
 */
export function customResourceStrategy(
  version: CustomResourceVersion,
  evaluate: RuleEvaluator = refuseRules,
): Strategy {
  const { group, kind, namespaced, schema = emptySchema, hasStatus, scale, table } = version
  const fields = version.selectableFields.map((path) => ({ name: path.replace(/^\./, ''), steps: stepsOf(path) }))
  const status: UpdateStrategy = {
    prepareForUpdate: (object, old) => withStatus(old, object, object.metadata.managedFields),
    validateUpdate(object, old, context) {
      const before = correlate(schema, object, old)
      const errors = [...statusErrors(schema, object, old, before), ...scaleStatusErrors(fieldsOf(object), scale)]
      errors.push(...newListErrors(schema, object, old))
      return [...errors, ...ruleErrors(errors, evaluate, schema, object, before, context)]
    },
  }
  const strategy: Strategy = {
    group,
    kind,
    version: version.version,
    namespaced,
    allowCreateOnUpdate: false,
    allowUnconditionalUpdate: false,
    defaultGarbageCollection: 'background',
    default: (object) => asObject(applyDefaults(object, schema), object),
    prepareForCreate: (object) => withGeneration(hasStatus ? withoutStatus(object) : object, 1),
    validate(object, context) {
      const own = fieldsOf(object)
      const errors = [
        ...schemaErrors(undefined, schema, own),
        ...scaleSpecErrors(own, scale),
        ...scaleStatusErrors(own, scale),
        ...embeddedErrors(FieldPath.root, own, schema),
        ...listTypeErrors(FieldPath.root, schema, own),
      ]
      const all = [...newMetadataErrors(object, strategy, context), ...errors]
      return [...errors, ...ruleErrors(all, evaluate, schema, object, undefined)]
    },
    warningsOnCreate: (object) => finalizerWarnings(object),
    validateName: nameIsDNSSubdomain,
    prepareForUpdate(object, old) {
      const kept = hasStatus ? withStatus(object, old, object.metadata.managedFields) : object
      const changed = !semanticEqual(withoutMetadata(kept), withoutMetadata(old))
      const { generation = 0 } = old.metadata
      return withGeneration(kept, changed ? generation + 1 : generation)
    },
    validateUpdate(object, old, context) {
      const own = fieldsOf(object)
      const before = correlate(schema, object, old)
      const errors = [
        ...schemaErrors(undefined, schema, own, before),
        ...scaleSpecErrors(own, scale),
        ...scaleStatusErrors(own, scale),
        ...embeddedErrors(FieldPath.root, own, schema),
        ...newListErrors(schema, object, old),
      ]
      return [...errors, ...ruleErrors(errors, evaluate, schema, object, before, context)]
    },
    warningsOnUpdate: (object, old) => finalizerWarnings(object, old),
    subresources: hasStatus ? { status } : {},
    selectableFields: (object) =>
      Object.fromEntries(fields.map(({ name, steps }) => [name, selectedText(object, steps)])),
    table,
  }
  return strategy
}

/** The apiVersion of a version of a custom resource. */
export function apiVersionOf(version: Pick<CustomResourceVersion, 'group' | 'version'>): string {
  return formatApiVersion(version)
}

function statusErrors(
  schema: SchemaNode,
  object: KubeObject,
  old: KubeObject,
  before: Correlation,
): readonly FieldError[] {
  const node = schema.properties.get('status')
  const { status } = object as Unstructured
  if (node === undefined || status === undefined) return []
  const own = before.key('status') ?? correlate(node, status, (old as Unstructured)['status'])
  return schemaErrors(FieldPath.of('status'), node, status, own)
}

/** Lists that were wrong before may stay so. */
function newListErrors(schema: SchemaNode, object: KubeObject, old: KubeObject): readonly FieldError[] {
  const errors = listTypeErrors(FieldPath.root, schema, object)
  return errors.length > 0 && listTypeErrors(FieldPath.root, schema, old).length > 0 ? [] : errors
}

/** Errors after which rules are not evaluated: they could not rely on the schema. */
const blocking: ReadonlySet<FieldErrorType> = new Set<FieldErrorType>([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
])
const unchecked =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation'

function ruleErrors(
  errors: readonly FieldError[],
  evaluate: RuleEvaluator,
  schema: SchemaNode,
  object: KubeObject,
  before: Correlation | undefined,
  { warn }: Pick<StrategyContext, 'warn'> = {},
): readonly FieldError[] {
  if (!schema.below.rules) return []
  if (errors.some(({ type }) => blocking.has(type))) return [invalid('<nil>', null, unchecked)]
  return evaluate(schema, object, before, warn)
}

function stepsOf(path: string): readonly Step[] {
  try {
    return parseJsonPath(path)
  } catch {
    return []
  }
}

function selectedText(object: KubeObject, steps: readonly Step[]): string {
  try {
    const [value] = findJsonPath(object, steps)
    return value === undefined || value === null || typeof value === 'object' ? textOf(value) : String(value)
  } catch {
    return ''
  }
}

function withStatus(
  object: KubeObject,
  from: KubeObject,
  managedFields: KubeObject['metadata']['managedFields'],
): KubeObject {
  const { status } = from as Unstructured
  const { managedFields: _, ...metadata } = object.metadata
  const kept = managedFields === undefined ? metadata : { ...metadata, managedFields }
  const bare = { ...withoutStatus(object), metadata: kept }
  return status === undefined ? bare : ({ ...bare, status } as Unstructured)
}

function withoutStatus(object: KubeObject): KubeObject {
  if (!Object.hasOwn(object, 'status')) return object
  const { status: _, ...rest } = object as Unstructured
  return rest as Unstructured
}

function withoutMetadata(object: KubeObject): Fields {
  const { metadata: _, ...rest } = object as Unstructured
  return rest
}

function withGeneration(object: KubeObject, generation: number): KubeObject {
  return object.metadata.generation === generation
    ? object
    : { ...object, metadata: { ...object.metadata, generation } }
}

/** Defaults change neither apiVersion nor kind nor metadata. */
function asObject(value: unknown, object: KubeObject): KubeObject {
  if (value === object) return object
  return { ...fieldsOf(value), apiVersion: object.apiVersion, kind: object.kind, metadata: object.metadata }
}
