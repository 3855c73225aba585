import type { ResourceInfo } from '@kube-bonsai/api-types'
import type { KubeObject } from '@kube-bonsai/apimachinery'
import { defaultObject, fillZeroValues } from '../defaulting/default-kind.ts'
import { type Fields, fieldsOf, isAbsent, withField } from '../meta/json.ts'
import type { Room, SubresourceRules, UpdateRules } from '../room.ts'
import type { Strategy, StrategyContext, TableStrategy, UpdateStrategy } from '../strategy.ts'
import { countGeneration, withGeneration } from './generation.ts'
import { type KindTraits, traitsOf } from './kind-traits.ts'
import { resetMetadata } from './metadata-reset.ts'
import { metadataRules } from './metadata-rules.ts'
import { nameRule } from './names.ts'

const noRoom: Room = { group: '', kind: '' }

/**
 * Puts a kind's strategy together: the rules that hold for every kind, its traits, and its room if it has one.
 *
 * @param info the resource in the version in which its objects are stored
 */
export function buildStrategy(info: ResourceInfo, room: Room = noRoom, table?: TableStrategy): Strategy {
  const traits = traitsOf(info.group, info.kind)
  const hasStatus = info.subresources.some(({ name }) => name === 'status')
  const { nameMessages, validate, warningsOnCreate, selectableFields, planDelete, canonicalize } = room
  return {
    group: info.group,
    kind: info.kind,
    version: info.version,
    namespaced: info.namespaced,
    allowCreateOnUpdate: traits.createOnUpdate === true,
    allowUnconditionalUpdate: traits.needsResourceVersion !== true,
    defaultGarbageCollection: traits.garbageCollection ?? 'background',
    default: defaultObject,
    prepareForCreate(object, context) {
      const begun = beginObject(object, traits, hasStatus)
      const prepared = room.prepareForCreate?.(fieldsOf(begun), context)
      return fillZeroValues(merged(begun, prepared), context)
    },
    validate: (object, context) => validate?.(fieldsOf(object), context) ?? [],
    metadata: metadataRules(info.group, info.kind),
    validateName: nameRule(traits.names),
    ...(nameMessages === undefined
      ? {}
      : { validateNameOf: (object, name, prefix) => nameMessages(fieldsOf(object), name, prefix) }),
    ...(traits.keepsBaseName === true ? { keepsBaseName: true } : {}),
    ...updateStrategy(room.update, (object, old, context) => {
      const kept = hasStatus && traits.writesStatus !== true ? keepField(object, old, 'status') : object
      const prepared = merged(kept, room.update?.prepare?.(fieldsOf(kept), fieldsOf(old), context))
      const counted = countGeneration(traits.countsAsked === true ? kept : prepared, old, traits.counts ?? [])
      return withGeneration(prepared, counted.metadata.generation)
    }),
    subresources: subresources(room, traits, hasStatus),
    selectableFields: (object) => selectableFields?.(fieldsOf(object)) ?? {},
    ...(warningsOnCreate === undefined
      ? {}
      : { warningsOnCreate: (object, context) => warningsOnCreate(fieldsOf(object), context) }),
    ...(planDelete === undefined ? {} : { planDelete: (object, seconds) => planDelete(fieldsOf(object), seconds) }),
    ...(canonicalize === undefined ? {} : { canonicalize: (object) => merged(object, canonicalize(fieldsOf(object))) }),
    ...(table === undefined ? {} : { table }),
    ...(traits.printsPlainly === true ? { printsPlainly: true } : {}),
  }
}

function beginObject(object: KubeObject, traits: KindTraits, hasStatus: boolean): KubeObject {
  const wiped =
    hasStatus && traits.keepsStatus !== true && traits.writesStatus !== true
      ? merged(object, { ...fieldsOf(object), status: {} })
      : object
  return traits.counts === undefined || traits.startsWithout === true ? wiped : withGeneration(wiped, 1)
}

function subresources(room: Room, traits: KindTraits, hasStatus: boolean): Readonly<Record<string, UpdateStrategy>> {
  const result: Record<string, UpdateStrategy> = {}
  if (hasStatus) {
    result['status'] = updateStrategy(room.status, (object, old, context) => {
      const { status } = fieldsOf(object)
      const kept = merged(object, withField({ ...fieldsOf(old), metadata: object.metadata }, 'status', status ?? {}))
      const reset = resetMetadata(withGeneration(kept, old.metadata.generation), old, traits.statusKeeps)
      return fillZeroValues(merged(reset, room.status?.prepare?.(fieldsOf(reset), fieldsOf(old), context)), context)
    })
  }
  for (const [name, rules] of Object.entries(room.subresources ?? {})) result[name] = subresource(rules)
  return result
}

function subresource(rules: SubresourceRules): UpdateStrategy {
  return updateStrategy(rules, (object, old, context) => {
    const prepared = merged(object, rules.prepare(fieldsOf(object), fieldsOf(old), context))
    return countGeneration(prepared, old, rules.counts === true ? ['spec'] : [])
  })
}

type Prepare = (object: KubeObject, old: KubeObject, context: StrategyContext) => KubeObject

function updateStrategy(rules: UpdateRules | undefined, prepareForUpdate: Prepare): UpdateStrategy {
  const { validate, warnings } = rules ?? {}
  return {
    prepareForUpdate,
    validateUpdate: (object, old, context) => validate?.(fieldsOf(object), fieldsOf(old), context) ?? [],
    ...(warnings === undefined
      ? {}
      : { warningsOnUpdate: (object, old, context) => warnings(fieldsOf(object), fieldsOf(old), context) }),
  }
}

/** The object with one field as the stored object has it. */
function keepField(object: KubeObject, old: KubeObject, name: string): KubeObject {
  const stored = fieldsOf(old)[name]
  return merged(object, withField(fieldsOf(object), name, isAbsent(stored) ? undefined : stored))
}

/** `fields` with the identity that makes them an object; `object` itself when they are the same. */
function merged(object: KubeObject, fields: Fields | undefined): KubeObject {
  if (fields === undefined || fields === fieldsOf(object)) return object
  const metadata = { ...fieldsOf(fields['metadata']) }
  return { ...fields, apiVersion: object.apiVersion, kind: object.kind, metadata }
}
