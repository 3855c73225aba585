import { FieldPath, isEnvVarName, isRelaxedEnvVarName, isValidLabelValue } from '@kube-bonsai/apimachinery'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { type Fields, fieldsOf, isAbsent, isEmpty, listOf, objectsOf, textOf } from '../../meta/json.ts'
import type { StrategyContext } from '../../strategy.ts'
import { validDeletionCost } from './annotations.ts'
import { hasLegacyKeyErrors, hasNewKeyErrors } from './label-keys.ts'
import { indivisibleHugePages } from './resources.ts'
import { selectorErrors } from './selectors.ts'
import { hostSysctlErrors } from './sysctls.ts'
import { everyContainer } from './visit-containers.ts'
import { localPathErrors } from './volumes/paths.ts'

/**
 * How strictly a pod's spec is judged: by feature gates, and never more strictly than the stored spec was.
 *
 * @see pkg/api/pod/util.go GetValidationOptionsFromPodSpecAndMeta
 */
export interface PodOptions {
  readonly gates: FeatureGates
  /** A pod itself, not the template of one. */
  readonly isPod: boolean
  /** The name and annotations of a pod; absent for templates. */
  readonly metadata?: Fields
  readonly allowPrivileged: boolean
  readonly anyDeletionCost: boolean
  readonly anyHugePages: boolean
  readonly anyAffinitySelector: boolean
  readonly anyNodeAffinityValue: boolean
  readonly anySpreadSelector: boolean
  readonly anyTokenPath: boolean
  readonly anySysctl: boolean
  readonly relaxedEnv: boolean
  readonly relaxedSearches: boolean
  readonly zeroSleep: boolean
  readonly sidecarResizePolicy: boolean
  readonly envFiles: boolean
  readonly restartRules: boolean
  readonly restartAll: boolean
  readonly devicesWithUserNamespaces: boolean
  readonly comparisonTolerations: boolean
  readonly hostNetworkWithUserNamespaces: boolean
  readonly onlyRecursiveSELinux: boolean
  /** Which of upstream's two checks of matchLabelKeys applies. */
  readonly labelKeys: 'merged' | 'legacy'
}

/** What the options of a pod depend on beside the gates. */
export interface OptionSubjects {
  readonly spec: Fields
  readonly old?: Fields | undefined
  readonly oldAnnotations?: Fields | undefined
  /** Metadata of a pod; absent for templates. */
  readonly metadata?: Fields
}

const nowhere = FieldPath.of('')

/** Works out how strictly a pod's spec is judged. */
export function podOptions(subjects: OptionSubjects, context: StrategyContext): PodOptions {
  const { spec, old, oldAnnotations, metadata } = subjects
  const { gates } = context
  const on = (gate: string): boolean => gates.enabled(gate)
  const was = (test: (spec: Fields) => boolean): boolean => old !== undefined && test(old)
  return {
    gates,
    isPod: metadata !== undefined,
    ...(metadata === undefined ? {} : { metadata }),
    allowPrivileged: context.allowPrivileged !== false,
    anyDeletionCost: !on('PodDeletionCost') || (oldAnnotations !== undefined && !validDeletionCost(oldAnnotations)),
    anyHugePages: was(hasIndivisibleHugePages),
    anyAffinitySelector: was(hasInvalidAffinitySelector),
    anyNodeAffinityValue: was(hasInvalidNodeAffinityValue),
    anySpreadSelector: was((before) => spreads(before).some((item) => selectorFails(item['labelSelector']))),
    anyTokenPath: was(hasForeignTokenPath),
    anySysctl: was((before) => hostSysctlErrors(before, nowhere).length > 0),
    relaxedEnv: on('RelaxedEnvironmentVariableValidation') || keepsRelaxedNames(spec, old),
    relaxedSearches: on('RelaxedDNSSearchValidation') || was(hasRelaxedSearch),
    zeroSleep: on('PodLifecycleSleepActionAllowZero') || was(hasZeroSleep),
    sidecarResizePolicy: on('InPlacePodVerticalScaling') || was(hasSidecarResizePolicy),
    envFiles: on('EnvFiles') || was(hasFileKeyRef),
    restartRules: on('ContainerRestartRules') || was(hasRestartRules),
    restartAll: on('RestartAllContainersOnContainerExits') || was(hasRestartAll),
    devicesWithUserNamespaces: was(
      (before) => before['hostUsers'] === false && everyContainer(before).some((c) => !isEmpty(c['volumeDevices'])),
    ),
    comparisonTolerations: on('TaintTolerationComparisonOperators') || was(hasComparison),
    hostNetworkWithUserNamespaces:
      on('UserNamespacesHostNetworkSupport') ||
      was((before) => before['hostUsers'] === false && before['hostNetwork'] === true),
    onlyRecursiveSELinux:
      !on('SELinuxMount') && !was((before) => !isAbsent(fieldsOf(before['securityContext'])['seLinuxChangePolicy'])),
    labelKeys: labelKeyCheck(gates, old),
  }
}

function labelKeyCheck(gates: FeatureGates, old: Fields | undefined): PodOptions['labelKeys'] {
  if (!gates.enabled('MatchLabelKeysInPodTopologySpread')) return 'legacy'
  const before = old === undefined ? [] : spreads(old)
  if (gates.enabled('MatchLabelKeysInPodTopologySpreadSelectorMerge')) {
    return before.some(hasNewKeyErrors) ? 'legacy' : 'merged'
  }
  return before.some(hasLegacyKeyErrors) ? 'merged' : 'legacy'
}

