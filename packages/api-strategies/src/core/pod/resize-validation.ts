import { type FieldError, FieldPath, forbidden, invalid, semanticEqual } from '@kube-bonsai/apimachinery'
import { qosClass } from '@kube-bonsai/component-helpers'
import { named } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, objectsOf, textOf, withField } from '../../meta/json.ts'
import { isMirrorPod } from '../../pod-template/validation/annotations.ts'
import type { StrategyContext } from '../../strategy.ts'
import { asPod } from './prepare.ts'
import { annotationsOf, optionsOf, podErrors } from './validation.ts'

const specPath = FieldPath.of('spec')
const podLevelRefusal =
  'resize of pods with pod-level resources is forbidden when InPlacePodLevelResourcesVerticalScalingEnabled feature gate is disabled'
const onlyCompute = 'only cpu and memory resources are mutable'

/**
 * Checks a change of `pods/resize`: cpu and memory of containers and sidecars, within the QoS class.
 *
 * @see pkg/apis/core/validation/validation.go ValidatePodResize
 */
export function resizeErrors(pod: Fields, old: Fields, context: StrategyContext): readonly FieldError[] {
  if (isMirrorPod(annotationsOf(old))) return [forbidden(FieldPath.of(''), 'static pods cannot be resized')]
  const spec = fieldsOf(pod['spec'])
  const stored = fieldsOf(old['spec'])
  if (fieldsOf(stored['os'])['name'] === 'windows')
    return [forbidden(FieldPath.of(''), 'windows pods cannot be resized')]
  const errors = [...podErrors(pod, optionsOf(pod, old, context))]
  const podLevel = context.gates.enabled('PodLevelResources')
  const before = textOf(fieldsOf(old['status'])['qosClass']) || qosClass(asPod(old), podLevel)
  if (before !== qosClass(asPod(withField(pod, 'status', undefined)), podLevel)) {
    const current = named(fieldsOf(pod['status'])['qosClass'])
    errors.push(invalid(specPath, current, 'Pod QOS Class may not change as a result of resizing'))
  }
  if (!nodeMayResize(old)) errors.push(forbidden(specPath, 'Pod running on node without support for resize'))
  let masked = spec
  if ([spec, stored].some(hasPodLevelResources)) {
    if (!context.gates.enabled('InPlacePodLevelResourcesVerticalScaling')) {
      return [...errors, forbidden(FieldPath.of(''), podLevelRefusal)]
    }
    errors.push(...podLevelErrors(spec, stored))
    masked = withField(spec, 'resources', maskedPodResources(spec['resources'], stored['resources']))
  }
  const order = [...orderErrors('containers', spec, stored), ...orderErrors('initContainers', spec, stored)]
  if (order.length > 0) return [...errors, ...order]
  errors.push(...removalErrors('initContainers', spec, stored), ...removalErrors('containers', spec, stored))
  for (const list of ['containers', 'initContainers'] as const) {
    errors.push(...changeErrors(list, spec, stored))
    masked = withField(masked, list, Array.isArray(masked[list]) ? maskedContainers(list, masked, stored) : undefined)
  }
  if (errors.length > 0 || semanticEqual(masked, stored)) return errors
  return [forbidden(specPath, onlyCompute)]
}

/** A kubelet that can resize reports the resources of running containers. */
function nodeMayResize(pod: Fields): boolean {
  const running = objectsOf(fieldsOf(pod['status'])['containerStatuses']).find(({ state }) =>
    isFields(fieldsOf(state)['running']),
  )
  return running === undefined || isFields(running['resources'])
}

function hasPodLevelResources(spec: Fields): boolean {
  const { requests, limits } = fieldsOf(spec['resources'])
  return !isEmpty(requests) || !isEmpty(limits)
}

function podLevelErrors(spec: Fields, stored: Fields): readonly FieldError[] {
  const path = specPath.child('resources')
  const old = stored['resources']
  const fresh = spec['resources']
  if (isFields(old) && !isFields(fresh)) return [forbidden(path, 'pod-level resources cannot be removed')]
  const removed = isFields(old)
    ? (['requests', 'limits'] as const)
        .filter((side) => isRemoved(fieldsOf(fresh)[side], old[side]))
        .map((side) => forbidden(path.child(side), `pod-level resource ${side} cannot be removed`))
    : []
  if (semanticEqual(maskedPodResources(fresh, old), old)) return removed
  return [...removed, forbidden(specPath, `${onlyCompute} at pod-level`)]
}

