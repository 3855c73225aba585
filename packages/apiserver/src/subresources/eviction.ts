import type { Pod, PodCondition } from '@kube-bonsai/api-types/core/v1'
import type { PodDisruptionBudget } from '@kube-bonsai/api-types/policy/v1'
import {
  type KubeObject,
  labelSelectorAsSelector,
  newBadRequest,
  newForbidden,
  newTooManyRequests,
  type Status,
  StatusError,
  setCondition,
} from '@kube-bonsai/apimachinery'
import { systemTarget, systemUser } from '../admission/system-objects.ts'
import { newRequestContext, type RequestContext, type ServerContext, type Target } from '../context.ts'
import { type DeleteOptions, deleteObject } from '../registry/delete.ts'
import { updateObject } from '../registry/update.ts'

interface Eviction extends KubeObject {
  readonly deleteOptions?: DeleteOptions
}

const success: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }
const violates = "Cannot evict pod as it would violate the pod's disruption budget."
const attempts = 20
const mostDisruptedPods = 2000

/**
 * Deletes a pod if its disruption budget allows that, and charges the budget. Throws a 429 if it does not.
 * @see pkg/registry/core/pod/storage/eviction.go
 */
export async function evictPod(
  context: RequestContext,
  target: Target,
  namespace: string,
  name: string,
  body: KubeObject,
  dryRun: boolean,
): Promise<Status> {
  const eviction = body as Eviction
  if ((eviction.metadata.name ?? '') !== name) throw newBadRequest('name in URL does not match name in Eviction object')
  const options = withDryRun(eviction.deleteOptions ?? {}, dryRun)
  const request = { context, target, namespace, name }
  const attributes = { operation: 'CREATE' as const, target, subresource: 'eviction', namespace, name, old: undefined }
  const dry = (options.dryRun ?? []).length > 0
  const admitted = await context.server.admission.admit(context, { ...attributes, dryRun: dry, object: body })
  await context.server.admission.validate(context, { ...attributes, dryRun: dry, object: admitted })
  const pinned = options.preconditions?.resourceVersion !== undefined
  for (let attempt = 1; ; attempt++) {
    const pod = await readPod(request)
    try {
      if (!isGuarded(pod)) return await removePod(request, isEnding(pod) ? options : atVersion(options, pod), dry)
      break
    } catch (error) {
      if (pinned || !isConflict(error) || attempt === attempts) throw error
    }
  }
  const pod = await readPod(request)
  const budgets = await budgetsOf(context.server, pod)
  const [budget] = budgets
  if (budgets.length > 1) throw new StatusError(tooManyBudgets)
  if (budget === undefined) return removePod(request, options, dry)
  if (!goesUncharged(pod, budget)) {
    await charge(context.server, budget, name, dry)
    return removePod(request, options, dry)
  }
  try {
    return await removePod(request, atVersion(options, pod), dry)
  } catch (error) {
    if (!isConflict(error) || pinned) throw error
    throw stillProcessed(budget.metadata.name ?? '')
  }
}

const tooManyBudgets: Status = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
  code: 500,
}

interface EvictionRequest {
  readonly context: RequestContext
  readonly target: Target
  readonly namespace: string
  readonly name: string
}

function withDryRun(options: DeleteOptions, dryRun: boolean): DeleteOptions {
  if (!dryRun || (options.dryRun ?? []).length > 0) return options
  return { ...options, dryRun: ['All'] }
}

async function readPod({ context, target, namespace, name }: EvictionRequest): Promise<Pod> {
  const found = await context.server.storage.get(`${target.stored.prefix}${namespace}/${name}`)
  if (found) return found.value as Pod
  throw StatusError.of({ reason: 'NotFound', message: `pods "${name}" not found`, details: { name, kind: 'pods' } })
}

/** Pods that do not run yet, or any more, disturb nobody. */
function isGuarded({ status, metadata }: Pod): boolean {
  const idle = ['Succeeded', 'Failed', 'Pending'].includes(status?.phase ?? '')
  return !idle && metadata.deletionTimestamp === undefined
}

function isEnding({ status, metadata }: Pod): boolean {
  return ['Succeeded', 'Failed'].includes(status?.phase ?? '') || metadata.deletionTimestamp !== undefined
}

/** The same options for nothing but this version of the pod, unless they name one. */
function atVersion(options: DeleteOptions, { metadata }: Pod): DeleteOptions {
  const { resourceVersion } = metadata
  if (options.preconditions?.resourceVersion !== undefined || resourceVersion === undefined) return options
  return { ...options, preconditions: { ...options.preconditions, resourceVersion } }
}

/** Pods that are not ready may go where that takes nothing from those that are. */
function goesUncharged({ status }: Pod, { spec, status: budget }: PodDisruptionBudget): boolean {
  const ready = (status?.conditions ?? []).some(
    (condition) => condition.type === 'Ready' && condition.status === 'True',
  )
  if (ready) return false
  const { currentHealthy = 0, desiredHealthy = 0 } = budget ?? {}
  return spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow' || (currentHealthy >= desiredHealthy && desiredHealthy > 0)
}

