import {
  FieldPath,
  isConfigMapKey,
  isValidIP,
  nameIsDNS1035Label,
  nameIsDNSLabel,
  nameIsDNSSubdomain,
  nameIsPathSegment,
} from '@kube-bonsai/apimachinery'
import { storageVersionNameProblems } from '../apiserverinternal/strategy.ts'
import type { StrategyContext } from '../strategy.ts'
import type { KindTraits } from './kind-traits.ts'

/** Checks the name of an object, or the beginning of one. */
export type NameRule = (name: string, prefix: boolean, context?: StrategyContext) => readonly string[]

const serviceName: NameRule = (name, prefix, context) =>
  context?.gates.enabled('RelaxedServiceNameValidation') === true
    ? nameIsDNSLabel(name, prefix)
    : nameIsDNS1035Label(name, prefix)

const ipName: NameRule = (name) => isValidIP(FieldPath.of('metadata', 'name'), name).map(({ detail }) => detail)

/** The rule behind a trait. */
export function nameRule(names: KindTraits['names']): NameRule {
  switch (names) {
    case undefined:
      return nameIsDNSSubdomain
    case 'config-key':
      return (name) => isConfigMapKey(name)
    case 'label':
      return nameIsDNSLabel
    case 'path-segment':
      return nameIsPathSegment
    case 'ip':
      return ipName
    case 'storage-version':
      return storageVersionNameProblems
    case 'service':
      return serviceName
  }
}
