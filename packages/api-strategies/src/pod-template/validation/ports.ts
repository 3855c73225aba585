import {
  duplicate,
  type FieldError,
  type FieldPath,
  isValidPortName,
  isValidPortNum,
  required,
} from '@kube-bonsai/apimachinery'
import { invalidEach, oneOfErrors } from '../../meta/checks.ts'
import { type Fields, isEmpty, numberOf, objectsOf, textOf } from '../../meta/json.ts'

const protocols = ['SCTP', 'TCP', 'UDP']

/** Checks the ports of a container. */
export function containerPortErrors(ports: unknown, path: FieldPath): readonly FieldError[] {
  const names = new Set<string>()
  return objectsOf(ports).flatMap((port, index) => {
    const at = path.index(index)
    return [
      ...portNameErrors(port, names, at.child('name')),
      ...(isEmpty(port['containerPort'])
        ? [required(at.child('containerPort'))]
        : portNumberErrors(port['containerPort'], at.child('containerPort'))),
      ...(isEmpty(port['hostPort']) ? [] : portNumberErrors(port['hostPort'], at.child('hostPort'))),
      ...oneOfErrors(port['protocol'], at.child('protocol'), protocols),
    ]
  })
}

function portNameErrors(port: Fields, names: Set<string>, path: FieldPath): readonly FieldError[] {
  const name = textOf(port['name'])
  if (name === '') return []
  const messages = isValidPortName(name)
  if (messages.length > 0) return invalidEach(path, name, messages)
  if (names.has(name)) return [duplicate(path, name)]
  names.add(name)
  return []
}

function portNumberErrors(value: unknown, path: FieldPath): readonly FieldError[] {
  return invalidEach(path, numberOf(value), isValidPortNum(numberOf(value)))
}

/** Checks a port that is given by number or by name. */
export function portReferenceErrors(port: unknown, path: FieldPath): readonly FieldError[] {
  if (typeof port === 'string') return invalidEach(path, port, isValidPortName(port))
  return portNumberErrors(port, path)
}

/** Two containers of a pod may not ask for the same port of the node. */
export function hostPortConflicts(containers: readonly Fields[], path: FieldPath): readonly FieldError[] {
  const taken = new Set<string>()
  return containers.flatMap((container, index) =>
    objectsOf(container['ports']).flatMap((port, portIndex) => {
      const hostPort = numberOf(port['hostPort'])
      if (hostPort === 0) return []
      const key = `${textOf(port['protocol'])}/${textOf(port['hostIP'])}/${hostPort}`
      if (taken.has(key)) return [duplicate(path.index(index).child('ports').index(portIndex).child('hostPort'), key)]
      taken.add(key)
      return []
    }),
  )
}
