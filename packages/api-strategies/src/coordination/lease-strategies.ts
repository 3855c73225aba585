import { type FieldError, type FieldPath, isQualifiedName, notSupported } from '@kube-bonsai/apimachinery'
import { invalidEach, named } from '../meta/checks.ts'

const builtIn = ['OldestEmulationVersion']

/** Checks how a leader is chosen; upstream names the field twice. `path` is that of the field. */
export function strategyErrors(strategy: string, path: FieldPath): readonly FieldError[] {
  const at = path.child('strategy')
  if (strategy.includes('/')) return invalidEach(at, named(strategy), isQualifiedName(strategy))
  return builtIn.includes(strategy) ? [] : [notSupported(at, named(strategy), builtIn)]
}
