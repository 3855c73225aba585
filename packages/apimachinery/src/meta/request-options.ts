import { forbidden, invalid, notSupported, required } from '../field/errors.ts'
import { FieldPath } from '../field/path.ts'
import type { FieldError } from '../field-error.ts'
import { validateFieldManager } from './field-manager.ts'

/** The options of a create, an update or a patch that can be wrong. */
export interface WriteOptions {
  readonly fieldManager?: string
  readonly fieldValidation?: string
  readonly dryRun?: readonly string[]
  /** Only for a patch. */
  readonly force?: boolean
}

/** The options of a delete that can be wrong. */
export interface DeleteOptionsLike {
  readonly propagationPolicy?: string
  readonly orphanDependents?: boolean
  readonly dryRun?: readonly string[]
  readonly gracePeriodSeconds?: number
  readonly preconditions?: object
  readonly ignoreStoreReadErrorWithClusterBreakingPotential?: boolean
}

/**
 * Checks the options of a create or an update.
 *
 * @see staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go
 */
export function validateWriteOptions(options: WriteOptions): readonly FieldError[] {
  return [
    ...validateFieldManager(options.fieldManager ?? '', FieldPath.of('fieldManager')),
    ...dryRunErrors(options.dryRun),
    ...fieldValidationErrors(options.fieldValidation),
  ]
}

/**
 * Checks the options of a patch.
 *
 * @param apply true for server-side apply, which needs a field manager and may force
 */
export function validatePatchOptions(options: WriteOptions, apply: boolean): readonly FieldError[] {
  const errors = validateWriteOptions(options)
  if (!apply) {
    if (options.force === undefined) return errors
    return [forbidden('force', 'may not be specified for non-apply patch'), ...errors]
  }
  if ((options.fieldManager ?? '') !== '') return errors
  return [required('fieldManager', 'is required for apply patch'), ...errors]
}

const policies = ['Foreground', 'Background', 'Orphan']

/** Checks the options of a delete. */
export function validateDeleteOptions(options: DeleteOptionsLike): readonly FieldError[] {
  const { propagationPolicy: policy, orphanDependents } = options
  const errors: FieldError[] = []
  if (orphanDependents !== undefined && policy !== undefined) {
    const message = 'orphanDependents and deletionPropagation cannot be both set'
    errors.push(invalid('propagationPolicy', policy, message))
  }
  if (policy !== undefined && !policies.includes(policy)) {
    errors.push(notSupported('propagationPolicy', policy, [...policies, 'nil']))
  }
  return [...errors, ...dryRunErrors(options.dryRun), ...ignoreStoreReadErrors(options)]
}

function dryRunErrors(dryRun: readonly string[] = []): readonly FieldError[] {
  return dryRun.every((value) => value === 'All') ? [] : [notSupported('dryRun', dryRun, ['All'])]
}

function fieldValidationErrors(level = ''): readonly FieldError[] {
  const levels = ['', 'Ignore', 'Strict', 'Warn']
  return levels.includes(level) ? [] : [notSupported('fieldValidation', level, levels)]
}

function ignoreStoreReadErrors(options: DeleteOptionsLike): readonly FieldError[] {
  if (options.ignoreStoreReadErrorWithClusterBreakingPotential !== true) return []
  const others = [
    ['.dryRun', (options.dryRun ?? []).length > 0],
    ['.propagationPolicy', options.propagationPolicy !== undefined],
    ['.orphanDependents', options.orphanDependents !== undefined],
    ['.gracePeriodSeconds', options.gracePeriodSeconds !== undefined],
    ['.preconditions', options.preconditions !== undefined],
  ] as const
  return others
    .filter(([, present]) => present)
    .map(([name]) =>
      invalid('ignoreStoreReadErrorWithClusterBreakingPotential', true, `cannot be set together with ${name}`),
    )
}
