import { createFeatureGates, type FeatureGates } from '@kube-bonsai/feature-gates'
import { booleanOption, PolicyOptionError } from './option-values.ts'

/** Options of the static CPU manager policy, by their names in the kubelet's configuration. */
export type CpuOption =
  | 'full-pcpus-only'
  | 'distribute-cpus-across-numa'
  | 'align-by-socket'
  | 'distribute-cpus-across-cores'
  | 'strict-cpu-reservation'
  | 'prefer-align-cpus-by-uncorecache'

const stages: ReadonlyMap<string, 'Alpha' | 'Beta' | 'stable'> = new Map([
  ['align-by-socket', 'Alpha'],
  ['distribute-cpus-across-cores', 'Alpha'],
  ['distribute-cpus-across-numa', 'Beta'],
  ['prefer-align-cpus-by-uncorecache', 'Beta'],
  ['full-pcpus-only', 'stable'],
  ['strict-cpu-reservation', 'stable'],
])

const conflicts: readonly (readonly [CpuOption, CpuOption])[] = [
  ['full-pcpus-only', 'distribute-cpus-across-cores'],
  ['distribute-cpus-across-numa', 'distribute-cpus-across-cores'],
  ['prefer-align-cpus-by-uncorecache', 'distribute-cpus-across-cores'],
  ['prefer-align-cpus-by-uncorecache', 'distribute-cpus-across-numa'],
]

const isOption = (name: string): name is CpuOption => stages.has(name)

/**
 * Reads `cpuManagerPolicyOptions`: the options that are on. Throws PolicyOptionError in the kubelet's words.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/cm/cpumanager/policy_options.go
 */
export function cpuOptions(
  options: Readonly<Record<string, string>> = {},
  gates: FeatureGates = createFeatureGates(),
): ReadonlySet<CpuOption> {
  const on = new Set<CpuOption>()
  for (const [name, value] of Object.entries(options)) {
    const quoted = JSON.stringify(name)
    if (!isOption(name)) throw new PolicyOptionError(name, `unknown CPU Manager Policy option: ${quoted}`)
    const stage = stages.get(name)
    if (stage !== 'stable' && !gates.enabled(`CPUManagerPolicy${stage}Options`)) {
      const message = `CPU Manager Policy ${stage}-level Options not enabled, but option ${quoted} provided`
      throw new PolicyOptionError(name, message)
    }
    if (booleanOption(name, value)) on.add(name)
  }
  for (const [one, other] of conflicts) {
    if (!on.has(one) || !on.has(other)) continue
    throw new PolicyOptionError(one, `static policy options ${one} and ${other} can not be used at the same time`)
  }
  return on
}