const spreads = (spec: Fields): readonly Fields[] => objectsOf(spec['topologySpreadConstraints'])
const selectorFails = (selector: unknown): boolean => selectorErrors(selector, nowhere).length > 0

function hasIndivisibleHugePages(spec: Fields): boolean {
  const lists = everyContainer(spec).flatMap((container) => {
    const { limits, requests } = fieldsOf(container['resources'])
    return [fieldsOf(limits), fieldsOf(requests)]
  })
  return lists.some((list) => Object.entries(list).some(([name, amount]) => indivisibleHugePages(name, amount)))
}

function hasInvalidAffinitySelector(spec: Fields): boolean {
  const { podAffinity, podAntiAffinity } = fieldsOf(spec['affinity'])
  const terms = [fieldsOf(podAffinity), fieldsOf(podAntiAffinity)].flatMap((affinity) => [
    ...objectsOf(affinity['requiredDuringSchedulingIgnoredDuringExecution']),
    ...objectsOf(affinity['preferredDuringSchedulingIgnoredDuringExecution']).map((weighted) =>
      fieldsOf(weighted['podAffinityTerm']),
    ),
  ])
  return terms.some((term) => selectorFails(term['labelSelector']) || selectorFails(term['namespaceSelector']))
}

function hasInvalidNodeAffinityValue(spec: Fields): boolean {
  const { nodeAffinity } = fieldsOf(spec['affinity'])
  return hasInvalidTermValue(fieldsOf(nodeAffinity)['requiredDuringSchedulingIgnoredDuringExecution'])
}

/** Whether a node selector compares with something that no label can hold. */
export function hasInvalidTermValue(selector: unknown): boolean {
  return objectsOf(fieldsOf(selector)['nodeSelectorTerms']).some((term) =>
    objectsOf(term['matchExpressions']).some(({ values }) =>
      listOf(values).some((value) => isValidLabelValue(textOf(value)).length > 0),
    ),
  )
}

function hasForeignTokenPath(spec: Fields): boolean {
  return objectsOf(spec['volumes'])
    .flatMap((volume) => objectsOf(fieldsOf(volume['projected'])['sources']))
    .some(({ serviceAccountToken }) => {
      if (isAbsent(serviceAccountToken)) return false
      return localPathErrors(textOf(fieldsOf(serviceAccountToken)['path']), nowhere).length > 0
    })
}

const envNames = (spec: Fields): ReadonlySet<string> =>
  new Set(
    everyContainer(spec).flatMap((container) => [
      ...objectsOf(container['env']).map(({ name }) => textOf(name)),
      ...objectsOf(container['envFrom']).map(({ prefix }) => textOf(prefix)),
    ]),
  )

/** Whether a name stays that only the relaxed rules allow. */
function keepsRelaxedNames(spec: Fields, old: Fields | undefined): boolean {
  if (old === undefined) return false
  const before = envNames(old)
  return [...envNames(spec)].some(
    (name) => isEnvVarName(name).length > 0 && isRelaxedEnvVarName(name).length === 0 && before.has(name),
  )
}

function hasRelaxedSearch(spec: Fields): boolean {
  return listOf(fieldsOf(spec['dnsConfig'])['searches']).some(
    (search) => search === '.' || textOf(search).includes('_'),
  )
}

function hasZeroSleep(spec: Fields): boolean {
  return everyContainer(spec).some(({ lifecycle }) =>
    ['preStop', 'postStart'].some((name) => {
      const { sleep } = fieldsOf(fieldsOf(lifecycle)[name])
      return !isAbsent(sleep) && isEmpty(fieldsOf(sleep)['seconds'])
    }),
  )
}

const hasSidecarResizePolicy = (spec: Fields): boolean =>
  objectsOf(spec['initContainers']).some((c) => c['restartPolicy'] === 'Always' && !isEmpty(c['resizePolicy']))

/** Whether a container takes a variable from a file. */
export const hasFileKeyRef = (spec: Fields): boolean =>
  everyContainer(spec).some((container) =>
    objectsOf(container['env']).some(({ valueFrom }) => !isAbsent(fieldsOf(valueFrom)['fileKeyRef'])),
  )

/** Whether a container has a restart policy of its own that is more than that of a sidecar. */
export const hasRestartRules = (spec: Fields): boolean =>
  objectsOf(spec['containers']).some((c) => !isAbsent(c['restartPolicy'])) ||
  objectsOf(spec['initContainers']).some(
    (c) => (!isAbsent(c['restartPolicy']) && c['restartPolicy'] !== 'Always') || !isEmpty(c['restartPolicyRules']),
  )

function hasRestartAll(spec: Fields): boolean {
  const restarts = (container: Fields): boolean =>
    objectsOf(container['restartPolicyRules']).some(({ action }) => action === 'RestartAllContainers')
  return (
    objectsOf(spec['containers']).some(restarts) ||
    objectsOf(spec['initContainers']).some(
      (c) => restarts(c) || (c['restartPolicy'] === 'Always' && !isEmpty(c['restartPolicyRules'])),
    )
  )
}

const hasComparison = (spec: Fields): boolean =>
  objectsOf(spec['tolerations']).some(({ operator }) => operator === 'Lt' || operator === 'Gt')
