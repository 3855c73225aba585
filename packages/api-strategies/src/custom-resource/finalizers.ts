import { isQualifiedName, type KubeObject, quote } from '@kube-bonsai/apimachinery'

const standard = new Set(['orphan', 'foregroundDeletion', 'kubernetes'])
const advice = 'to avoid accidental conflicts with other finalizer writers'

/** Warns of finalizers that an object gets and whose names say too little. */
export function finalizerWarnings(object: KubeObject, old?: KubeObject): readonly string[] {
  const known = new Set(old?.metadata.finalizers ?? [])
  const fresh = [...new Set(object.metadata.finalizers ?? [])].filter((name) => !known.has(name)).sort()
  return fresh.flatMap((name) => {
    const of = `metadata.finalizers: ${quote(name)}:`
    const warnings = isQualifiedName(name).map((problem) => `${of} ${problem}`)
    if (name.includes('/') || standard.has(name)) return warnings
    const how = name.includes('.')
      ? `prefer a domain-qualified finalizer name including a path (/) ${advice}`
      : `prefer a domain-qualified finalizer name ${advice}`
    return [...warnings, `${of} ${how}`]
  })
}
