import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { containerLimits, containerRequests, isPodLevelResource, type Resources } from '@kube-bonsai/component-helpers'
import { coreType, type DefaultRules } from '../../defaulting/type-defaults.ts'
import { type Fields, fieldsOf, isEmpty, isFields, listOf, mapItems, withAbsent, withField } from '../../meta/json.ts'

/** @see pkg/apis/core/v1/defaults.go SetDefaults_Pod */
export const podDefaults: DefaultRules = {
  [coreType('Pod')]: (pod, context) => {
    let spec = fieldsOf(pod['spec'])
    for (const name of ['containers', 'initContainers']) {
      spec = withContainers(spec, name, requestsFromLimits)
    }
    if (context.gates.enabled('PodLevelResources')) spec = defaultPodLevelResources(spec)
    spec = withAbsent(spec, { enableServiceLinks: true })
    if (spec['hostNetwork'] === true) {
      for (const name of ['containers', 'initContainers']) spec = withContainers(spec, name, hostPorts)
    }
    return spec === pod['spec'] ? pod : { ...pod, spec }
  },
}

function withContainers(spec: Fields, name: string, change: (container: Fields) => Fields): Fields {
  const containers = spec[name]
  if (!Array.isArray(containers)) return spec
  return withField(
    spec,
    name,
    mapItems(containers, (item) => (isFields(item) ? change(item) : item)),
  )
}

function requestsFromLimits(container: Fields): Fields {
  const resources = fieldsOf(container['resources'])
  const limits = resources['limits']
  if (!isFields(limits)) return container
  const requests = withAbsent(fieldsOf(resources['requests']), limits)
  if (requests === resources['requests'] || isEmpty(requests)) return container
  return { ...container, resources: { ...resources, requests } }
}

function hostPorts(container: Fields): Fields {
  const ports = listOf(container['ports'])
  const next = mapItems(ports, (port) => {
    if (!isFields(port) || !isEmpty(port['hostPort']) || isEmpty(port['containerPort'])) return port
    return { ...port, hostPort: port['containerPort'] }
  })
  return next === ports ? container : { ...container, ports: next }
}

/** Fills pod-level limits and requests from those of the containers; only for a pod that sets some itself. */
function defaultPodLevelResources(spec: Fields): Fields {
  const before = spec['resources']
  if (!isFields(before)) return spec
  const limits = hugePageLimits(spec, before)
  const requests = podLevelRequests(spec, fieldsOf(before['requests']), limits)
  let resources = before
  if (limits !== before['limits'] && !isEmpty(limits)) resources = { ...resources, limits }
  if (requests !== before['requests'] && !isEmpty(requests)) resources = { ...resources, requests }
  return withField(spec, 'resources', resources)
}

function hugePageLimits(spec: Fields, resources: Fields): Fields {
  const limits = fieldsOf(resources['limits'])
  const requests = fieldsOf(resources['requests'])
  if (isEmpty(limits) && isEmpty(requests)) return limits
  const wanted = pick(aggregated(spec, containerLimits), (name) => isHugePage(name) && !Object.hasOwn(requests, name))
  return withAbsent(limits, wanted)
}

function podLevelRequests(spec: Fields, requests: Fields, limits: Fields): Fields {
  if (isEmpty(limits)) return requests
  const fromContainers = pick(
    aggregated(spec, containerRequests),
    (name) => isPodLevelResource(name) && !isHugePage(name),
  )
  const fromLimits = pick(limits, isPodLevelResource)
  return withAbsent(withAbsent(requests, fromContainers), fromLimits)
}

function aggregated(spec: Fields, sum: (pod: Pod) => Resources): Fields {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: {}, spec } as unknown as Pod
  return Object.fromEntries([...sum(pod)].map(([name, amount]) => [name, amount.toString()]))
}

const isHugePage = (name: string): boolean => name.startsWith('hugepages-')

function pick(resources: Fields, wanted: (name: string) => boolean): Fields {
  return Object.fromEntries(Object.entries(resources).filter(([name]) => wanted(name)))
}
