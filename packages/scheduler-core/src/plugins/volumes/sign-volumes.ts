import type { PodInfo } from '../../framework/pod-info.ts'

/** What volume plugins look at: every source but those of configuration. @see staging/src/k8s.io/kube-scheduler/framework/signers.go */
export function signVolumes({ pod }: PodInfo): ReadonlyMap<string, unknown> {
  const sources = (pod.spec?.volumes ?? [])
    .filter(({ configMap, secret }) => configMap === undefined && secret === undefined)
    .map(({ name: _, ...source }) => JSON.stringify(source))
  return new Map([['v1.Pod.Spec.Volumes.NonSyntheticSources()', sources.sort()]])
}
