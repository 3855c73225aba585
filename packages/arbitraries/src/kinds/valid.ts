import type { KubeObject } from '@kube-bonsai/apimachinery'
import fc from 'fast-check'
import type { IdentityOptions } from '../values/metadata.ts'
import { arbitraryConfigMap, arbitraryNamespace, arbitraryNode, arbitrarySecret, arbitraryService } from './core.ts'
import { arbitraryPod } from './pod.ts'
import { arbitraryDaemonSet, arbitraryDeployment, arbitraryJob, arbitraryStatefulSet } from './workloads.ts'

/** The kinds of which valid objects can be made, with their generators. */
export const validArbitraries: Readonly<Record<string, (options?: IdentityOptions) => fc.Arbitrary<KubeObject>>> = {
  ConfigMap: arbitraryConfigMap,
  DaemonSet: arbitraryDaemonSet,
  Deployment: arbitraryDeployment,
  Job: arbitraryJob,
  Namespace: arbitraryNamespace,
  Node: arbitraryNode,
  Pod: arbitraryPod,
  Secret: arbitrarySecret,
  Service: arbitraryService,
  StatefulSet: arbitraryStatefulSet,
}

/** Valid objects of all these kinds, or of those in `kinds`. Throws RangeError for another kind. */
export function arbitraryObject(
  kinds: readonly string[] = Object.keys(validArbitraries),
  options: IdentityOptions = {},
): fc.Arbitrary<KubeObject> {
  return fc.oneof(
    ...kinds.map((kind) => {
      const make = Object.hasOwn(validArbitraries, kind) ? validArbitraries[kind] : undefined
      if (make === undefined) throw new RangeError(`no generator of valid objects of kind ${kind}`)
      return make(options)
    }),
  )
}
