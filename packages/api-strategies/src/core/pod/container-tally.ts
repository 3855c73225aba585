import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, numberOf, objectsOf, textOf } from '../../meta/json.ts'
import { millisOf } from '../../printing/ages.ts'

/** How often containers were restarted. */
export interface Tally {
  readonly restarts: number
  readonly lastRestart: number | undefined
}

/** What the statuses of the ordinary containers say together. */
export interface ContainerTally extends Tally {
  readonly reason: string
  readonly ready: number
}

/**
 * Sums up the ordinary containers, the last one first: the reason of the first container wins.
 *
 * @param from restarts that count already: those of sidecars
 * @param start what to say of the pod when no container says anything
 */
export function tallyContainers(status: Fields, from: Tally, start: string): ContainerTally {
  let tally = from
  let reason = start
  let failure = ''
  let running = false
  let ready = 0
  for (const container of objectsOf(status['containerStatuses']).toReversed()) {
    tally = addRestarts(tally, container)
    const state = fieldsOf(container['state'])
    const waiting = textOf(fieldsOf(state['waiting'])['reason'])
    if (waiting !== '') {
      reason = waiting
    } else if (isFields(state['terminated'])) {
      reason = exitReason(state['terminated'])
      if (!isEmpty(state['terminated']['exitCode'])) failure = reason
    } else if (container['ready'] === true && isFields(state['running'])) {
      running = true
      ready++
    }
  }
  if (reason === 'Completed') reason = completedReason(status, running, failure)
  return { ...tally, reason, ready }
}

/** A pod is not completed as long as one of its containers runs or when one of them failed. */
function completedReason(status: Fields, running: boolean, failure: string): string {
  const ready = objectsOf(status['conditions']).some(
    (condition) => condition['type'] === 'Ready' && condition['status'] === 'True',
  )
  if (running && ready) return 'Running'
  if (failure !== '') return failure
  return running ? 'NotReady' : 'Completed'
}

/** Nothing counted yet. */
export const noRestarts: Tally = { restarts: 0, lastRestart: undefined }

/** Why a container ended: its reason, else its signal, else its exit code. */
export function exitReason(terminated: Fields): string {
  if (!isEmpty(terminated['reason'])) return textOf(terminated['reason'])
  if (!isEmpty(terminated['signal'])) return `Signal:${numberOf(terminated['signal'])}`
  return `ExitCode:${numberOf(terminated['exitCode'])}`
}

/** Counts the restarts of one more container. */
export function addRestarts(tally: Tally, container: Fields): Tally {
  const last = fieldsOf(container['lastState'])['terminated']
  const ended = isAbsent(last) ? undefined : millisOf(fieldsOf(last)['finishedAt'])
  const later = ended !== undefined && ended > (tally.lastRestart ?? Number.NEGATIVE_INFINITY)
  return {
    restarts: tally.restarts + numberOf(container['restartCount']),
    lastRestart: later ? ended : tally.lastRestart,
  }
}
