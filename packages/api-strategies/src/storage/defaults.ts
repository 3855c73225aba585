import type { DefaultRules } from '../defaulting/type-defaults.ts'
import { withAbsent, withEmpty } from '../meta/json.ts'

/** @see pkg/apis/storage/v1/defaults.go */
export const storageDefaults: DefaultRules = {
  'io.k8s.api.storage.v1.StorageClass': (storageClass) =>
    withAbsent(storageClass, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  'io.k8s.api.storage.v1.CSIDriverSpec': (spec, context) =>
    withEmpty(
      withAbsent(spec, {
        attachRequired: true,
        podInfoOnMount: false,
        storageCapacity: false,
        fsGroupPolicy: 'ReadWriteOnceWithFSType',
        requiresRepublish: false,
        seLinuxMount: context.gates.enabled('SELinuxMountReadWriteOncePod') ? false : undefined,
      }),
      { volumeLifecycleModes: ['Persistent'] },
    ),
}
