import {
  duplicate,
  type FieldError,
  FieldPath,
  invalid,
  isValidIPForLegacyField,
  notSupported,
  required,
} from '@kube-bonsai/apimachinery'
import { ifSetOneOf, named } from '../../meta/checks.ts'
import { ipFamilyOf, isDualStack } from '../../meta/ip-families.ts'
import { type Fields, fieldsOf, isFields, listOf, textOf } from '../../meta/json.ts'

const specPath = FieldPath.of('spec')
const families = ['IPv4', 'IPv6']
const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack']

/** The cluster IPs of a service. */
export const clusterIPsOf = (spec: Fields): readonly string[] => listOf(spec['clusterIPs']).map(textOf)

/** Whether a service has no address of its own. */
export const isHeadless = (spec: Fields): boolean => {
  const addresses = clusterIPsOf(spec)
  return addresses.length === 1 && addresses[0] === 'None'
}

/**
 * Checks addresses and IP families of a service, and that they go together.
 *
 * @see pkg/apis/core/validation/validation.go ValidateServiceClusterIPsRelatedFields
 */
export function addressErrors(spec: Fields, old: Fields | undefined, strict: boolean): readonly FieldError[] {
  if (spec['type'] === 'ExternalName') return []
  const path = specPath.child('clusterIPs')
  const addresses = clusterIPsOf(spec)
  const oldValues = isFields(old) ? clusterIPsOf(fieldsOf(old['spec'])) : []
  const errors: FieldError[] = [
    ...firstAddressErrors(textOf(spec['clusterIP']), addresses, path),
    ...familyErrors(spec),
    ...ifSetOneOf(spec['ipFamilyPolicy'], specPath.child('ipFamilyPolicy'), policies),
  ]
  let bad = false
  for (const [index, address] of addresses.entries()) {
    const found: readonly FieldError[] =
      index === 0 && address === 'None'
        ? addresses.length > 1
          ? [invalid(path, addresses, "'None' must be the first and only value")]
          : []
        : isValidIPForLegacyField(path.index(index), address, { strict, oldValues })
    errors.push(...found)
    bad ||= found.length > 0
  }
  if (addresses.length > 2) errors.push(invalid(path, addresses, 'may only hold up to 2 values'))
  if (bad) return errors
  if (addresses.length > 1 && !isDualStack(addresses)) {
    errors.push(invalid(path, addresses, 'may specify no more than one IP for each IP family'))
  }
  return [...errors, ...mismatches(spec, addresses, path)]
}

function firstAddressErrors(first: string, addresses: readonly string[], path: FieldPath): readonly FieldError[] {
  if (first === '') {
    return addresses.length === 0 ? [] : [invalid(path, addresses, 'must be empty when `clusterIP` is not specified')]
  }
  if (addresses.length === 0) return [required(path)]
  return addresses[0] === first ? [] : [invalid(path, addresses, 'first value must match `clusterIP`')]
}

function familyErrors(spec: Fields): readonly FieldError[] {
  const seen = new Set<unknown>()
  return listOf(spec['ipFamilies']).flatMap((family, index) => {
    const path = specPath.child('ipFamilies').index(index)
    const repeated = seen.has(family)
    seen.add(family)
    return [
      ...(families.includes(textOf(family)) ? [] : [notSupported(path, named(family), families)]),
      ...(repeated ? [duplicate(path, named(family))] : []),
    ]
  })
}

function mismatches(spec: Fields, addresses: readonly string[], path: FieldPath): readonly FieldError[] {
  if (isHeadless(spec)) return []
  return listOf(spec['ipFamilies']).flatMap((family, index) => {
    const address = addresses[index]
    if (address === undefined) return []
    const isSix = ipFamilyOf(address) === 'IPv6'
    const wrong = (family === 'IPv4' && isSix) || (family === 'IPv6' && !isSix)
    if (!wrong) return []
    const detail = `expected an ${textOf(family)} value as indicated by \`ipFamilies[${index}]\``
    return [invalid(path.index(index), address, detail)]
  })
}
