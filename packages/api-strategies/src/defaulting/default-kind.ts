import { scheme, UnknownKindError } from '@kube-bonsai/api-types'
import { type KubeObject, parseApiVersion } from '@kube-bonsai/apimachinery'
import { fieldsOf } from '../meta/json.ts'
import type { StrategyContext } from '../strategy.ts'
import { allDefaults } from './all-defaults.ts'
import { defaultType, noRules } from './default-object.ts'
import type { DefaultRules } from './type-defaults.ts'

/**
 * Fills in the defaults of a decoded object, for any built-in kind and version.
 *
 * @throws UnknownKindError when the kind is unknown or its types are not loaded
 */
export function defaultObject(object: KubeObject, context: StrategyContext): KubeObject {
  return withRules(object, allDefaults, context)
}

/** Adds only the fields that Go writes whatever they hold: `status: {}`, `replicas: 0`. */
export function fillZeroValues(object: KubeObject, context: StrategyContext): KubeObject {
  return withRules(object, noRules, context)
}

function withRules(object: KubeObject, rules: DefaultRules, context: StrategyContext): KubeObject {
  const { group, version } = parseApiVersion(object.apiVersion) ?? { group: object.apiVersion, version: '' }
  const kind = { group, version, kind: object.kind }
  const type = scheme.loaded.typeOf(kind)
  if (type === undefined) throw new UnknownKindError(kind)
  const fields = fieldsOf(object)
  const result = defaultType(scheme.loaded, rules, type, fields, context)
  return result === fields ? object : { ...object, ...result }
}
