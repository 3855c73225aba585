import type { Volume } from '@kube-bonsai/api-types/core/v1'
import { type Check, type CheckPod, plural, quoted, sorted } from '../check.ts'

const first = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
]
const since27 = [...first, 'net.ipv4.ip_local_reserved_ports']
const since29 = [
  ...since27,
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
]
const since32 = [...since29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']

const allowedVolumes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]
const knownVolumes = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'gitRepo',
  'nfs',
  'iscsi',
  'glusterfs',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'fc',
  'azureFile',
  'vsphereVolume',
  'quobyte',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
]

function sysctls(allowed: readonly string[]): CheckPod {
  return ({ spec }) => {
    const bad = (spec.securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !allowed.includes(name))
    return bad.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: bad.join(', ') }
  }
}

const restrictedVolumes: CheckPod = ({ spec }) => {
  const bad = (spec.volumes ?? []).filter((volume) => !allowedVolumes.some((type) => Object.hasOwn(volume, type)))
  if (bad.length === 0) return undefined
  const types = sorted(bad.map(typeOf))
  const who = `${plural('volume', bad.length)} ${quoted(bad.map(({ name }) => name))} ${bad.length === 1 ? 'uses' : 'use'}`
  const detail = `${who} ${plural('restricted volume type', types.length)} ${quoted(types)}`
  return { reason: 'restricted volume types', detail }
}

function typeOf(volume: Volume): string {
  return knownVolumes.find((type) => Object.hasOwn(volume, type)) ?? 'unknown'
}

/** Checks of kernel parameters and of kinds of volumes. */
export const kernelChecks: readonly Check[] = [
  {
    id: 'sysctls',
    level: 'baseline',
    versions: [
      [0, sysctls(first)],
      [27, sysctls(since27)],
      [29, sysctls(since29)],
      [32, sysctls(since32)],
    ],
  },
  { id: 'restrictedVolumes', level: 'restricted', overrides: 'hostPathVolumes', versions: [[0, restrictedVolumes]] },
]
