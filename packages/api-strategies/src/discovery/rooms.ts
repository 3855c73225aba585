import {
  duplicate,
  type FieldError,
  FieldPath,
  getWarningsForIP,
  notSupported,
  required,
  semanticEqual,
  tooMany,
  validateImmutableField,
} from '@kube-bonsai/apimachinery'
import { labelErrors, named, oneOfErrors, qualifiedNameErrors } from '../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, listOf, objectsOf, textOf } from '../meta/json.ts'
import type { Room } from '../room.ts'
import type { StrategyContext } from '../strategy.ts'
import { withoutDisabled } from './disabled-fields.ts'
import { endpointErrors } from './endpoints.ts'

const typePath = FieldPath.of('addressType')
const portsPath = FieldPath.of('ports')
const endpointsPath = FieldPath.of('endpoints')
const maxPorts = 20_000
const protocols = ['SCTP', 'TCP', 'UDP']
/** Controllers that spell addresses well. */
const trusted = ['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io']

function portErrors(ports: readonly Fields[]): readonly FieldError[] {
  if (ports.length > maxPorts) return [tooMany(portsPath, ports.length, maxPorts)]
  const seen = new Set<string>()
  return ports.flatMap((port, index) => {
    const at = portsPath.index(index)
    const name = textOf(port['name'])
    const { protocol, appProtocol } = port
    const repeated = seen.has(name) ? [duplicate(at.child('name'), name)] : []
    seen.add(name)
    return [
      ...(name === '' ? [] : labelErrors(name, at.child('name'))),
      ...repeated,
      ...protocolErrors(protocol, at.child('protocol')),
      ...(isAbsent(appProtocol) ? [] : qualifiedNameErrors(appProtocol, at.child('appProtocol'))),
    ]
  })
}

function protocolErrors(protocol: unknown, at: FieldPath): readonly FieldError[] {
  if (isAbsent(protocol)) return [required(at)]
  return protocols.includes(textOf(protocol)) ? [] : [notSupported(at, named(protocol), protocols)]
}

/** Endpoints that stay as they are were right when they were written. */
function sliceErrors(slice: Fields, old: Fields | undefined, { gates }: StrategyContext): readonly FieldError[] {
  const type = textOf(slice['addressType'])
  const strict = gates.enabled('StrictIPCIDRValidation')
  const errors = endpointErrors(objectsOf(slice['endpoints']), type, endpointsPath, strict)
  const known = errors.length > 0 && old !== undefined && semanticEqual(slice['endpoints'], old['endpoints'])
  return [
    ...oneOfErrors(type, typePath, ['FQDN', 'IPv4', 'IPv6']),
    ...portErrors(objectsOf(slice['ports'])),
    ...(known ? [] : errors),
  ]
}

function addressWarnings(slice: Fields): readonly string[] {
  const labels = fieldsOf(fieldsOf(slice['metadata'])['labels'])
  if (trusted.includes(textOf(labels['endpointslice.kubernetes.io/managed-by']))) return []
  return objectsOf(slice['endpoints']).flatMap(({ addresses }, index) =>
    listOf(addresses).flatMap((address, place) =>
      getWarningsForIP(endpointsPath.index(index).child('addresses').index(place), textOf(address)),
    ),
  )
}

/** @see pkg/registry/discovery/endpointslice/strategy.go */
const endpointSliceRoom: Room = {
  group: 'discovery.k8s.io',
  kind: 'EndpointSlice',
  prepareForCreate: (slice, context) => withoutDisabled(slice, undefined, context),
  validate: (slice, context) => sliceErrors(slice, undefined, context),
  warningsOnCreate: (slice) => [
    ...(slice['addressType'] === 'FQDN' ? ['spec.addressType: FQDN endpoints are deprecated'] : []),
    ...addressWarnings(slice),
  ],
  update: {
    prepare: withoutDisabled,
    validate: (slice, old, context) => [
      ...sliceErrors(slice, old, context),
      ...validateImmutableField(textOf(slice['addressType']), textOf(old['addressType']), typePath),
    ],
    warnings: addressWarnings,
  },
}

export const discoveryRooms: readonly Room[] = [endpointSliceRoom]
