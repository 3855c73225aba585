import { certificateApproval, certificateSigning, clusterTrustBundleAttest } from './certificate-signers.ts'
import { certificateSubjectRestriction } from './certificate-subject-restriction.ts'
import { AdmissionChain, type AdmissionPlugin } from './chain.ts'
import { defaultIngressClass } from './default-ingress-class.ts'
import { defaultTolerationSeconds } from './default-toleration-seconds.ts'
import { limitRanger } from './limit-ranger/limit-ranger.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { nodeDeclaredFeatures } from './node-declared-features.ts'
import { nodeRestriction } from './node-restriction/node-restriction.ts'
import {
  alwaysAdmit,
  alwaysDeny,
  alwaysPullImages,
  denyServiceExternalIPs,
  namespaceAutoProvision,
  namespaceExists,
} from './optional-plugins.ts'
import { ownerReferencesPermissionEnforcement } from './owner-references.ts'
import { persistentVolumeClaimResize } from './persistent-volume-claim-resize.ts'
import { podSecurity } from './pod-security/pod-security.ts'
import { podTopologyLabels } from './pod-topology-labels.ts'
import { mutatingAdmissionPolicies } from './policies/mutating-policies.ts'
import { validatingAdmissionPolicies } from './policies/validating-policies.ts'
import { priority } from './priority.ts'
import { resourceQuota } from './resource-quota/resource-quota.ts'
import { runtimeClass } from './runtime-class.ts'
import { serviceAccount } from './service-account.ts'
import { defaultStorageClass, storageObjectInUseProtection } from './storage-plugins.ts'
import { taintNodesByCondition } from './taint-nodes-by-condition.ts'
import { mutatingWebhooks } from './webhooks/mutating.ts'
import { validatingWebhooks } from './webhooks/validating.ts'

/** `--enable-admission-plugins` and `--disable-admission-plugins`. */
export interface AdmissionSelection {
  readonly enable?: readonly string[]
  readonly disable?: readonly string[]
}

interface Known {
  readonly name: string
  /** Undefined for what is not modelled: such a plugin may stay off, but not be asked for. */
  readonly make?: () => AdmissionPlugin
  readonly isDefault?: boolean
}

const on = (plugin: AdmissionPlugin): Known => ({ name: plugin.name, make: () => plugin, isDefault: true })
const off = (plugin: AdmissionPlugin): Known => ({ name: plugin.name, make: () => plugin })
const missing = (name: string): Known => ({ name })

/** All plugins in upstream's order. Add one here. @see pkg/kubeapiserver/options/plugins.go */
const plugins: readonly Known[] = [
  off(alwaysAdmit),
  off(namespaceAutoProvision),
  on(namespaceLifecycle),
  off(namespaceExists),
  missing('LimitPodHardAntiAffinityTopology'),
  on(limitRanger),
  on(serviceAccount),
  off(nodeRestriction),
  on(taintNodesByCondition),
  off(alwaysPullImages),
  missing('ImagePolicyWebhook'),
  on(podSecurity),
  missing('PodNodeSelector'),
  on(priority),
  on(defaultTolerationSeconds),
  missing('PodTolerationRestriction'),
  missing('EventRateLimit'),
  missing('ExtendedResourceToleration'),
  on(defaultStorageClass),
  on(storageObjectInUseProtection),
  off(ownerReferencesPermissionEnforcement),
  on(persistentVolumeClaimResize),
  on(runtimeClass),
  on(certificateApproval),
  on(certificateSigning),
  on(clusterTrustBundleAttest),
  on(certificateSubjectRestriction),
  on(defaultIngressClass),
  off(denyServiceExternalIPs),
  on(podTopologyLabels),
  on(nodeDeclaredFeatures),
  on(mutatingAdmissionPolicies),
  on(mutatingWebhooks),
  on(validatingAdmissionPolicies),
  on(validatingWebhooks),
  { name: 'ResourceQuota', make: resourceQuota, isDefault: true },
  off(alwaysDeny),
]

/** The chain of a server. Throws a RangeError for names that are none, and for plugins that are not modelled. */
export function defaultAdmission({ enable = [], disable = [] }: AdmissionSelection = {}): AdmissionChain {
  checkNames('enable-admission-plugins', enable)
  checkNames('disable-admission-plugins', disable)
  const both = enable.filter((name) => disable.includes(name)).sort()
  if (both.length > 0)
    throw new RangeError(`[${both.join(' ')}] in enable-admission-plugins and disable-admission-plugins overlapped`)
  const running = plugins.filter(
    ({ name, isDefault = false }) => !disable.includes(name) && (isDefault || enable.includes(name)),
  )
  return new AdmissionChain(
    running.map(({ name, make }) => {
      if (make === undefined) throw new RangeError(`unsupported: admission plugin ${name}`)
      return make()
    }),
  )
}

function checkNames(flag: string, names: readonly string[]): void {
  const unknown = names.filter((name) => !plugins.some((known) => known.name === name))
  if (unknown.length > 0)
    throw new RangeError(unknown.map((name) => `${flag} plugin ${JSON.stringify(name)} is unknown`).join(', '))
}
