import { duplicate, type FieldError, type FieldPath, forbidden, invalid, required } from '@kube-bonsai/apimachinery'
import { internalList } from '../../internal-form/internal-value.ts'
import { labelErrors, named, oneOfErrors } from '../../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, objectsOf, textOf } from '../../meta/json.ts'
import { envErrors, envFromErrors } from './env.ts'
import type { PodOptions } from './options.ts'
import { containerPortErrors, hostPortConflicts } from './ports.ts'
import { lifecycleErrors, probesErrors } from './probes.ts'
import { claimErrors } from './resource-claims.ts'
import { containerResourceNameErrors, resourceErrors } from './resources.ts'
import { initRestartErrors, restartErrors } from './restart-policy.ts'
import { securityContextErrors } from './security-context.ts'
import { volumeDeviceErrors, volumeMountErrors } from './volume-mounts.ts'

/** What checks of a container need to know of its pod. */
export interface PodSurroundings {
  readonly volumes: ReadonlyMap<string, Fields>
  /** Names of the resource claims of the pod. */
  readonly claims: readonly string[]
  readonly restartPolicy: string
  /** How long the pod may take to end, in seconds; undefined when it does not say. */
  readonly grace: number | undefined
  /** The operating system that the pod names. */
  readonly os: string | undefined
  /** The pod shares the users of its host. */
  readonly hostUsers: boolean
  readonly options: PodOptions
}

const messagePolicies = ['File', 'FallbackToLogsOnError']
const pullPolicies = ['Always', 'IfNotPresent', 'Never']
const resizable = ['cpu', 'memory']
const resizePolicies = ['NotRequired', 'RestartContainer']
const notForInit = 'may not be set for init containers without restartPolicy=Always'

/** Checks the ordinary containers of a pod: at least one, each of them right, no name twice. */
export function containersErrors(containers: unknown, pod: PodSurroundings, path: FieldPath): readonly FieldError[] {
  const list = objectsOf(containers)
  if (list.length === 0) return [required(path)]
  const names = new Set<string>()
  return [
    ...list.flatMap((container, index) => {
      const at = path.index(index)
      const name = textOf(container['name'])
      const repeated = names.has(name)
      names.add(name)
      return [
        ...commonErrors(container, pod, at),
        ...(repeated ? [duplicate(at.child('name'), name)] : []),
        ...lifecycleErrors(container['lifecycle'], pod, at.child('lifecycle')),
        ...probesErrors(container, pod, at),
        ...(pod.options.restartRules
          ? restartErrors(container, pod.options, at)
          : isAbsent(container['restartPolicy'])
            ? []
            : [forbidden(at.child('restartPolicy'), 'may not be set for non-init containers')]),
      ]
    }),
    ...hostPortConflicts(list, path),
  ]
}

/** Checks init containers, which may be sidecars. Their names must differ from those of the ordinary ones too. */
export function initContainersErrors(
  containers: unknown,
  ordinary: unknown,
  pod: PodSurroundings,
  path: FieldPath,
): readonly FieldError[] {
  const names = new Set(objectsOf(ordinary).map((container) => textOf(container['name'])))
  return objectsOf(containers).flatMap((container, index) => {
    const at = path.index(index)
    const sidecar = container['restartPolicy'] === 'Always'
    const refused = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'].filter(
      (name) => !isAbsent(container[name]),
    )
    const resize = objectsOf(container['resizePolicy'])
    return [
      ...commonErrors(container, pod, at),
      ...initRestartErrors(container, pod.options, at),
      ...repeatedName(container, names, at),
      ...hostPortConflicts([container], path),
      ...(sidecar
        ? [...lifecycleErrors(container['lifecycle'], pod, at.child('lifecycle')), ...probesErrors(container, pod, at)]
        : refused.map((name) => forbidden(at.child(name), notForInit))),
      ...(pod.options.sidecarResizePolicy || resize.length === 0
        ? []
        : [
            invalid(
              at.child('resizePolicy'),
              internalList('ContainerResizePolicy', resize),
              'must not be set for init containers',
            ),
          ]),
    ]
  })
}

function repeatedName(container: Fields, names: Set<string>, path: FieldPath): readonly FieldError[] {
  const name = textOf(container['name'])
  if (names.has(name)) return [duplicate(path.child('name'), name)]
  if (name !== '') names.add(name)
  return []
}

/** What every container must have, ephemeral ones too. */
export function commonErrors(container: Fields, pod: PodSurroundings, path: FieldPath): readonly FieldError[] {
  const { options } = pod
  const resources = { nameErrors: containerResourceNameErrors, anyHugePages: options.anyHugePages }
  return [
    ...(isEmpty(container['name'])
      ? [required(path.child('name'))]
      : labelErrors(container['name'], path.child('name'))),
    ...(isEmpty(container['image']) ? [required(path.child('image'))] : []),
    ...oneOfErrors(container['terminationMessagePolicy'], path.child('terminationMessagePolicy'), messagePolicies),
    ...containerPortErrors(container['ports'], path.child('ports')),
    ...envErrors(container['env'], options, path.child('env')),
    ...envFromErrors(container['envFrom'], options, path.child('envFrom')),
    ...volumeMountErrors(container, pod.volumes, path.child('volumeMounts')),
    ...volumeDeviceErrors(container, pod.volumes, path.child('volumeDevices')),
    ...oneOfErrors(container['imagePullPolicy'], path.child('imagePullPolicy'), pullPolicies),
    ...resourceErrors(fieldsOf(container['resources']), path.child('resources'), resources),
    ...claimErrors(container, pod.claims, path.child('resources', 'claims')),
    ...resizePolicyErrors(container, pod.restartPolicy, path.child('resizePolicy')),
    ...securityContextErrors(container['securityContext'], pod, path.child('securityContext')),
  ]
}

function resizePolicyErrors(container: Fields, podPolicy: string, path: FieldPath): readonly FieldError[] {
  const seen = new Set<unknown>()
  return objectsOf(container['resizePolicy']).flatMap(({ resourceName = '', restartPolicy }, index) => {
    const errors: FieldError[] = seen.has(resourceName) ? [duplicate(path.index(index), named(resourceName))] : []
    seen.add(resourceName)
    errors.push(...oneOfErrors(resourceName, path, resizable), ...oneOfErrors(restartPolicy, path, resizePolicies))
    if (podPolicy === 'Never' && restartPolicy !== 'NotRequired') {
      errors.push(invalid(path, named(restartPolicy), "must be 'NotRequired' when `restartPolicy` is 'Never'"))
    }
    return errors
  })
}

/** Refuses blanks around the names of images, which a pod may not have though a template may. */
export function imageBlankErrors(containers: unknown, path: FieldPath): readonly FieldError[] {
  return objectsOf(containers).flatMap((container, index) => imageBlankErrorsOf(container, path.index(index)))
}

/** The same for one container. */
export function imageBlankErrorsOf(container: Fields, path: FieldPath): readonly FieldError[] {
  const image = textOf(container['image'])
  if (image === image.trim()) return []
  return [invalid(path.child('image'), image, 'must not have leading or trailing whitespace')]
}