/** Tells the pod why it ends, and deletes it. */
async function removePod(request: EvictionRequest, options: DeleteOptions, dryRun: boolean): Promise<Status> {
  const { context, target, namespace, name } = request
  const { resourceVersion, uid } = options.preconditions ?? {}
  if (dryRun) {
    await deleteObject(context, target, namespace, name, options)
    return success
  }
  const how = {
    namespace,
    name,
    subresource: 'status',
    dryRun: false,
    mayCreate: false,
    direct: true,
    unconditional: true,
  }
  const { object } = await updateObject(context, target, how, (current) => {
    const pod = current as Pod
    if (uid !== undefined && uid !== pod.metadata.uid)
      throw conflict(name, 'UID', uid, pod.metadata.uid, 'The object might have been deleted and then recreated')
    const version = pod.metadata.resourceVersion
    if (resourceVersion !== undefined && resourceVersion !== version)
      throw conflict(name, 'ResourceVersion', resourceVersion, version, 'The object might have been modified')
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'EvictionByEvictionAPI',
      message: 'Eviction API: evicting',
    } as const
    return {
      ...pod,
      status: { ...pod.status, conditions: marked(pod.status?.conditions ?? [], condition, context.now) },
    }
  })
  const latest = object.metadata.resourceVersion
  const preconditions = {
    ...options.preconditions,
    ...(resourceVersion !== undefined && latest && { resourceVersion: latest }),
  }
  await deleteObject(context, target, namespace, name, { ...options, preconditions })
  return success
}

/** Go writes the time of a probe that never was as null. */
function marked(
  conditions: readonly PodCondition[],
  condition: Pick<PodCondition, 'type' | 'status' | 'reason' | 'message'>,
  now: string,
): readonly PodCondition[] {
  const next = setCondition(conditions, condition, now) as readonly PodCondition[]
  return next.map((one) =>
    one.type === condition.type && !Object.hasOwn(one, 'lastProbeTime')
      ? ({ lastProbeTime: null, ...one } as PodCondition & { readonly lastProbeTime: null })
      : one,
  )
}

function conflict(name: string, what: string, asked: string, actual: string | undefined, why: string): Error {
  const text = `the ${what} in the precondition (${asked}) does not match the ${what} in record (${actual ?? ''}). ${why}`
  return StatusError.of({
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on Pod "${name}": ${text}`,
    details: { name, kind: 'Pod' },
  })
}

/** The budgets of a namespace that count a pod; those whose selector cannot be read count none. */
async function budgetsOf({ storage }: ServerContext, { metadata }: Pod): Promise<readonly PodDisruptionBudget[]> {
  const { items } = await storage.range({
    prefix: `/registry/policy/poddisruptionbudgets/${metadata.namespace ?? ''}/`,
  })
  return items.flatMap(({ value }) => {
    const budget = value as PodDisruptionBudget
    try {
      return labelSelectorAsSelector(budget.spec?.selector).matches(metadata.labels ?? {}) ? [budget] : []
    } catch {
      return []
    }
  })
}

/** Takes one disruption from a budget. Throws a 429 when there is none to take. */
async function charge(server: ServerContext, first: PodDisruptionBudget, pod: string, dryRun: boolean): Promise<void> {
  const target = await systemTarget(server, 'policy', 'v1', 'poddisruptionbudgets')
  const context = newRequestContext(server, systemUser, 'kube-apiserver')
  const { namespace = '', name = '' } = first.metadata
  checkBudget(first)
  if (dryRun) return
  const rules = target.strategy.subresources['status']
  const how = { namespace, name, subresource: 'status', dryRun: false, mayCreate: false, ...(rules && { rules }) }
  await updateObject(context, target, { ...how, unconditional: true }, (current) => {
    const budget = current as PodDisruptionBudget
    checkBudget(budget)
    return charged(budget, pod, context.now)
  })
}

function charged(budget: PodDisruptionBudget, pod: string, now: string): PodDisruptionBudget {
  const { status } = budget
  const disruptionsAllowed = (status?.disruptionsAllowed ?? 0) - 1
  const condition = {
    type: 'DisruptionAllowed',
    status: 'False',
    reason: 'InsufficientPods',
    observedGeneration: status?.observedGeneration ?? 0,
    message: '',
  } as const
  const conditions =
    disruptionsAllowed === 0 ? setCondition(status?.conditions ?? [], condition, now) : status?.conditions
  return {
    ...budget,
    status: {
      ...status,
      disruptionsAllowed,
      ...(conditions && { conditions }),
      disruptedPods: { ...status?.disruptedPods, [pod]: now },
    },
  } as PodDisruptionBudget
}

function checkBudget({ metadata, status }: PodDisruptionBudget): void {
  const { name = '', generation = 0 } = metadata
  if ((status?.observedGeneration ?? 0) < generation) throw stillProcessed(name)
  const { disruptionsAllowed = 0, disruptedPods = {}, currentHealthy = 0, desiredHealthy = 0 } = status ?? {}
  const resource = { group: 'policy', resource: 'poddisruptionbudget' }
  if (disruptionsAllowed < 0) throw newForbidden(resource, name, 'pdb disruptions allowed is negative')
  if (Object.keys(disruptedPods).length > mostDisruptedPods) {
    const why = 'DisruptedPods map too big - too many evictions not confirmed by PDB controller'
    throw newForbidden(resource, name, why)
  }
  if (disruptionsAllowed > 0) return
  const found = (status?.conditions ?? []).find(({ type }) => type === 'DisruptionAllowed')
  const known = found?.status === 'False' && found.message ? found : undefined
  if (known?.reason === 'SyncFailed')
    throw refused(
      `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${known.message}`,
    )
  if (currentHealthy <= desiredHealthy)
    throw refused(
      `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`,
    )
  const why = known ? ` (${known.reason}): ${known.message}` : ''
  throw refused(`The disruption budget ${name} does not allow evicting pods currently${why}`)
}

function stillProcessed(name: string): Error {
  return refused(`The disruption budget ${name} is still being processed by the server.`, 10)
}

function refused(message: string, seconds = 0): Error {
  const { status } = newTooManyRequests(violates, seconds)
  return new StatusError({
    ...status,
    details: { ...status.details, causes: [{ reason: 'DisruptionBudget', message }] },
  })
}

function isConflict(error: unknown): boolean {
  return error instanceof StatusError && error.status.reason === 'Conflict'
}
