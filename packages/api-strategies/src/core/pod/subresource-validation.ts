import {
  type FieldError,
  FieldPath,
  forbidden,
  invalid,
  nameIsDNSSubdomain,
  semanticEqual,
  validateImmutableField,
} from '@kube-bonsai/apimachinery'
import { qosClass } from '@kube-bonsai/component-helpers'
import { invalidEach } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isEmpty, numberOf, objectsOf, textOf, withField } from '../../meta/json.ts'
import type { StrategyContext } from '../../strategy.ts'
import { asPod } from './prepare.ts'
import { podErrors } from './validation.ts'

const specPath = FieldPath.of('spec')
const statusPath = FieldPath.of('status')
const wholePath = FieldPath.of('')
const mirrorAnnotation = 'kubernetes.io/config.mirror'

const isMirror = (pod: Fields): boolean =>
  Object.hasOwn(fieldsOf(fieldsOf(pod['metadata'])['annotations']), mirrorAnnotation)

/** Checks a change of `pods/ephemeralcontainers`: those that are there stay as they are. */
export function ephemeralUpdateErrors(pod: Fields, old: Fields, context: StrategyContext): readonly FieldError[] {
  if (isMirror(old)) return [forbidden(wholePath, 'static pods do not support ephemeral containers')]
  const path = specPath.child('ephemeralContainers')
  const containers = objectsOf(fieldsOf(pod['spec'])['ephemeralContainers'])
  const changed = objectsOf(fieldsOf(old['spec'])['ephemeralContainers']).flatMap((known) => {
    const next = containers.findLast(({ name }) => name === known['name'])
    const who = `existing ephemeral containers "${textOf(known['name'])}"`
    if (next === undefined) return [forbidden(path, `${who} may not be removed\n`)]
    return semanticEqual(next, known) ? [] : [forbidden(path, `${who} may not be changed`)]
  })
  return [...podErrors(pod, context), ...changed]
}

/** Checks a change of `pods/resize`: cpu and memory of containers and sidecars, within the QoS class. */
export function resizeErrors(pod: Fields, old: Fields, context: StrategyContext): readonly FieldError[] {
  if (isMirror(old)) return [forbidden(wholePath, 'static pods cannot be resized')]
  const spec = fieldsOf(pod['spec'])
  const stored = fieldsOf(old['spec'])
  if (fieldsOf(stored['os'])['name'] === 'windows') return [forbidden(wholePath, 'windows pods cannot be resized')]
  const errors = [...podErrors(pod, context)]
  const before = textOf(fieldsOf(old['status'])['qosClass']) || qosClass(asPod(old))
  if (before !== qosClass(asPod(withField(pod, 'status', undefined)))) {
    const current = textOf(fieldsOf(pod['status'])['qosClass'])
    errors.push(invalid(specPath, current, 'Pod QOS Class may not change as a result of resizing'))
  }
  if (!context.gates.enabled('InPlacePodLevelResourcesVerticalScaling') && [spec, stored].some(hasPodLevelResources)) {
    return [...errors, forbidden(wholePath, podLevelRefusal)]
  }
  const order = [...orderErrors('containers', spec, stored), ...orderErrors('initContainers', spec, stored)]
  if (order.length > 0) return [...errors, ...order]
  const lists = ['initContainers', 'containers'] as const
  return [...errors, ...lists.flatMap((name) => listResizeErrors(name, spec[name], stored[name]))]
}

const podLevelRefusal =
  'resize of pods with pod-level resources is forbidden when InPlacePodLevelResourcesVerticalScalingEnabled feature gate is disabled'

function hasPodLevelResources(spec: Fields): boolean {
  const { requests, limits } = fieldsOf(spec['resources'])
  return !isEmpty(requests) || !isEmpty(limits)
}

function orderErrors(list: string, spec: Fields, stored: Fields): readonly FieldError[] {
  const path = specPath.child(list)
  const next = objectsOf(spec[list])
  const known = objectsOf(stored[list])
  if (next.length !== known.length) return [forbidden(path, `${list} may not be added or removed on resize`)]
  return known.flatMap(({ name }, index) => {
    const detail = `${list} may not be renamed or reordered on resize`
    return next[index]?.['name'] === name ? [] : [forbidden(path.index(index).child('name'), detail)]
  })
}

function listResizeErrors(
  list: 'containers' | 'initContainers',
  containers: unknown,
  stored: unknown,
): readonly FieldError[] {
  const next = objectsOf(containers)
  return objectsOf(stored).flatMap((known, index) => {
    const container = next[index] ?? {}
    const sidecar = known['restartPolicy'] === 'Always'
    if (list === 'initContainers' && !sidecar) {
      const same = semanticEqual(container, known)
      return same ? [] : [forbidden(specPath, 'resources for non-sidecar init containers are immutable')]
    }
    const path = specPath.child(list).index(index).child('resources')
    const what = list === 'containers' ? '' : ' for sidecar containers'
    return [
      ...removedErrors(fieldsOf(container['resources']), fieldsOf(known['resources']), path),
      ...(semanticEqual(withoutCompute(container), withoutCompute(known))
        ? []
        : [forbidden(specPath, `only cpu and memory resources${what} are mutable`)]),
    ]
  })
}

function removedErrors(resources: Fields, stored: Fields, path: FieldPath): readonly FieldError[] {
  return ['requests', 'limits'].flatMap((side) => {
    const next = fieldsOf(resources[side])
    const removed = ['cpu', 'memory'].some(
      (name) => Object.hasOwn(fieldsOf(stored[side]), name) && !Object.hasOwn(next, name),
    )
    return removed ? [forbidden(path.child(side), `resource ${side} cannot be removed`)] : []
  })
}

function withoutCompute(container: Fields): Fields {
  const resources = fieldsOf(container['resources'])
  let result = resources
  for (const side of ['requests', 'limits']) {
    const { cpu: _, memory: __, ...rest } = fieldsOf(resources[side])
    result = withField(result, side, isEmpty(rest) ? undefined : rest)
  }
  return { ...container, resources: result, resizePolicy: undefined }
}

/** Checks a change of `pods/status`. Transitions of single containers are left to whoever runs them. */
export function podStatusErrors(pod: Fields, old: Fields): readonly FieldError[] {
  const status = fieldsOf(pod['status'])
  const stored = fieldsOf(old['status'])
  const errors: FieldError[] = []
  const node = status['nominatedNodeName']
  if (!isEmpty(node) && node !== stored['nominatedNodeName']) {
    errors.push(...invalidEach(statusPath.child('nominatedNodeName'), node, nameIsDNSSubdomain(textOf(node), false)))
    if (!isEmpty(fieldsOf(old['spec'])['nodeName'])) {
      const detail = 'may not be set on pods that are already bound to a node'
      errors.push(forbidden(statusPath.child('nominatedNodeName'), detail))
    }
  }
  const generation = numberOf(status['observedGeneration'])
  if (generation < 0) {
    errors.push(invalid(statusPath.child('observedGeneration'), generation, 'must be a non-negative integer'))
  }
  const path = statusPath.child('qosClass')
  return [...errors, ...validateImmutableField(textOf(status['qosClass']), textOf(stored['qosClass']), path)]
}
