import {
  type FieldError,
  FieldPath,
  internalFieldError,
  invalid,
  type KubeObject,
  nameIsDNSSubdomain,
  nameIsPathSegment,
  type ObjectMeta,
  quote,
  validateObjectMeta,
  validateObjectMetaUpdate,
} from '@kube-bonsai/apimachinery'
import type { Strategy, StrategyContext } from '../strategy.ts'
import { anyFinalizers, type MetadataCheck, type MetadataRules } from './metadata-rules.ts'

const path = FieldPath.of('metadata')
const namespacedRules = { ownFinalizers: true }
const standardFinalizers = new Set(['kubernetes', 'orphan', 'foregroundDeletion'])

/** What the rules of a kind find in the metadata of a new object, whose name is generated already. */
export function newMetadataErrors(
  object: KubeObject,
  strategy: Strategy,
  context: StrategyContext,
): readonly FieldError[] {
  const rules = strategy.metadata ?? anyFinalizers
  return rules.create ? wholeErrors(object, strategy, rules, context) : []
}

/** What is found in the metadata of every new object once the rules of its kind found nothing. */
export function generalMetadataErrors(object: KubeObject, { namespaced }: Strategy): readonly FieldError[] {
  return validateObjectMeta(object.metadata, { namespaced, validateName: nameIsPathSegment, path })
}

/**
 * What is found in the metadata of an object that is updated: by the rules that hold for every object, then by those
 * of its kind. So the same fault may be there up to four times, as upstream answers it.
 *
 * @param subresource empty for the object itself
 * @see staging/src/k8s.io/apiserver/pkg/registry/rest/update.go BeforeUpdate
 */
export function updatedMetadataErrors(
  object: KubeObject,
  old: KubeObject,
  strategy: Strategy,
  subresource: string,
  context: StrategyContext,
): readonly FieldError[] {
  const rules = strategy.metadata ?? anyFinalizers
  const changes = validateObjectMetaUpdate(object.metadata, old.metadata, path)
  const own = checksOf(rules, subresource).flatMap((check) =>
    check === 'changes'
      ? [...changes, ...finalizerErrors(object.metadata, rules)]
      : wholeErrors(object, strategy, rules, context),
  )
  return [...generalMetadataErrors(object, strategy), ...changes, ...own]
}

/** All of the metadata of a namespaced object whose name is a DNS subdomain, as most kinds check it. */
export function namespacedMetadataErrors(metadata: ObjectMeta): readonly FieldError[] {
  return [
    ...validateObjectMeta(metadata, { namespaced: true, validateName: nameIsDNSSubdomain, path }),
    ...finalizerErrors(metadata, namespacedRules),
  ]
}

/** What may not change in such metadata. */
export function namespacedMetadataChanges(metadata: ObjectMeta, old: ObjectMeta): readonly FieldError[] {
  return [...validateObjectMetaUpdate(metadata, old, path), ...finalizerErrors(metadata, namespacedRules)]
}

function checksOf(rules: MetadataRules, subresource: string): readonly MetadataCheck[] {
  if (subresource === '') return rules.update
  return (subresource === 'status' ? undefined : rules.ofOthers) ?? rules.subresource
}

function wholeErrors(
  object: KubeObject,
  strategy: Strategy,
  rules: MetadataRules,
  context: StrategyContext,
): readonly FieldError[] {
  const { metadata } = object
  const { generateName: _, ...named } = metadata
  const checked = rules.prefixes ? metadata : named
  const validateName = (name: string, prefix: boolean) =>
    strategy.validateNameOf?.(object, name, prefix) ?? strategy.validateName(name, prefix, context)
  const errors = validateObjectMeta(checked, { namespaced: strategy.namespaced, validateName, path })
  const own = rules.prefixes ? errors : [...ungeneratedErrors(metadata), ...errors.map(withNameOrigin)]
  return [...own, ...finalizerErrors(metadata, rules)]
}

/** Such kinds take it for a fault of the server if a prefix did not become a name. */
function ungeneratedErrors({ generateName = '', name = '' }: ObjectMeta): readonly FieldError[] {
  if (generateName === '' || name !== '') return []
  const detail = `generateName was specified (${quote(generateName)}), but no name was generated`
  return [internalFieldError(path.child('name'), detail)]
}

/** Kinds that check their names without prefixes say by which rule, which counts bytes. */
function withNameOrigin(error: FieldError): FieldError {
  if (error.field !== 'metadata.name' || error.type !== 'FieldValueInvalid') return error
  return { ...error, detail: error.detail.replace(/(\d+) characters$/, '$1 bytes'), origin: 'format=k8s-long-name' }
}

/** Names without a domain are the system's own. @see pkg/apis/core/validation/validation.go validateKubeFinalizerName */
function finalizerErrors(
  { finalizers = [] }: ObjectMeta,
  { ownFinalizers }: Pick<MetadataRules, 'ownFinalizers'>,
): readonly FieldError[] {
  if (!ownFinalizers) return []
  const why = 'name is neither a standard finalizer name nor is it fully qualified'
  return finalizers.flatMap((name, index) =>
    name.includes('/') || standardFinalizers.has(name)
      ? []
      : [invalid(path.child('finalizers').index(index), name, why)],
  )
}
