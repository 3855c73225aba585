import { type FieldError, type FieldPath, forbidden } from '@kube-bonsai/apimachinery'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { type Fields, fieldsOf, isFields, listOf, numberOf, objectsOf, textOf } from '../../meta/json.ts'
import type { PodOptions } from '../../pod-template/validation/options.ts'

/** Refuses that a container comes back which its pod does not start again. */
export function restartTransitionErrors(
  list: 'containers' | 'initContainers',
  fresh: unknown,
  old: unknown,
  spec: Fields,
  options: PodOptions,
  path: FieldPath,
): readonly FieldError[] {
  if (options.restartRules) {
    if (options.restartAll && anyRestartsAll(spec)) return []
    return revived(fresh, old, path, (name, exitCode) => {
      const container = objectsOf(spec[list]).find((item) => textOf(item['name']) === name)
      return container !== undefined && shouldRestart(container, spec, exitCode, options.gates)
    })
  }
  const policy = spec['restartPolicy']
  if (policy === 'Always') return []
  return revived(fresh, old, path, (name, exitCode) => {
    if (exitCode !== 0 && policy === 'OnFailure') return true
    if (list === 'containers') return false
    return objectsOf(spec[list]).find((item) => textOf(item['name']) === name)?.['restartPolicy'] === 'Always'
  })
}

/** Containers that were added to look into a pod never come back. */
export function ephemeralTransitionErrors(fresh: unknown, old: unknown, path: FieldPath): readonly FieldError[] {
  return revived(fresh, old, path, () => false)
}

function revived(
  fresh: unknown,
  old: unknown,
  path: FieldPath,
  allowed: (name: string, exitCode: number) => boolean,
): readonly FieldError[] {
  const next = objectsOf(fresh)
  return objectsOf(old).flatMap((status, index) => {
    const { terminated } = fieldsOf(status['state'])
    if (!isFields(terminated)) return []
    const name = textOf(status['name'])
    const back = next.some((item) => textOf(item['name']) === name && !isFields(fieldsOf(item['state'])['terminated']))
    if (!back || allowed(name, numberOf(terminated['exitCode']))) return []
    return [forbidden(path.index(index).child('state'), 'may not be transitioned to non-terminated state')]
  })
}

const anyRestartsAll = (spec: Fields): boolean =>
  [...objectsOf(spec['initContainers']), ...objectsOf(spec['containers'])].some((container) =>
    objectsOf(container['restartPolicyRules']).some(({ action }) => action === 'RestartAllContainers'),
  )

/** Whether a container starts again after it ended: by its rules, else by its own policy, else by that of its pod. */
function shouldRestart(container: Fields, spec: Fields, exitCode: number, gates: FeatureGates): boolean {
  const own = container['restartPolicy']
  if (typeof own === 'string') {
    const action = matchingAction(container, exitCode)
    if (action === 'Restart') return true
    if (action === 'RestartAllContainers' && gates.enabled('RestartAllContainersOnContainerExits')) return true
  }
  const policies = ['Always', 'OnFailure', 'Never']
  const policy = policies.includes(textOf(own)) ? own : spec['restartPolicy']
  if (policy === 'OnFailure') return exitCode !== 0
  return policy !== 'Never'
}

function matchingAction(container: Fields, exitCode: number): unknown {
  return objectsOf(container['restartPolicyRules']).find(({ exitCodes }) => {
    const { operator, values } = fieldsOf(exitCodes)
    const listed = listOf(values).includes(exitCode)
    return (operator === 'In' && listed) || (operator === 'NotIn' && !listed)
  })?.['action']
}
