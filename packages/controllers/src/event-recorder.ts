import type { KubeObject } from '@kube-bonsai/apimachinery'

/** Writes Events about objects, with client-go's correlation (repeats raise the count, bursts are limited). Never throws. */
export interface EventRecorder {
  event(object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void
}
