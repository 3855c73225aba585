import type { Conversion } from '../conversion.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, mapItems, withField } from '../meta/json.ts'

const zoneLabel = 'topology.kubernetes.io/zone'
const hostLabel = 'kubernetes.io/hostname'

/** In v1beta1 node and zone of an endpoint are labels of its topology. */
function endpointToBeta(endpoint: Fields): Fields {
  const { zone, deprecatedTopology, ...rest } = endpoint
  const { nodeName } = endpoint
  const topology = {
    ...fieldsOf(deprecatedTopology),
    ...(isAbsent(nodeName) || !isEmpty(fieldsOf(deprecatedTopology)[hostLabel]) ? {} : { [hostLabel]: nodeName }),
    ...(isAbsent(zone) ? {} : { [zoneLabel]: zone }),
  }
  return Object.keys(topology).length === 0 ? rest : { ...rest, topology }
}

function endpointFromBeta(endpoint: Fields): Fields {
  const { topology, ...rest } = endpoint
  const { [zoneLabel]: zone, [hostLabel]: host, ...labels } = fieldsOf(topology)
  const others = isAbsent(host) || host === rest['nodeName'] ? labels : { ...labels, [hostLabel]: host }
  return {
    ...rest,
    ...(isAbsent(zone) ? {} : { zone }),
    ...(Object.keys(others).length === 0 ? {} : { deprecatedTopology: others }),
  }
}

const withEndpoints = (slice: Fields, change: (endpoint: Fields) => Fields): Fields =>
  Array.isArray(slice['endpoints'])
    ? withField(
        slice,
        'endpoints',
        mapItems(slice['endpoints'], (endpoint) => change(fieldsOf(endpoint))),
      )
    : slice

/** @see pkg/apis/discovery/v1beta1/conversion.go */
export const discoveryConversions: readonly Conversion[] = [
  {
    kind: 'EndpointSlice',
    group: 'discovery.k8s.io',
    versions: {
      'discovery.k8s.io/v1beta1': {
        toHub: (slice) => withEndpoints(slice, endpointFromBeta),
        fromHub: (slice) => withEndpoints(slice, endpointToBeta),
      },
    },
  },
]
