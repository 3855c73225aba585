import { authorizerFunctions } from '../libraries/authorizer.ts'
import { formatFunctions } from '../libraries/format.ts'
import { addressFunctions } from '../libraries/ip.ts'
import { quantityFunctions } from '../libraries/quantity.ts'
import { semverFunctions } from '../libraries/semver.ts'
import { urlFunctions } from '../libraries/url.ts'
import { conversions, dynFunction, typeFunction } from './conversions.ts'
import type { CelFunction } from './dispatch.ts'
import { listFunctions, listSingletons } from './lists.ts'
import { operators } from './operators.ts'
import { optionalFunctions } from './optionals.ts'
import { matches, regexFunctions } from './regex.ts'
import { stringFunctions } from './strings.ts'
import { timeFunctions } from './times.ts'
import { on } from './typed.ts'

/** Functions with one code for all overloads, by name. */
export const functionSingletons: ReadonlyMap<string, CelFunction> = new Map([
  ...operators,
  ...listSingletons,
  ['matches', matches],
  ['type', typeFunction],
  ['dyn', dynFunction],
])

const escapeKey = on(['string'], (key) => key.replaceAll('~', '~0').replaceAll('/', '~1'))

/** The code of each overload. */
export const overloadFunctions: ReadonlyMap<string, CelFunction> = new Map([
  ...conversions,
  ...stringFunctions,
  ...regexFunctions,
  ...listFunctions,
  ...optionalFunctions,
  ...timeFunctions,
  ...quantityFunctions,
  ...semverFunctions,
  ...urlFunctions,
  ...addressFunctions,
  ...formatFunctions,
  ...authorizerFunctions,
  ['string_jsonpatch_escapeKey_string', escapeKey],
])
