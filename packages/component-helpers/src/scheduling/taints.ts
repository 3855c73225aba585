import type { Taint, Toleration } from '@kube-bonsai/api-types/core/v1'

/** How tolerations are compared with taints. */
export interface TolerationOptions {
  /** The gate TaintTolerationComparisonOperators: without it Lt and Gt never match. */
  readonly comparisonOperators?: boolean
}

/**
 * True when a toleration lets a pod stay with a taint. An empty key or effect matches every one; Lt and Gt compare
 * decimal 64-bit integers, the taint's on the left.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/staging/src/k8s.io/api/core/v1/toleration.go
 */
export function toleratesTaint(toleration: Toleration, taint: Taint, options: TolerationOptions = {}): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false
  if (toleration.key && toleration.key !== taint.key) return false
  switch (toleration.operator ?? '') {
    case '':
    case 'Equal':
      return (toleration.value ?? '') === (taint.value ?? '')
    case 'Exists':
      return true
    case 'Lt':
    case 'Gt':
      return options.comparisonOperators === true && compares(toleration, taint)
    default:
      return false
  }
}

/** True when any of the tolerations tolerates the taint. */
export function tolerationsTolerateTaint(
  tolerations: readonly Toleration[],
  taint: Taint,
  options: TolerationOptions = {},
): boolean {
  return tolerations.some((toleration) => toleratesTaint(toleration, taint, options))
}

/** The first taint, of those with one of `effects`, that no toleration tolerates. */
export function findUntoleratedTaint(
  taints: readonly Taint[],
  tolerations: readonly Toleration[],
  effects: readonly string[],
  options: TolerationOptions = {},
): Taint | undefined {
  return taints.find(
    (taint) => effects.includes(taint.effect) && !tolerationsTolerateTaint(tolerations, taint, options),
  )
}

/** True when two tolerations agree in key, effect, operator and value. */
export function sameToleration(left: Toleration, right: Toleration): boolean {
  const fields = ['key', 'effect', 'operator', 'value'] as const
  return fields.every((field) => (left[field] ?? '') === (right[field] ?? ''))
}

const decimal = /^(?:0|-?[1-9][0-9]*)$/
const largest = 2n ** 63n

function compares(toleration: Toleration, taint: Taint): boolean {
  const wanted = integer(toleration.value)
  const actual = integer(taint.value)
  if (wanted === undefined || actual === undefined) return false
  return toleration.operator === 'Lt' ? actual < wanted : actual > wanted
}

function integer(text: string | undefined): bigint | undefined {
  if (text === undefined || text.length > 20 || !decimal.test(text)) return undefined
  const value = BigInt(text)
  return value < -largest || value >= largest ? undefined : value
}
