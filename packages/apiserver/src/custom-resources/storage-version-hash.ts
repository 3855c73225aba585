import { sha256 } from '@kube-bonsai/apimachinery'

/** What tells clients that objects are stored in another version: a hash of group, version and kind. @see staging/src/k8s.io/apiserver/pkg/endpoints/discovery/storageversionhash.go */
export function storageVersionHash(group: string, version: string, kind: string): string {
  const hash = sha256(new TextEncoder().encode(`${group}/${version}/${kind}`))
  return btoa(String.fromCharCode(...hash.slice(0, 8)))
}
