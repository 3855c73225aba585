import { type Fields, fieldsOf, isEmpty, isFields, objectsOf, textOf } from '../../meta/json.ts'
import { addRestarts, exitReason, noRestarts, type Tally, tallyContainers } from './container-tally.ts'

/** What `kubectl get pods` says of a pod. */
export interface PodDisplay {
  readonly pod: Fields
  readonly status: string
  readonly ready: number
  readonly total: number
  readonly restarts: number
  /** When a container last ended and was started again; undefined when none was. */
  readonly lastRestart: number | undefined
}

/** Works out what a table says of a pod. @see pkg/printers/internalversion/printers.go printPod */
export function podDisplay(pod: Fields): PodDisplay {
  const spec = fieldsOf(pod['spec'])
  const status = fieldsOf(pod['status'])
  const sidecars = new Set(
    objectsOf(spec['initContainers'])
      .filter(isSidecar)
      .map((container) => container['name']),
  )
  const init = tallyInit(status, sidecars, objectsOf(spec['initContainers']).length)
  const main =
    init.reason === undefined || isInitialized(status)
      ? tallyContainers(status, init.sidecars, init.reason ?? startingReason(status))
      : undefined
  const tally = main ?? init.all
  return {
    pod,
    status: deletionReason(pod, status) ?? main?.reason ?? init.reason ?? startingReason(status),
    ready: init.ready + (main?.ready ?? 0),
    total: objectsOf(spec['containers']).length + sidecars.size,
    restarts: tally.restarts,
    lastRestart: tally.lastRestart,
  }
}

const isSidecar = (container: Fields): boolean => container['restartPolicy'] === 'Always'

/** The phase, or why the pod is as it is, before its containers are looked at. */
function startingReason(status: Fields): string {
  const gated = objectsOf(status['conditions']).some(
    ({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated',
  )
  if (gated) return 'SchedulingGated'
  return isEmpty(status['reason']) ? textOf(status['phase']) : textOf(status['reason'])
}

function isInitialized(status: Fields): boolean {
  const condition = objectsOf(status['conditions']).find(({ type }) => type === 'Initialized')
  return condition?.['status'] === 'True'
}

function deletionReason(pod: Fields, status: Fields): string | undefined {
  if (isEmpty(fieldsOf(pod['metadata'])['deletionTimestamp'])) return undefined
  if (status['reason'] === 'NodeLost') return 'Unknown'
  return status['phase'] === 'Failed' || status['phase'] === 'Succeeded' ? undefined : 'Terminating'
}

interface InitTally {
  /** Which init container the pod waits for or failed in; undefined when all are done. */
  readonly reason: string | undefined
  readonly ready: number
  readonly all: Tally
  readonly sidecars: Tally
}

function tallyInit(status: Fields, sidecars: ReadonlySet<unknown>, total: number): InitTally {
  let all = noRestarts
  let ofSidecars = noRestarts
  let ready = 0
  for (const [index, container] of objectsOf(status['initContainerStatuses']).entries()) {
    all = addRestarts(all, container)
    const sidecar = sidecars.has(container['name'])
    if (sidecar) ofSidecars = addRestarts(ofSidecars, container)
    const state = fieldsOf(container['state'])
    if (isFields(state['terminated']) && isEmpty(state['terminated']['exitCode'])) continue
    if (sidecar && container['started'] === true) {
      if (container['ready'] === true) ready++
      continue
    }
    return { reason: initReason(state, index, total), ready, all, sidecars: ofSidecars }
  }
  return { reason: undefined, ready, all, sidecars: ofSidecars }
}

function initReason(state: Fields, index: number, total: number): string {
  if (isFields(state['terminated'])) return `Init:${exitReason(state['terminated'])}`
  const waiting = textOf(fieldsOf(state['waiting'])['reason'])
  return waiting === '' || waiting === 'PodInitializing' ? `Init:${index}/${total}` : `Init:${waiting}`
}
