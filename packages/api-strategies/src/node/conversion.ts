import type { Conversion } from '../conversion.ts'
import { type Fields, fieldsOf, isAbsent } from '../meta/json.ts'

const moved = ['overhead', 'scheduling'] as const

function fromHub({ handler, ...object }: Fields): Fields {
  const spec: Record<string, unknown> = { runtimeHandler: handler ?? '' }
  const rest: Record<string, unknown> = { ...object }
  for (const name of moved) {
    if (!isAbsent(rest[name])) spec[name] = rest[name]
    delete rest[name]
  }
  return { ...rest, spec }
}

function toHub({ spec, ...object }: Fields): Fields {
  const { runtimeHandler, ...rest } = fieldsOf(spec)
  return { ...object, handler: runtimeHandler ?? '', ...rest }
}

/** The first version had a spec. @see pkg/apis/node/v1alpha1/conversion.go */
export const runtimeClassConversions: readonly Conversion[] = [
  { kind: 'RuntimeClass', group: 'node.k8s.io', versions: { 'node.k8s.io/v1alpha1': { toHub, fromHub } } },
]
