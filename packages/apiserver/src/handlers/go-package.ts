/** The Go package in which upstream keeps the internal types of a group. */
export function goPackage(group: string): string {
  if (group === '' || group === 'events.k8s.io') return 'core'
  return group === 'internal.apiserver.k8s.io' ? 'apiserverinternal' : (group.split('.')[0] ?? group)
}