function maskedPodResources(fresh: unknown, old: unknown): unknown {
  if (!isFields(fresh)) return undefined
  const masked = maskedResources(fresh, fieldsOf(old))
  const nothing = isEmpty(masked['requests']) && isEmpty(masked['limits']) && isEmpty(masked['claims'])
  return isAbsent(old) && nothing ? undefined : masked
}

/** The resources with cpu and memory as the stored ones have them. */
function maskedResources(fresh: Fields, old: Fields): Fields {
  let result = fresh
  for (const side of ['requests', 'limits'] as const) {
    const { cpu: _, memory: __, ...rest } = fieldsOf(fresh[side])
    const { cpu, memory } = fieldsOf(old[side])
    const amounts = {
      ...rest,
      ...(cpu === undefined ? {} : { cpu }),
      ...(memory === undefined ? {} : { memory }),
    }
    result = withField(result, side, isEmpty(amounts) ? undefined : amounts)
  }
  return result
}

type List = 'containers' | 'initContainers'

function orderErrors(list: List, spec: Fields, stored: Fields): readonly FieldError[] {
  const path = specPath.child(list)
  const next = objectsOf(spec[list])
  const known = objectsOf(stored[list])
  if (next.length !== known.length) return [forbidden(path, `${list} may not be added or removed on resize`)]
  return known.flatMap(({ name }, index) => {
    const detail = `${list} may not be renamed or reordered on resize`
    return next[index]?.['name'] === name ? [] : [forbidden(path.index(index).child('name'), detail)]
  })
}

const isSidecar = (container: Fields): boolean => container['restartPolicy'] === 'Always'

function removalErrors(list: List, spec: Fields, stored: Fields): readonly FieldError[] {
  const next = objectsOf(spec[list])
  return objectsOf(stored[list]).flatMap((known, index) => {
    if (list === 'initContainers' && !isSidecar(known)) return []
    const fresh = fieldsOf(next[index]?.['resources'])
    const old = fieldsOf(known['resources'])
    const path = specPath.child(list).index(index).child('resources')
    return (['requests', 'limits'] as const)
      .filter((side) => isRemoved(fresh[side], old[side]))
      .map((side) => forbidden(path.child(side), `resource ${side} cannot be removed`))
  })
}

function isRemoved(fresh: unknown, old: unknown): boolean {
  const names = Object.keys(fieldsOf(fresh))
  return Object.keys(fieldsOf(old)).some((name) => !names.includes(name))
}

function changeErrors(list: List, spec: Fields, stored: Fields): readonly FieldError[] {
  const known = objectsOf(stored[list])
  return objectsOf(spec[list]).flatMap((container, index) => {
    const old = known[index] ?? {}
    if (list === 'initContainers' && !isSidecar(container)) {
      if (semanticEqual(container, old)) return []
      return [forbidden(specPath, 'resources for non-sidecar init containers are immutable')]
    }
    if (semanticEqual(maskedContainer(container, old), withResources(old))) return []
    const what = list === 'containers' ? '' : ' for sidecar containers'
    return [forbidden(specPath, `only cpu and memory resources${what} are mutable`)]
  })
}

/** Upstream forgets the claims of a container when it masks its resources. */
function maskedContainer(container: Fields, old: Fields): Fields {
  const resources = maskedResources(fieldsOf(container['resources']), fieldsOf(old['resources']))
  return { ...container, resources: withField(resources, 'claims', undefined) }
}

const withResources = (container: Fields): Fields => ({ ...container, resources: fieldsOf(container['resources']) })

function maskedContainers(list: List, spec: Fields, stored: Fields): readonly Fields[] {
  const known = objectsOf(stored[list])
  return objectsOf(spec[list]).map((container, index) => {
    const old = known[index] ?? {}
    return list === 'initContainers' && !isSidecar(container) ? container : maskedContainer(container, old)
  })
}
