import {
  type FieldError,
  type FieldPath,
  forbidden,
  invalid,
  isHTTPHeaderName,
  notSupported,
  required,
} from '@kube-bonsai/apimachinery'
import { invalidEach, named, negativeErrors } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, numberOf, objectsOf, textOf } from '../../meta/json.ts'
import type { PodOptions } from './options.ts'
import { portReferenceErrors } from './ports.ts'
import { stopSignalErrors } from './stop-signals.ts'

/** What of a pod matters to the actions of its containers. */
export interface ActionSurroundings {
  /** How long the pod may take to end, in seconds; undefined when it does not say. */
  readonly grace: number | undefined
  readonly os: string | undefined
  readonly options: PodOptions
}

const schemes = ['HTTP', 'HTTPS']
const probeSeconds = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold']
const probeHandlers = ['exec', 'httpGet', 'tcpSocket', 'grpc']
const lifecycleHandlers = ['exec', 'httpGet', 'tcpSocket', 'sleep']

/** Checks the three probes of a container. */
export function probesErrors(container: Fields, pod: ActionSurroundings, path: FieldPath): readonly FieldError[] {
  return ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((name) => {
    const probe = container[name]
    return isFields(probe) ? probeErrors(name, probe, pod, path.child(name)) : []
  })
}

function probeErrors(name: string, probe: Fields, pod: ActionSurroundings, path: FieldPath): readonly FieldError[] {
  const ends = probe['terminationGracePeriodSeconds']
  const errors = [
    ...handlerErrors(probe, probeHandlers, pod, path),
    ...probeSeconds.flatMap((field) => negativeErrors(probe[field], path.child(field))),
  ]
  const endsPath = path.child('terminationGracePeriodSeconds')
  if (!isAbsent(ends) && numberOf(ends) <= 0) errors.push(invalid(endsPath, ends, 'must be greater than 0'))
  if (name === 'readinessProbe') {
    return isAbsent(ends) ? errors : [...errors, invalid(endsPath, ends, 'must not be set for readinessProbes')]
  }
  if (numberOf(probe['successThreshold']) === 1) return errors
  return [...errors, invalid(path.child('successThreshold'), numberOf(probe['successThreshold']), 'must be 1')]
}

/** Checks what a container does when it starts and before it stops, and which signal stops it. */
export function lifecycleErrors(lifecycle: unknown, pod: ActionSurroundings, path: FieldPath): readonly FieldError[] {
  const fields = fieldsOf(lifecycle)
  const handlers = ['postStart', 'preStop'].flatMap((name) => {
    const handler = fields[name]
    return isFields(handler) ? handlerErrors(handler, lifecycleHandlers, pod, path.child(name)) : []
  })
  return [...handlers, ...stopSignalErrors(fields['stopSignal'], pod.os, path.child('stopSignal'))]
}

function handlerErrors(
  handler: Fields,
  kinds: readonly string[],
  pod: ActionSurroundings,
  path: FieldPath,
): readonly FieldError[] {
  const [first, ...more] = kinds.filter((kind) => !isAbsent(handler[kind]))
  if (first === undefined) return [required(path, 'must specify a handler type')]
  return [
    ...actionErrors(first, fieldsOf(handler[first]), pod, path.child(first)),
    ...more.map((kind) => forbidden(path.child(kind), 'may not specify more than 1 handler type')),
  ]
}

function actionErrors(kind: string, action: Fields, pod: ActionSurroundings, path: FieldPath): readonly FieldError[] {
  switch (kind) {
    case 'exec':
      return isEmpty(action['command']) ? [required(path.child('command'))] : []
    case 'httpGet':
      return httpGetErrors(action, path)
    case 'sleep':
      return sleepErrors(numberOf(action['seconds']), pod, path)
    default:
      return portReferenceErrors(action['port'], path.child('port'))
  }
}

function sleepErrors(seconds: number, { grace, options }: ActionSurroundings, path: FieldPath): readonly FieldError[] {
  if (grace === undefined) return []
  const least = options.zeroSleep ? 0 : 1
  if (seconds >= least && seconds <= grace) return []
  const most = `less than terminationGracePeriodSeconds (${grace})`
  const detail = options.zeroSleep
    ? `must be non-negative and ${most}`
    : `must be greater than 0 and ${most}. Enable AllowPodLifecycleSleepActionZeroValue feature gate for zero sleep.`
  return [invalid(path, seconds, detail)]
}

function httpGetErrors(action: Fields, path: FieldPath): readonly FieldError[] {
  const scheme = textOf(action['scheme'])
  return [
    ...(isEmpty(action['path']) ? [required(path.child('path'))] : []),
    ...portReferenceErrors(action['port'], path.child('port')),
    ...(schemes.includes(scheme) ? [] : [notSupported(path.child('scheme'), named(scheme), schemes)]),
    ...objectsOf(action['httpHeaders']).flatMap(({ name }) =>
      invalidEach(path.child('httpHeaders'), textOf(name), isHTTPHeaderName(textOf(name))),
    ),
  ]
}
