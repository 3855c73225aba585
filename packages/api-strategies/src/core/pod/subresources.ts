import {
  type Fields,
  fieldsOf,
  isAbsent,
  isEmpty,
  listOf,
  mapItems,
  objectsOf,
  withEmpty,
  withField,
} from '../../meta/json.ts'
import type { SubresourceRules, UpdateRules } from '../../room.ts'
import type { StrategyContext } from '../../strategy.ts'
import { dropDisabledStatusFields } from './disabled-status-fields.ts'
import { prepareChangedPod } from './prepare.ts'
import { resizeErrors } from './resize-validation.ts'
import { podStatusErrors } from './status-validation.ts'
import { statusWarnings } from './status-warnings.ts'
import { ephemeralUpdateErrors } from './subresource-validation.ts'

/** Metadata that neither resize nor ephemeralcontainers may change. */
const keptMetadata = ['deletionTimestamp', 'selfLink', 'labels', 'annotations', 'finalizers', 'ownerReferences']

/** @see pkg/registry/core/pod/strategy.go podStatusStrategy */
export const podStatusUpdate: UpdateRules = {
  prepare(pod, old, context) {
    const stored = fieldsOf(old['status'])
    const kept = keepFields(fieldsOf(pod['metadata']), fieldsOf(old['metadata']), ['ownerReferences'])
    const metadata = withField(kept, 'deletionTimestamp', undefined)
    let status = withEmpty(fieldsOf(pod['status']), {
      qosClass: stored['qosClass'],
      observedGeneration: stored['observedGeneration'],
    })
    if (!isEmpty(status['conditions'])) {
      const conditions = keepObservedGenerations(listOf(status['conditions']), objectsOf(stored['conditions']))
      status = withField(status, 'conditions', conditions)
    }
    return { ...pod, metadata, status: dropDisabledStatusFields(status, old, context.gates) }
  },
  validate: podStatusErrors,
  warnings: statusWarnings,
}

/** Conditions that name no generation keep that of the stored condition of their type, the first for the first. */
function keepObservedGenerations(conditions: readonly unknown[], old: readonly Fields[]): readonly unknown[] {
  const known = new Map<unknown, unknown[]>()
  for (const { type, observedGeneration } of old) known.set(type, [...(known.get(type) ?? []), observedGeneration])
  return mapItems(conditions, (condition) => {
    const fields = fieldsOf(condition)
    const observedGeneration = known.get(fields['type'])?.shift()
    return withEmpty(fields, { observedGeneration: isEmpty(observedGeneration) ? undefined : observedGeneration })
  })
}

function keepFields(object: Fields, old: Fields, names: readonly string[]): Fields {
  let result = object
  for (const name of names) result = withField(result, name, isAbsent(old[name]) ? undefined : old[name])
  return result
}

/** The stored pod with a new spec, and the little metadata that such a write may change. */
function withSpec(pod: Fields, old: Fields, spec: Fields): Fields {
  const metadata = keepFields(fieldsOf(pod['metadata']), fieldsOf(old['metadata']), keptMetadata)
  return { ...old, metadata, spec }
}

function resize(pod: Fields, old: Fields, context: StrategyContext): Fields {
  const spec = fieldsOf(pod['spec'])
  const stored = fieldsOf(old['spec'])
  const lists = ['containers', 'initContainers'] as const
  if (lists.some((name) => listOf(spec[name]).length !== listOf(stored[name]).length)) {
    return prepareChangedPod(pod, old, context)
  }
  let result = stored
  for (const name of lists) result = withField(result, name, resizeContainers(spec[name], stored[name]))
  if (context.gates.enabled('InPlacePodLevelResourcesVerticalScaling')) {
    result = withField(result, 'resources', spec['resources'])
  }
  return prepareChangedPod(withSpec(pod, old, result), old, context)
}

/** The stored containers with new resources; the new ones as they are when they were renamed, for validation to see. */
function resizeContainers(containers: unknown, old: unknown): unknown {
  const fresh = objectsOf(containers)
  const stored = objectsOf(old)
  if (fresh.length === 0) return containers
  if (fresh.some((container, index) => container['name'] !== stored[index]?.['name'])) return containers
  return stored.map((container, index) => {
    const { resources, resizePolicy } = fresh[index] ?? {}
    return withField(withField(container, 'resources', resources), 'resizePolicy', resizePolicy)
  })
}

/** @see pkg/registry/core/pod/strategy.go podResizeStrategy, podEphemeralContainersStrategy */
export const podSubresources: Readonly<Record<string, SubresourceRules>> = {
  resize: { prepare: resize, validate: resizeErrors, counts: true },
  ephemeralcontainers: {
    prepare: (pod, old, context) => {
      const { ephemeralContainers } = fieldsOf(pod['spec'])
      const spec = withField(fieldsOf(old['spec']), 'ephemeralContainers', ephemeralContainers)
      return prepareChangedPod(withSpec(pod, old, spec), old, context)
    },
    validate: ephemeralUpdateErrors,
    counts: true,
  },
}
