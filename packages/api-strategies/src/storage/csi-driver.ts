import {
  duplicate,
  type FieldError,
  FieldPath,
  fieldImmutableMessage,
  invalid,
  notSupported,
  required,
  semanticEqual,
} from '@kube-bonsai/apimachinery'
import { ifSetOneOf, named } from '../meta/checks.ts'
import {
  type Fields,
  fieldsOf,
  isAbsent,
  isEmpty,
  listOf,
  numberOf,
  objectsOf,
  textOf,
  withField,
} from '../meta/json.ts'
import type { Room } from '../room.ts'
import type { StrategyContext } from '../strategy.ts'

const path = FieldPath.of('spec')
const minTokenSeconds = 600
const maxTokenSeconds = 2 ** 32
const minUpdateSeconds = 10
const modes = ['Persistent', 'Ephemeral']
const groupPolicies = ['File', 'None', 'ReadWriteOnceWithFSType']
const tokenAdvice =
  'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes'

/** Fields that exist only while a gate is on. */
const gated = [
  ['seLinuxMount', 'SELinuxMountReadWriteOncePod'],
  ['serviceAccountTokenInSecrets', 'CSIServiceAccountTokenSecrets'],
  ['nodeAllocatableUpdatePeriodSeconds', 'MutableCSINodeAllocatableCount'],
] as const

const specOf = (driver: Fields): Fields => fieldsOf(driver['spec'])

function specErrors(driver: Fields, { gates }: StrategyContext): readonly FieldError[] {
  const spec = specOf(driver)
  const missing = (name: string, at: string): readonly FieldError[] =>
    isAbsent(spec[name]) ? [required(path.child(at))] : []
  const { nodeAllocatableUpdatePeriodSeconds: period, serviceAccountTokenInSecrets: inSecrets } = spec
  const errors = [
    // Upstream misspells the path.
    ...missing('attachRequired', 'attachedRequired'),
    ...missing('podInfoOnMount', 'podInfoOnMount'),
    ...missing('storageCapacity', 'storageCapacity'),
    ...ifSetOneOf(spec['fsGroupPolicy'], path.child('fsGroupPolicy'), groupPolicies),
    ...tokenErrors(objectsOf(spec['tokenRequests'])),
    ...listOf(spec['volumeLifecycleModes']).flatMap((mode) =>
      modes.includes(textOf(mode)) ? [] : [notSupported(path.child('volumeLifecycleModes'), named(mode), modes)],
    ),
    ...(gates.enabled('SELinuxMountReadWriteOncePod') ? missing('seLinuxMount', 'seLinuxMount') : []),
  ]
  if (!isAbsent(period) && numberOf(period) < minUpdateSeconds) {
    const detail = 'must be greater than or equal to 10 seconds'
    errors.push(invalid(path.child('nodeAllocatableUpdatePeriodSeconds'), period, detail))
  }
  if (!isAbsent(inSecrets) && isEmpty(spec['tokenRequests'])) {
    const detail = 'serviceAccountTokenInSecrets is set but no tokenRequests are specified'
    errors.push(invalid(path.child('serviceAccountTokenInSecrets'), inSecrets, detail))
  }
  return errors
}

function tokenErrors(requests: readonly Fields[]): readonly FieldError[] {
  const seen = new Set<string>()
  return requests.flatMap((request, index) => {
    const at = path.child('tokenRequests').index(index)
    const audience = textOf(request['audience'])
    if (seen.has(audience)) return [duplicate(at.child('audience'), audience)]
    seen.add(audience)
    const { expirationSeconds } = request
    const seconds = numberOf(expirationSeconds)
    const secondsPath = at.child('expirationSeconds')
    if (isAbsent(expirationSeconds)) return []
    if (seconds < minTokenSeconds) {
      return [invalid(secondsPath, seconds, 'may not specify a duration less than 10 minutes')]
    }
    if (seconds <= maxTokenSeconds) return []
    return [invalid(secondsPath, seconds, 'may not specify a duration larger than 2^32 seconds')]
  })
}

function withoutDisabled(driver: Fields, old: Fields | undefined, { gates }: StrategyContext): Fields {
  let spec = specOf(driver)
  for (const [name, gate] of gated) {
    if (gates.enabled(gate) || !isAbsent(specOf(old ?? {})[name])) continue
    spec = withField(spec, name, undefined)
  }
  return withField(driver, 'spec', spec)
}

function warnings(driver: Fields, old: Fields | undefined, { gates }: StrategyContext): readonly string[] {
  const { tokenRequests, serviceAccountTokenInSecrets } = specOf(driver)
  if (!gates.enabled('CSIServiceAccountTokenSecrets') || isEmpty(tokenRequests)) return []
  if (old !== undefined && semanticEqual(tokenRequests, specOf(old)['tokenRequests'])) return []
  return isAbsent(serviceAccountTokenInSecrets) ? [tokenAdvice] : []
}

/** @see pkg/registry/storage/csidriver/strategy.go */
export const csiDriverRoom: Room = {
  group: 'storage.k8s.io',
  kind: 'CSIDriver',
  prepareForCreate: (driver, context) => withoutDisabled(driver, undefined, context),
  validate: specErrors,
  warningsOnCreate: (driver, context) => warnings(driver, undefined, context),
  update: {
    prepare: withoutDisabled,
    validate: (driver, old, context) => [
      ...specErrors(driver, context),
      ...[
        ['attachRequired', 'attachedRequired'],
        ['volumeLifecycleModes', 'volumeLifecycleModes'],
      ].flatMap(([name = '', at = '']) => {
        const value = specOf(driver)[name]
        if (semanticEqual(value, specOf(old)[name])) return []
        return [invalid(path.child(at), value ?? null, fieldImmutableMessage)]
      }),
    ],
    warnings,
  },
}
