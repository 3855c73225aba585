import {
  duplicate,
  type FieldError,
  type FieldPath,
  internalFieldError,
  invalid,
  isFullyQualifiedDomainName,
  isValidIP,
  isValidIPForLegacyField,
  isValidLabelValue,
  nameIsDNSSubdomain,
  required,
  tooMany,
  validateLabels,
} from '@kube-bonsai/apimachinery'
import { invalidEach, labelErrors } from '../meta/checks.ts'
import { endpointIPErrors } from '../meta/endpoint-ip.ts'
import { ipFamilyOf } from '../meta/ip-families.ts'
import { type Fields, fieldsOf, isAbsent, isFields, listOf, objectsOf, textOf } from '../meta/json.ts'

const maxEndpoints = 1000
const maxAddresses = 100
const maxTopologyLabels = 16
const maxHints = 8
const zoneLabel = 'topology.kubernetes.io/zone'

const overLimit = (path: FieldPath, count: number, limit: number): readonly FieldError[] =>
  count > limit ? [tooMany(path, count, limit)] : []

/** Checks the endpoints of a slice. `strict` is the gate StrictIPCIDRValidation. */
export function endpointErrors(
  endpoints: readonly Fields[],
  addressType: string,
  path: FieldPath,
  strict: boolean,
): readonly FieldError[] {
  const tooManyOfThem = overLimit(path, endpoints.length, maxEndpoints)
  if (tooManyOfThem.length > 0) return tooManyOfThem
  return endpoints.flatMap((endpoint, index) => {
    const at = path.index(index)
    const { nodeName, hostname, hints } = endpoint
    const topology = fieldsOf(endpoint['deprecatedTopology'])
    const topologyPath = at.child('deprecatedTopology')
    const labels = Object.fromEntries(Object.entries(topology).map(([key, value]) => [key, textOf(value)]))
    return [
      ...addressErrors(listOf(endpoint['addresses']).map(textOf), addressType, at.child('addresses'), strict),
      ...(isAbsent(nodeName)
        ? []
        : invalidEach(at.child('nodeName'), textOf(nodeName), nameIsDNSSubdomain(textOf(nodeName), false))),
      ...overLimit(topologyPath, Object.keys(topology).length, maxTopologyLabels),
      ...validateLabels(labels, topologyPath),
      ...(Object.hasOwn(topology, zoneLabel)
        ? [internalFieldError(topologyPath.key(zoneLabel), 'reserved key was not removed in conversion')]
        : []),
      ...(isAbsent(hostname) ? [] : labelErrors(hostname, at.child('hostname'))),
      ...(isFields(hints) ? hintErrors(hints, at.child('hints')) : []),
    ]
  })
}

function addressErrors(
  addresses: readonly string[],
  type: string,
  path: FieldPath,
  strict: boolean,
): readonly FieldError[] {
  const count =
    addresses.length === 0
      ? [required(path, 'must contain at least 1 address')]
      : overLimit(path, addresses.length, maxAddresses)
  const wrong = addresses.flatMap((address, index) => {
    const at = path.index(index)
    if (type === 'FQDN') return isFullyQualifiedDomainName(at, address)
    if (type !== 'IPv4' && type !== 'IPv6') return []
    const errors = type === 'IPv4' ? isValidIPForLegacyField(at, address, { strict }) : isValidIP(at, address)
    if (errors.length > 0) return errors
    const family = ipFamilyOf(address) === type ? [] : [invalid(path, address, `must be an ${type} address`)]
    return [...family, ...endpointIPErrors(address, at)]
  })
  return [...count, ...wrong]
}

function hintErrors(hints: Fields, path: FieldPath): readonly FieldError[] {
  const errors: FieldError[] = []
  for (const [field, check] of [
    ['forZones', isValidLabelValue],
    ['forNodes', (name: string) => nameIsDNSSubdomain(name, false)],
  ] as const) {
    const list = objectsOf(hints[field])
    const at = path.child(field)
    if (list.length > maxHints) return [...errors, tooMany(at, list.length, maxHints)]
    const seen = new Set<string>()
    list.forEach((hint, index) => {
      const name = textOf(hint['name'])
      const namePath = at.index(index).child('name')
      if (seen.has(name)) errors.push(duplicate(namePath, name))
      seen.add(name)
      errors.push(...invalidEach(namePath, name, check(name)))
    })
  }
  return errors
}
