import type { KubeletConfiguration } from './configuration.ts'
import type { ConfigFault } from './validate.ts'

interface Range {
  readonly field: string
  readonly flag?: string
  readonly least: number
  readonly most?: number
  readonly text: string
  /** 0 switches it off. */
  readonly zero?: boolean
}

const negative = 'must not be a negative number'
const between = (least: number, most: number): string => `must be between ${least} and ${most}, inclusive`

const ranges: readonly Range[] = [
  { field: 'eventBurst', flag: 'event-burst', least: 0, text: negative },
  { field: 'eventRecordQPS', flag: 'event-qps', least: 0, text: negative },
  { field: 'healthzPort', flag: 'healthz-port', least: 1, most: 65_535, text: between(1, 65_535), zero: true },
  { field: 'imageGCHighThresholdPercent', flag: 'image-gc-high-threshold', least: 0, most: 100, text: between(0, 100) },
  { field: 'imageGCLowThresholdPercent', flag: 'image-gc-low-threshold', least: 0, most: 100, text: between(0, 100) },
  { field: 'iptablesDropBit', flag: 'iptables-drop-bit', least: 0, most: 31, text: between(0, 31) },
  { field: 'iptablesMasqueradeBit', flag: 'iptables-masquerade-bit', least: 0, most: 31, text: between(0, 31) },
  { field: 'kubeAPIBurst', flag: 'kube-api-burst', least: 0, text: negative },
  { field: 'kubeAPIQPS', flag: 'kube-api-qps', least: 0, text: negative },
  { field: 'nodeStatusMaxImages', flag: 'node-status-max-images', least: -1, text: 'must be -1 or greater' },
  { field: 'maxOpenFiles', flag: 'max-open-files', least: 0, text: negative },
  { field: 'maxPods', flag: 'max-pods', least: 0, text: negative },
  { field: 'oomScoreAdj', flag: 'oom-score-adj', least: -1000, most: 1000, text: between(-1000, 1000) },
  { field: 'podsPerCore', flag: 'pods-per-core', least: 0, text: negative },
  { field: 'port', flag: 'port', least: 1, most: 65_535, text: between(1, 65_535) },
  { field: 'readOnlyPort', flag: 'read-only-port', least: 0, most: 65_535, text: between(0, 65_535), zero: true },
  { field: 'registryBurst', flag: 'registry-burst', least: 0, text: negative },
  { field: 'registryPullQPS', flag: 'registry-qps', least: 0, text: negative },
]

/** The numbers of a configuration that are out of range. */
export function integerFaults(configuration: KubeletConfiguration): readonly ConfigFault[] {
  const faults: ConfigFault[] = []
  if (Number(configuration['nodeLeaseDurationSeconds']) <= 0) {
    const message = 'invalid configuration: nodeLeaseDurationSeconds must be greater than 0'
    faults.push({ field: 'nodeLeaseDurationSeconds', message })
  }
  for (const { field, flag, least, most = Number.POSITIVE_INFINITY, text, zero } of ranges) {
    const value = configuration[field]
    if (typeof value !== 'number' || (value >= least && value <= most) || (zero === true && value === 0)) continue
    faults.push({ field, message: `invalid configuration: ${field} (--${flag}) ${value} ${text}` })
  }
  return faults
}
