import {
  type FieldError,
  type FieldPath,
  forbidden,
  invalid,
  isHTTPHeaderName,
  notSupported,
  required,
} from '@kube-bonsai/apimachinery'
import { invalidEach, negativeErrors } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, numberOf, objectsOf, textOf } from '../../meta/json.ts'
import { portReferenceErrors } from './ports.ts'

const schemes = ['HTTP', 'HTTPS']
const probeSeconds = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold']
const probeHandlers = ['exec', 'httpGet', 'tcpSocket', 'grpc']
const lifecycleHandlers = ['exec', 'httpGet', 'tcpSocket', 'sleep']

/** Checks the three probes of a container. `grace` is how long its pod may take to end. */
export function probesErrors(container: Fields, grace: number, path: FieldPath): readonly FieldError[] {
  return ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((name) => {
    const probe = container[name]
    return isFields(probe) ? probeErrors(name, probe, grace, path.child(name)) : []
  })
}

function probeErrors(name: string, probe: Fields, grace: number, path: FieldPath): readonly FieldError[] {
  const ends = probe['terminationGracePeriodSeconds']
  const errors = [
    ...handlerErrors(probe, probeHandlers, grace, path),
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

/** Checks what a container does when it starts and before it stops. */
export function lifecycleErrors(lifecycle: unknown, grace: number, path: FieldPath): readonly FieldError[] {
  const fields = fieldsOf(lifecycle)
  return ['postStart', 'preStop'].flatMap((name) => {
    const handler = fields[name]
    return isFields(handler) ? handlerErrors(handler, lifecycleHandlers, grace, path.child(name)) : []
  })
}

function handlerErrors(
  handler: Fields,
  kinds: readonly string[],
  grace: number,
  path: FieldPath,
): readonly FieldError[] {
  const [first, ...more] = kinds.filter((kind) => !isAbsent(handler[kind]))
  if (first === undefined) return [required(path, 'must specify a handler type')]
  return [
    ...actionErrors(first, fieldsOf(handler[first]), grace, path.child(first)),
    ...more.map((kind) => forbidden(path.child(kind), 'may not specify more than 1 handler type')),
  ]
}

function actionErrors(kind: string, action: Fields, grace: number, path: FieldPath): readonly FieldError[] {
  switch (kind) {
    case 'exec':
      return isEmpty(action['command']) ? [required(path.child('command'))] : []
    case 'httpGet':
      return httpGetErrors(action, path)
    case 'sleep': {
      const seconds = numberOf(action['seconds'])
      const detail = `must be non-negative and less than terminationGracePeriodSeconds (${grace})`
      return seconds < 0 || seconds > grace ? [invalid(path, seconds, detail)] : []
    }
    default:
      return portReferenceErrors(action['port'], path.child('port'))
  }
}

function httpGetErrors(action: Fields, path: FieldPath): readonly FieldError[] {
  const scheme = textOf(action['scheme'])
  return [
    ...(isEmpty(action['path']) ? [required(path.child('path'))] : []),
    ...portReferenceErrors(action['port'], path.child('port')),
    ...(schemes.includes(scheme) ? [] : [notSupported(path.child('scheme'), scheme, schemes)]),
    ...objectsOf(action['httpHeaders']).flatMap(({ name }) =>
      invalidEach(path.child('httpHeaders'), textOf(name), isHTTPHeaderName(textOf(name))),
    ),
  ]
}
