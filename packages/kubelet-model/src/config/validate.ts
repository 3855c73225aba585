import { formatDuration, parseDuration } from '@kube-bonsai/clock'
import { createFeatureGates, type FeatureGates } from '@kube-bonsai/feature-gates'
import { allowlistProblem } from '../images/verification-policy.ts'
import { parseCpuSet } from '../resources/cpu-set.ts'
import { type KubeletConfiguration, record } from './configuration.ts'
import { KubeletConfigError } from './errors.ts'
import { integerFaults } from './validate-integers.ts'

/** One thing that is wrong with the whole of a configuration. */
export interface ConfigFault {
  readonly field: string
  readonly message: string
}

const nanoseconds = (value: unknown): bigint => (typeof value === 'string' ? parseDuration(value) : 0n)
const second = 1_000_000_000n

/**
 * Checks a configuration as a whole. Throws KubeletConfigError with all that is wrong in the kubelet's words.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/apis/config/validation/validation.go
 */
export function validateConfiguration(configuration: KubeletConfiguration, cgroupVersion: 1 | 2 = 2): void {
  const gates = gatesOf(configuration)
  const faults = [
    ...integerFaults(configuration),
    ...imageFaults(configuration, gates),
    ...topologyFaults(configuration),
    ...shutdownFaults(configuration),
    ...reservedFaults(configuration),
    ...systemFaults(configuration, cgroupVersion),
  ]
  const [first, ...more] = faults
  if (first === undefined) return
  const listed = faults.map(({ message }) => message).join(', ')
  const error = more.length === 0 ? first.message : `[${listed}]`
  const message = `failed to validate kubelet configuration, error: ${error}, path: KubeletConfiguration`
  throw new KubeletConfigError(message, { field: first.field })
}

function gatesOf(configuration: KubeletConfiguration): FeatureGates {
  const set = Object.entries(record(configuration['featureGates'])).map(([name, on]) => [name, on === true] as const)
  try {
    return createFeatureGates({ set: new Map(set) })
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const prefix = 'failed to set feature gates from initial flags-based config: '
    throw new KubeletConfigError(`${prefix}${error.message}`, { field: 'featureGates' })
  }
}

const invalid = (field: string, message: string): ConfigFault => ({
  field,
  message: `invalid configuration: ${message}`,
})

function imageFaults(configuration: KubeletConfiguration, gates: FeatureGates): readonly ConfigFault[] {
  const faults: ConfigFault[] = []
  const low = Number(configuration['imageGCLowThresholdPercent'])
  const high = Number(configuration['imageGCHighThresholdPercent'])
  if (low >= high) {
    const than = `imageGCHighThresholdPercent (--image-gc-high-threshold) ${high}`
    const text = `imageGCLowThresholdPercent (--image-gc-low-threshold) ${low} must be less than ${than}`
    faults.push(invalid('imageGCLowThresholdPercent', text))
  }
  const most = nanoseconds(configuration['imageMaximumGCAge'])
  const least = nanoseconds(configuration['imageMinimumGCAge'])
  const age = `imageMaximumGCAge ${formatDuration(most)}`
  if (most < 0n) faults.push(invalid('imageMaximumGCAge', `${age} must not be negative`))
  if (most > 0n && most <= least) {
    const than = `imageMinimumGCAge ${formatDuration(least)}`
    faults.push(invalid('imageMaximumGCAge', `${age} must be greater than ${than}`))
  }
  const pulls = configuration['maxParallelImagePulls']
  if (typeof pulls === 'number' && pulls < 1) {
    faults.push(invalid('maxParallelImagePulls', `maxParallelImagePulls ${pulls} must be a positive number`))
  }
  if (typeof pulls === 'number' && pulls > 1 && configuration['serializeImagePulls'] === true) {
    const unless = 'unless SerializeImagePulls (--serialize-image-pulls) is set to false'
    faults.push(invalid('maxParallelImagePulls', `maxParallelImagePulls cannot be larger than 1 ${unless}`))
  }
  return [...faults, ...backOffFaults(configuration, gates), ...credentialFaults(configuration, gates)]
}

function backOffFaults(configuration: KubeletConfiguration, gates: FeatureGates): readonly ConfigFault[] {
  if (!gates.enabled('KubeletCrashLoopBackOffMax')) return []
  const period = nanoseconds(record(configuration['crashLoopBackOff'])['maxContainerRestartPeriod'])
  if (period >= second && period <= 300n * second) return []
  const got = `(got: ${Number(period) / 1e9} seconds)`
  const text = `CrashLoopBackOff.MaxContainerRestartPeriod ${got} must be set between 1s and 300s`
  return [invalid('crashLoopBackOff.maxContainerRestartPeriod', text)]
}

const verifications = ['NeverVerify', 'NeverVerifyPreloadedImages', 'NeverVerifyAllowlistedImages', 'AlwaysVerify']

