import type { LabelSet } from '@kube-bonsai/apimachinery'

/** The value of a label, or undefined; nothing that objects inherit counts. */
export function labelOf(labels: LabelSet | undefined, key: string): string | undefined {
  return labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined
}
