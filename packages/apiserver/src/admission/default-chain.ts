import { AdmissionChain } from './chain.ts'
import { defaultTolerationSeconds } from './default-toleration-seconds.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { priority } from './priority.ts'
import { runtimeClass } from './runtime-class.ts'
import { serviceAccount } from './service-account.ts'
import { defaultStorageClass, storageObjectInUseProtection } from './storage-plugins.ts'
import { taintNodesByCondition } from './taint-nodes-by-condition.ts'

/** The plugins in upstream's order. Add one here. @see pkg/kubeapiserver/options/plugins.go */
export function defaultAdmission(): AdmissionChain {
  return new AdmissionChain([
    namespaceLifecycle,
    serviceAccount,
    taintNodesByCondition,
    priority,
    defaultTolerationSeconds,
    runtimeClass,
    defaultStorageClass,
    storageObjectInUseProtection,
  ])
}
