import type { Controller } from '@kube-bonsai/controllers'

/**
 * The controllers that a list names: `*` all, `name` that one, `-name` not that one; a name beats `*`, the first mention wins.
 * Throws a RangeError that lists the known names for one that does not exist.
 * @see staging/src/k8s.io/controller-manager/app/helper.go IsControllerEnabled
 */
export function selectControllers(
  known: ReadonlyMap<string, Controller>,
  wanted: readonly string[],
): readonly Controller[] {
  for (const entry of wanted) {
    const name = entry.replace(/^-/, '')
    if (name !== '*' && !known.has(name))
      throw new RangeError(`unknown controller ${JSON.stringify(name)}; known are ${[...known.keys()].join(', ')}`)
  }
  return [...known].filter(([name]) => isEnabled(name, wanted)).map(([, controller]) => controller)
}

function isEnabled(name: string, wanted: readonly string[]): boolean {
  const mention = wanted.find((entry) => entry === name || entry === `-${name}`)
  return mention === undefined ? wanted.includes('*') : mention === name
}