function credentialFaults(configuration: KubeletConfiguration, gates: FeatureGates): readonly ConfigFault[] {
  if (!gates.enabled('KubeletEnsureSecretPulledImages')) return []
  const field = 'imagePullCredentialsVerificationPolicy'
  const policy = String(configuration[field])
  const faults: ConfigFault[] = []
  if (!verifications.includes(policy)) {
    const [one, two, three, four] = verifications.map((name) => JSON.stringify(name))
    const valid = `Valid options are ${one}, ${two}, ${three} or ${four}`
    faults.push(invalid(field, `option ${JSON.stringify(policy)} specified for ${field}. ${valid}`))
  }
  const list = configuration['preloadedImagesVerificationAllowlist']
  if (Array.isArray(list) && list.length > 0 && policy !== 'NeverVerifyAllowlistedImages') {
    const unless = 'if `imagePullCredentialsVertificationPolicy` is not "NeverVerifyAllowlistedImages"'
    const text = `can't set \`preloadedImagesVerificationAllowlist\` ${unless}`
    faults.push(invalid('preloadedImagesVerificationAllowlist', text))
  } else if (Array.isArray(list)) {
    const problem = list.map((entry) => allowlistProblem(String(entry))).find((text) => text !== undefined)
    const text = `invalid image pattern in \`preloadedImagesVerificationAllowlist\`: ${problem}`
    if (problem !== undefined) faults.push(invalid('preloadedImagesVerificationAllowlist', text))
  }
  return faults
}

function topologyFaults(configuration: KubeletConfiguration): readonly ConfigFault[] {
  const faults: ConfigFault[] = []
  const policy = String(configuration['topologyManagerPolicy'])
  const policies = ['none', 'best-effort', 'restricted', 'single-numa-node']
  if (!policies.includes(policy)) {
    const all = policies.map((name) => JSON.stringify(name)).join(' ')
    const what = `topologyManagerPolicy (--topology-manager-policy) ${JSON.stringify(policy)}`
    faults.push(invalid('topologyManagerPolicy', `${what} must be one of: [${all}]`))
  }
  const scope = String(configuration['topologyManagerScope'])
  if (scope !== 'container' && scope !== 'pod') {
    const what = `topologyManagerScope (--topology-manager-scope) ${JSON.stringify(scope)}`
    faults.push(invalid('topologyManagerScope', `${what} must be one of: "container", or "pod"`))
  }
  return faults
}

function shutdownFaults(configuration: KubeletConfiguration): readonly ConfigFault[] {
  const faults: ConfigFault[] = []
  const all = nanoseconds(configuration['shutdownGracePeriod'])
  const critical = nanoseconds(configuration['shutdownGracePeriodCriticalPods'])
  const shown = (value: bigint) => `{${formatDuration(value)}}`
  if (critical > all) {
    const text = `shutdownGracePeriodCriticalPods ${shown(critical)} must be <= shutdownGracePeriod ${shown(all)}`
    faults.push(invalid('shutdownGracePeriodCriticalPods', text))
  }
  for (const [field, value] of [
    ['shutdownGracePeriod', all],
    ['shutdownGracePeriodCriticalPods', critical],
  ] as const) {
    if (value >= second || value === 0n) continue
    faults.push(invalid(field, `${field} ${shown(value)} must be either zero or otherwise >= 1 sec`))
  }
  return faults
}

function reservedFaults(configuration: KubeletConfiguration): readonly ConfigFault[] {
  const reserved = configuration['reservedSystemCPUs']
  if (typeof reserved !== 'string' || reserved === '') return []
  try {
    parseCpuSet(reserved)
    return []
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const text = `unable to parse reservedSystemCPUs (--reserved-cpus) ${reserved}, error: ${why}`
    return [invalid('reservedSystemCPUs', text)]
  }
}

/** What depends on the host; the first of these hides the others. */
function systemFaults(configuration: KubeletConfiguration, cgroupVersion: 1 | 2): readonly ConfigFault[] {
  if (cgroupVersion === 1 && configuration['failCgroupV1'] !== false) {
    const refused = 'kubelet is configured to not run on a host using cgroup v1'
    const removed = 'cgroup v1 support is unsupported and will be removed in a future release'
    return [{ field: 'failCgroupV1', message: `${refused}. ${removed}` }]
  }
  if (cgroupVersion === 1 && configuration['singleProcessOOMKill'] === false) {
    const text = 'singleProcessOOMKill must not be explicitly set to false when using cgroup v1'
    return [invalid('singleProcessOOMKill', text)]
  }
  const perPod = record(configuration['userNamespaces'])['idsPerPod']
  if (typeof perPod !== 'number') return []
  const field = 'userNamespaces.idsPerPod'
  if (perPod < 65_536) return [invalid(field, `${field} must not be less than 65536`)]
  if (perPod % 65_536 !== 0) return [invalid(field, `${field} must be a multiple of 65536`)]
  return perPod > 4_294_967_295 ? [invalid(field, `${field} must not be more than 4294967295`)] : []
}
