import {
  type FieldError,
  FieldPath,
  getWarningsForIP,
  isValidIPForLegacyField,
  isValidPortNum,
  nameIsDNSSubdomain,
  required,
  semanticEqual,
} from '@kube-bonsai/apimachinery'
import { invalidEach, labelErrors, oneOfErrors, qualifiedNameErrors, withOrigin } from '../../meta/checks.ts'
import { endpointIPErrors } from '../../meta/endpoint-ip.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, numberOf, objectsOf, textOf } from '../../meta/json.ts'
import type { Room } from '../../room.ts'
import type { StrategyContext } from '../../strategy.ts'

const path = FieldPath.of('subsets')
const managedBy = 'endpoints.kubernetes.io/managed-by'
const addressLists = ['addresses', 'notReadyAddresses']

function subsetErrors(subsets: unknown, context: StrategyContext): readonly FieldError[] {
  return objectsOf(subsets).flatMap((subset, index) => {
    const at = path.index(index)
    const ports = objectsOf(subset['ports'])
    return [
      ...(addressLists.every((name) => isEmpty(subset[name]))
        ? [required(at, 'must specify `addresses` or `notReadyAddresses`')]
        : []),
      ...addressLists.flatMap((name) =>
        objectsOf(subset[name]).flatMap((address, place) =>
          addressErrors(address, context, at.child(name).index(place)),
        ),
      ),
      ...ports.flatMap((port, place) => portErrors(port, ports.length > 1, at.child('ports').index(place))),
    ]
  })
}

function addressErrors(address: Fields, { gates }: StrategyContext, at: FieldPath): readonly FieldError[] {
  const ip = textOf(address['ip'])
  const { hostname, nodeName } = address
  return [
    ...isValidIPForLegacyField(at.child('ip'), ip, { strict: gates.enabled('StrictIPCIDRValidation') }),
    ...(isEmpty(hostname) ? [] : labelErrors(hostname, at.child('hostname'))),
    ...(isAbsent(nodeName)
      ? []
      : withOrigin(
          invalidEach(at.child('nodeName'), nodeName, nameIsDNSSubdomain(textOf(nodeName), false)),
          'format=dns-label',
        )),
    ...endpointIPErrors(ip, at.child('ip')),
  ]
}

function portErrors(port: Fields, needsName: boolean, at: FieldPath): readonly FieldError[] {
  const number = numberOf(port['port'])
  const { name, appProtocol } = port
  const named = isEmpty(name) ? (needsName ? [required(at.child('name'))] : []) : labelErrors(name, at.child('name'))
  return [
    ...named,
    ...withOrigin(invalidEach(at.child('port'), number, isValidPortNum(number)), 'portNum'),
    ...oneOfErrors(port['protocol'], at.child('protocol'), ['SCTP', 'TCP', 'UDP']),
    ...(isAbsent(appProtocol) ? [] : qualifiedNameErrors(appProtocol, at.child('appProtocol'))),
  ]
}

/** Warns of addresses that are spelled in a bad way; the controller of endpoints knows how to spell. */
function endpointsWarnings(endpoints: Fields): readonly string[] {
  const labels = fieldsOf(fieldsOf(endpoints['metadata'])['labels'])
  if (labels[managedBy] === 'endpoint-controller') return []
  return objectsOf(endpoints['subsets']).flatMap((subset, index) =>
    addressLists.flatMap((name) =>
      objectsOf(subset[name]).flatMap(({ ip }, place) =>
        getWarningsForIP(path.index(index).child(name).index(place).child('ip'), textOf(ip)),
      ),
    ),
  )
}

/** @see pkg/registry/core/endpoint/strategy.go */
export const endpointsRoom: Room = {
  group: '',
  kind: 'Endpoints',
  validate: (endpoints, context) => subsetErrors(endpoints['subsets'], context),
  warningsOnCreate: endpointsWarnings,
  update: {
    /** Subsets that stay as they are were right when they were written. */
    validate: (endpoints, old, context) => {
      const errors = subsetErrors(endpoints['subsets'], context)
      return errors.length > 0 && semanticEqual(endpoints['subsets'], old['subsets']) ? [] : errors
    },
    warnings: endpointsWarnings,
  },
}
