/** Orders versions as clients prefer them: GA before beta before alpha, newer before older, other names last. */
export function compareVersions(left: string, right: string): number {
  const [one, other] = [rank(left), rank(right)]
  if (one === undefined || other === undefined) {
    if (one === other) return left < right ? -1 : left > right ? 1 : 0
    return one === undefined ? 1 : -1
  }
  for (const [index, value] of one.entries()) {
    const difference = (other[index] ?? 0) - value
    if (difference !== 0) return difference
  }
  return 0
}

/** @see staging/src/k8s.io/apimachinery/pkg/version/helpers.go */
function rank(version: string): readonly number[] | undefined {
  const [, major, stage = '', minor = '0'] = /^v([1-9][0-9]*)(?:(alpha|beta)([1-9][0-9]*))?$/.exec(version) ?? []
  if (major === undefined) return undefined
  return [stage === '' ? 2 : stage === 'beta' ? 1 : 0, Number(major), Number(minor)]
}
