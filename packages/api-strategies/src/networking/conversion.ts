import type { Conversion } from '../conversion.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, mapItems, withField } from '../meta/json.ts'

/** In v1beta1 a service's name and port stand in the backend itself; a port's name is told before its number. */
function backendToBeta(backend: Fields): Fields {
  const { service, ...rest } = backend
  if (!isFields(service)) return backend
  const { name, number } = fieldsOf(service['port'])
  const servicePort = isEmpty(name) ? (number ?? 0) : name
  return { serviceName: service['name'] ?? '', servicePort, ...rest }
}

function backendFromBeta(backend: Fields): Fields {
  const { serviceName, servicePort, ...rest } = backend
  if (isEmpty(serviceName) && isEmpty(servicePort)) return rest
  const port =
    typeof servicePort === 'string' ? { name: servicePort } : isEmpty(servicePort) ? {} : { number: servicePort }
  return { service: { name: serviceName ?? '', port }, ...rest }
}

function withBackends(spec: Fields, change: (backend: Fields) => Fields): Fields {
  if (!Array.isArray(spec['rules'])) return spec
  const rules = mapItems(spec['rules'], (item) => {
    const rule = fieldsOf(item)
    const http = fieldsOf(rule['http'])
    if (!Array.isArray(http['paths'])) return item
    const paths = mapItems(http['paths'], (path) =>
      withField(fieldsOf(path), 'backend', change(fieldsOf(fieldsOf(path)['backend']))),
    )
    return { ...rule, http: { ...http, paths } }
  })
  return { ...spec, rules }
}

function toBeta(ingress: Fields): Fields {
  const { defaultBackend, ...spec } = fieldsOf(ingress['spec'])
  const changed = withBackends(spec, backendToBeta)
  const backend = isAbsent(defaultBackend) ? {} : { backend: backendToBeta(fieldsOf(defaultBackend)) }
  return { ...ingress, spec: { ...changed, ...backend } }
}

function fromBeta(ingress: Fields): Fields {
  const { backend, ...spec } = fieldsOf(ingress['spec'])
  const changed = withBackends(spec, backendFromBeta)
  const defaultBackend = isAbsent(backend) ? {} : { defaultBackend: backendFromBeta(fieldsOf(backend)) }
  return { ...ingress, spec: { ...changed, ...defaultBackend } }
}

/** @see pkg/apis/networking/v1beta1/conversion.go */
export const networkingConversions: readonly Conversion[] = [
  {
    kind: 'Ingress',
    group: 'networking.k8s.io',
    versions: { 'networking.k8s.io/v1beta1': { toHub: fromBeta, fromHub: toBeta } },
  },
]
