import { type FieldError, formatFieldError } from '@kube-bonsai/apimachinery'
import type { StrategyContext } from '../../strategy.ts'

/** An error that declarative validation finds too. */
interface CoveredError extends FieldError {
  readonly covered: true
}

/** Marks errors that declarative validation finds too, in its own words. */
export function covered(errors: readonly FieldError[]): readonly FieldError[] {
  return errors.map((error): CoveredError => ({ ...error, covered: true }))
}

/**
 * The errors of the usual checks; where declarative validation has taken over, those that it does not cover, and its own.
 *
 * @see staging/src/k8s.io/apiserver/pkg/registry/rest/validate.go
 */
export function withDeclarative(
  errors: readonly FieldError[],
  { gates, requestVersion }: StrategyContext,
  declarative: () => readonly FieldError[],
): readonly FieldError[] {
  if (!gates.enabled('DeclarativeValidation') || !gates.enabled('DeclarativeValidationTakeover')) return errors
  const own = declarative()
  const named = requestVersion === 'v1beta1' ? own.map(asInBeta) : own
  return [...errors.filter((error) => !('covered' in error)), ...named]
}

/** The errors of a kind for which declarative validation has no words of its own: it only tells them last, and once. */
export function coveredLast(errors: readonly FieldError[], context: StrategyContext): readonly FieldError[] {
  return withDeclarative(errors, context, () => {
    const told = new Map<string, FieldError>()
    for (const error of errors) if ('covered' in error) told.set(formatFieldError(error), error)
    return [...told.values()]
  })
}

/** v1beta1 has fields of requests one level higher, and those of devices one level deeper; only these errors tell. */
function asInBeta(error: FieldError): FieldError {
  const field = error.field
    .replace(/^(spec\.devices\.requests\[\d+\])\.exactly\./, '$1.')
    .replace(/^(spec\.devices\[\d+\])\./, '$1.basic.')
  return { ...error, field }
}
