import type { TypeName } from '@kube-bonsai/api-types'
import type { Fields } from '../meta/json.ts'
import type { StrategyContext } from '../strategy.ts'

/** Fills in the defaults of one type, not of the types inside it. Returns the value itself when nothing is missing. */
export type DefaultRule = (value: Fields, context: StrategyContext) => Fields

/** Rules by the OpenAPI name of their type. */
export type DefaultRules = Readonly<Record<TypeName, DefaultRule>>

/** The OpenAPI name of a type of the core group. */
export const coreType = (name: string): TypeName => `io.k8s.api.core.v1.${name}`
