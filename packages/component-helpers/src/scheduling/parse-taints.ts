import type { Taint } from '@kube-bonsai/api-types/core/v1'
import { isQualifiedName, isValidLabelValue } from '@kube-bonsai/apimachinery'
import { formatTaint } from './taint-set.ts'

/** A taint that cannot be read or used. Its message is upstream's. */
export class TaintError extends Error {
  readonly kind = 'TaintError'
  /** What was given. */
  readonly spec: string

  constructor(message: string, spec: string) {
    super(message)
    this.name = 'TaintError'
    this.spec = spec
  }
}

/** What a list of specs asks for. Taints to remove have no value, and an empty effect stands for every one. */
export interface ParsedTaints {
  readonly add: readonly Taint[]
  readonly remove: readonly Taint[]
}

/**
 * Reads what `kubectl taint` is given: `key=value:Effect` and `key:Effect` add, `key:Effect-` and `key-` remove.
 * Throws TaintError for the first that cannot be read, or that adds a key and effect for the second time.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/util/taints/taints.go
 */
export function parseTaints(specs: readonly string[]): ParsedTaints {
  const add: Taint[] = []
  const remove: Taint[] = []
  const seen = new Set<string>()
  for (const spec of specs) {
    if (spec.endsWith('-')) {
      const { key, effect } = parseTaint(spec.slice(0, -1))
      remove.push({ key, effect })
      continue
    }
    const taint = parseTaint(spec)
    if (taint.effect === '') throw new TaintError(`invalid taint spec: ${spec}`, spec)
    const identity = `${taint.key}:${taint.effect}`
    if (seen.has(identity)) {
      const shown = `{${taint.key} ${taint.value ?? ''} ${taint.effect} <nil>}`
      throw new TaintError(`duplicated taints with the same key and effect: ${shown}`, spec)
    }
    seen.add(identity)
    add.push(taint)
  }
  return { add, remove }
}

/** Throws TaintError for a taint with a bad key, value or effect; an empty effect is fine. */
export function checkTaint(taint: Taint): void {
  const spec = formatTaint(taint)
  const keyProblems = isQualifiedName(taint.key ?? '')
  if (keyProblems.length > 0) throw new TaintError(`invalid taint key: ${keyProblems.join('; ')}`, spec)
  const valueProblems = isValidLabelValue(taint.value ?? '')
  if (valueProblems.length > 0) throw new TaintError(`invalid taint value: ${valueProblems.join('; ')}`, spec)
  if (taint.effect) checkEffect(taint.effect, spec)
}

function parseTaint(spec: string): Taint {
  const malformed = (problem = ''): TaintError => new TaintError(`invalid taint spec: ${spec}${problem}`, spec)
  const [name = '', effect, ...rest] = spec.split(':')
  if (rest.length > 0) throw malformed()
  let key = name
  let value = ''
  if (effect !== undefined) {
    checkEffect(effect, spec)
    const pair = name.split('=')
    if (pair.length > 2) throw malformed()
    ;[key = '', value = ''] = pair
    const problems = isValidLabelValue(value)
    if (problems.length > 0) throw malformed(`, ${problems.join('; ')}`)
  }
  const problems = isQualifiedName(key)
  if (problems.length > 0) throw malformed(`, ${problems.join('; ')}`)
  return { key, ...(value === '' ? {} : { value }), effect: effect ?? '' }
}

function checkEffect(effect: string, spec: string): void {
  if (effect === 'NoSchedule' || effect === 'PreferNoSchedule' || effect === 'NoExecute') return
  throw new TaintError(`invalid taint effect: ${effect}, unsupported taint effect`, spec)
}
