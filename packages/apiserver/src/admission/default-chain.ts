import { AdmissionChain } from './chain.ts'
import { defaultTolerationSeconds } from './default-toleration-seconds.ts'
import { limitRanger } from './limit-ranger/limit-ranger.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { podSecurity } from './pod-security/pod-security.ts'
import { mutatingAdmissionPolicies } from './policies/mutating-policies.ts'
import { validatingAdmissionPolicies } from './policies/validating-policies.ts'
import { priority } from './priority.ts'
import { resourceQuota } from './resource-quota/resource-quota.ts'
import { runtimeClass } from './runtime-class.ts'
import { serviceAccount } from './service-account.ts'
import { defaultStorageClass, storageObjectInUseProtection } from './storage-plugins.ts'
import { taintNodesByCondition } from './taint-nodes-by-condition.ts'

/** The plugins in upstream's order. Add one here. @see pkg/kubeapiserver/options/plugins.go */
export function defaultAdmission(): AdmissionChain {
  return new AdmissionChain([
    namespaceLifecycle,
    limitRanger,
    serviceAccount,
    taintNodesByCondition,
    podSecurity,
    priority,
    defaultTolerationSeconds,
    runtimeClass,
    defaultStorageClass,
    storageObjectInUseProtection,
    mutatingAdmissionPolicies,
    validatingAdmissionPolicies,
    resourceQuota(),
  ])
}
